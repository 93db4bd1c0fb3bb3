// The load client's process: as many closed loops of GET requests as it is told, until it is told to stop. Speaks IPC with load.ts.
import http from 'node:http';

const { port, connections = 8, keepAlive, path = '/', patienceMs = 10_000 } = JSON.parse(process.argv[2]);
// With a limit an agent hands on connections that the server would keep, whatever `keepAlive` says.
const agent = keepAlive ? new http.Agent({ keepAlive, maxSockets: connections }) : new http.Agent();
const startedAt = performance.now();
const figures = { ok: 0, failed: 0, errors: {}, failures: [], slowestMs: 0, pids: {} };
/** The first failures tell what went wrong; a port that refuses everything makes thousands. */
const FAILURES_LIMIT = 20;
/** Who answered last on a connection. */
const answerers = new WeakMap();
let stopping = false;
let firstAnswer;
const first = new Promise((resolve) => (firstAnswer = resolve));

function count(outcome, { body, sentAt, socket }) {
  figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - sentAt));
  if (outcome === 'ok') {
    figures.ok += 1;
    const pid = /"pid":(\d+)|^ok (\d+)/.exec(body)?.slice(1).find(Boolean);
    if (pid) figures.pids[pid] = (figures.pids[pid] ?? 0) + 1;
    if (pid && socket) answerers.set(socket, Number(pid));
  } else {
    figures.failed += 1;
    if (figures.failures.length < FAILURES_LIMIT) figures.failures.push(failure(outcome, { sentAt, socket }));
    figures.errors[outcome] = (figures.errors[outcome] ?? 0) + 1;
  }
  firstAnswer();
}

function failure(error, { sentAt, socket }) {
  const answeredBy = (socket && answerers.get(socket)) ?? null;
  return {
    at: Date.now(),
    error,
    afterMs: Math.round(performance.now() - sentAt),
    answeredBy,
    wasConnected: (socket?.bytesWritten ?? 0) > 0,
  };
}

function once() {
  const sentAt = performance.now();
  return new Promise((resolve) => {
    let counted = false;
    let socket = null;
    const done = (outcome, body = '') => {
      if (counted) return;
      counted = true;
      clearTimeout(timer);
      count(outcome, { body, sentAt, socket });
      resolve(outcome);
    };
    const request = http.get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => done(response.statusCode === 200 ? 'ok' : `status ${response.statusCode}`, body));
      response.on('error', (error) => done(error.code ?? error.message));
      response.on('close', () => done('closed early'));
    });
    request.on('socket', (assigned) => (socket = assigned));
    request.on('error', (error) => done(error.code ?? error.message));
    const timer = setTimeout(() => {
      done('timeout');
      request.destroy();
    }, patienceMs);
  });
}

async function loop() {
  // After a failure a breath, or a refused port would be asked thousands of times a second.
  while (!stopping) if ((await once()) !== 'ok') await new Promise((resolve) => setTimeout(resolve, 2));
}

const loops = Promise.all(Array.from({ length: connections }, loop));
const report = () => process.send({ ...figures, tookMs: Math.round(performance.now() - startedAt) });
async function answer(question) {
  if (question === 'first') await first;
  if (question === 'stop') {
    stopping = true;
    await loops;
  }
  report();
  if (question === 'stop') process.disconnect();
}
process.on('message', (question) => void answer(question));
process.on('disconnect', () => process.exit());
