// A lean closed-loop HTTP client in a process of its own: PORT CONNECTIONS SECONDS keep|close. Prints { perSecond, failed } as JSON.
//
// It takes Node's raw TCP handles: a `net.Socket` a request costs as much as all of the balancing that is measured here, and on a machine with few cores
// a client that is the bottleneck hides what it should show.
const { TCP, TCPConnectWrap, constants } = process.binding('tcp_wrap');
const { WriteWrap, kReadBytesOrError, streamBaseState } = process.binding('stream_wrap');

const [port, connections, seconds] = process.argv.slice(2, 5).map(Number);
const keep = process.argv[5] === 'keep';
const request = `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: ${keep ? 'keep-alive' : 'close'}\r\n\r\n`;
const endsAt = performance.now() + seconds * 1000;
let answers = 0;
let failed = 0;
let open = connections;

/** Whether a whole answer is in. */
function isWhole(text) {
  const head = text.indexOf('\r\n\r\n');
  return head >= 0 && text.length >= head + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? NaN);
}

function ask(handle) {
  const write = new WriteWrap();
  write.oncomplete = () => {};
  handle.writeLatin1String(write, request);
}

/** One connection: a request, or one after the other, until the server or the time ends it. */
function loop() {
  const handle = new TCP(constants.SOCKET);
  const connect = new TCPConnectWrap();
  let text = '';
  let answered = false;
  function read(chunk) {
    if (streamBaseState[kReadBytesOrError] < 0) return end();
    text += Buffer.from(chunk).latin1Slice();
    if (!isWhole(text)) return;
    text = '';
    answered = true;
    answers += 1;
    // Without keep-alive the server closes, as it was asked to.
    if (!keep) return;
    if (performance.now() < endsAt) ask(handle);
    else end();
  }
  function end() {
    handle.close();
    if (!answered) failed += 1;
    if (performance.now() < endsAt) return loop();
    open -= 1;
    if (open === 0) console.log(JSON.stringify({ perSecond: answers / seconds, failed }));
  }
  connect.oncomplete = (status) => {
    if (status !== 0) return end();
    handle.onread = read;
    handle.readStart();
    ask(handle);
  };
  handle.connect(connect, '127.0.0.1', port);
}
for (let n = 0; n < connections; n += 1) loop();
