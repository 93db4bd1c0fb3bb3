// Event streams of an instance that leaves are ended for their clients to come back, answers in pieces are not, and the app that goes on writing is not hurt.
import http from 'node:http';
import { afterAll, afterEach, expect, it } from 'vitest';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { waitFor } from './kit/wait.ts';

let host: MiniHost;
const agents: http.Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await host.dispose();
});
afterAll(removeBundles);

async function start(): Promise<number> {
  const port = await freePort();
  host = startMiniHost({ script: app('drain/event-stream.cjs'), env: { PORT: String(port) }, instances: 1 });
  await host.ready();
  return port;
}

interface Stream {
  readonly body: () => string;
  /** `complete`, `incomplete`, or the client's error. */
  readonly ended: Promise<string>;
}

interface Asked {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
}

async function open({ port, path = '/events', method = 'GET', headers = { Accept: 'text/event-stream' } }: Asked): Promise<Stream> {
  // As in a browser, the connection is kept.
  const agent = new http.Agent({ keepAlive: true });
  agents.push(agent);
  let body = '';
  const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent });
  const ended = new Promise<string>((resolve) => {
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.on('response', (response) => {
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      response.on('close', () => resolve(response.complete ? 'complete' : 'incomplete'));
    });
    request.end();
  });
  await waitFor('the first event', () => body !== '');
  return { body: () => body, ended };
}

it.each(['/events', '/head', '/piped'])(
  'ends the stream of an EventSource after the patience, and its connection after another (%s)',
  async (path) => {
    const port = await start();
    const streams = await Promise.all([open({ port, path }), open({ port, path })]);
    const slow = await open({ port, method: 'POST' });
    const report = await host.drain(1, 200, 5000);
    for (const { ended } of streams) expect(await ended).toBe('complete');
    // The answer went on for a while, in which the app wrote to streams that had ended: nothing has come of that.
    expect(await slow.ended).toBe('complete');
    expect(slow.body()).toMatch(/\[DONE\]/);
    expect(report).toMatchObject({ finished: 3, idleClosed: 0, cut: 0, toldToGo: 0 });
    expect(report.tookMs).toBeGreaterThanOrEqual(400);
    expect(report.tookMs).toBeLessThan(4000);
    expect(isAlive(host.pidOf(1))).toBe(true);
    expect(host.output(1)).toBe('');
  },
);

it('gives a stream whose client does not say that it is an EventSource the whole time, then ends it all the same', async () => {
  const port = await start();
  const stream = await open({ port, headers: {} });
  const report = await host.drain(1, 100, 700);
  expect(await stream.ended).toBe('complete');
  expect(report).toMatchObject({ finished: 0, idleClosed: 0, cut: 1 });
  expect(report.tookMs).toBeGreaterThanOrEqual(700);
});

it('never passes a part of an answer off as the whole: a stream that answers a POST is cut off when the time is over', async () => {
  const port = await start();
  const stream = await open({ port, method: 'POST' });
  expect(await host.drain(1, 50, 100)).toMatchObject({ finished: 0, idleClosed: 0, cut: 1 });
  expect(await stream.ended).not.toBe('complete');
});
