// A socket.io client that only polls: says ten words, each when the one before it was answered, and prints what came back. PORT ADDRESS.
import http from 'node:http';
import { io } from 'socket.io-client';

const [port, localAddress] = process.argv.slice(2);
// A connection for each poll: which instance gets it is decided anew every time.
const agent = new http.Agent({ keepAlive: false, localAddress });
const socket = io(`http://127.0.0.1:${port}`, { transports: ['polling'], reconnection: false, forceNew: true, agent });
const trouble = (error) => {
  console.log(JSON.stringify({ error: String(error.description ?? error) }));
  process.exit(1);
};
socket.on('connect_error', trouble);
socket.on('disconnect', (reason) => trouble(new Error(reason)));
socket.on('connect', async () => {
  const pids = [];
  let last = null;
  for (let nth = 0; nth < 10; nth += 1) {
    last = await socket.emitWithAck('say', `word ${nth}`);
    pids.push(last.pid);
  }
  console.log(JSON.stringify({ pids, heard: last.heard.length }));
  process.exit();
});
