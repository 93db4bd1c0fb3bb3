// A lean closed-loop HTTP client in a process of its own: PORT CONNECTIONS SECONDS keep|close. Prints { perSecond, failed } as JSON.
import net from 'node:net';

const [port, connections, seconds] = process.argv.slice(2, 5).map(Number);
const keep = process.argv[5] === 'keep';
const request = `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: ${keep ? 'keep-alive' : 'close'}\r\n\r\n`;
const endsAt = performance.now() + seconds * 1000;
let answers = 0;
let failed = 0;
let open = connections;

function finish() {
  open -= 1;
  if (open === 0) console.log(JSON.stringify({ perSecond: answers / seconds, failed }));
}

/** The length of a whole answer, once its head is in. */
function lengthOf(text) {
  const head = text.indexOf('\r\n\r\n');
  return head < 0 ? Infinity : head + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? NaN);
}

function loop() {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
  let text = '';
  let answered = false;
  socket.setEncoding('latin1').setNoDelay(true);
  socket.on('data', (chunk) => {
    text += chunk;
    if (text.length < lengthOf(text)) return;
    text = '';
    answered = true;
    answers += 1;
    if (keep && performance.now() < endsAt) socket.write(request);
    else socket.end();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (!answered) failed += 1;
    if (performance.now() < endsAt) loop();
    else finish();
  });
}
for (let n = 0; n < connections; n += 1) loop();
