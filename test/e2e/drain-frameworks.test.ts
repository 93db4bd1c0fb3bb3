// Reloads of apps as people write them, none with shutdown code, under both loads: no request fails, and the old instances are gone.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ask } from './kit/ask.ts';
import { makeCertificate } from './kit/certificate.ts';
import { deploy } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

/** Starts two instances; returns their port. */
async function start(script: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
  const port = await freePort();
  const app = { name: 'web', script: fixture(script), instances: 2, exec_mode: 'cluster', env: { PORT: String(port), ...env } };
  expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
  return port;
}

const pids = async (): Promise<number[]> => (await site.instances('web')).map(({ pid }) => pid!);

/** Reloads under both loads, with `meanwhile` under way; returns the old pids and the new. */
async function reload(port: number): Promise<{ readonly old: readonly number[]; readonly fresh: readonly number[] }> {
  const old = await pids();
  const seen = await expectNoFailedRequest(port, async () => {
    expect(await deploy(site, 'reload', 'web')).toMatchObject({ code: 0, failure: null });
  });
  const fresh = await pids();
  expect(seen.pids).toEqual(new Set([...old, ...fresh]));
  expect(old.filter(isAlive)).toEqual([]);
  expect(fresh.filter(isAlive)).toEqual(fresh);
  return { old, fresh };
}

it.each(['drain/express.cjs', 'drain/fastify.mjs', 'drain/middleware.mjs'])('%s', async (script) => {
  const port = await start(script);
  const slow = Array.from({ length: 20 }, () => ask({ port, path: '/slow' }));
  expect((await ask({ port })).status).toBe(200);
  await reload(port);
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
});

it('an HTTPS server, under keep-alive and a connection per request', async () => {
  const folder = makeCertificate();
  try {
    const port = await start('balance/https.cjs', { TLS_FOLDER: folder });
    const old = await pids();
    const agent = new https.Agent({ keepAlive: true });
    const failed: unknown[] = [];
    const seen = new Set<number>();
    let isOver = false;
    const loop = async (own: https.Agent | false): Promise<void> => {
      while (!isOver) {
        const answer = await ask({ port, agent: own, rejectUnauthorized: false }, 'https').catch(
          (error: unknown) => void failed.push(error),
        );
        if (answer?.status === 200) seen.add((JSON.parse(answer.body) as { pid: number }).pid);
      }
    };
    const loops = [agent, agent, agent, agent, false as const, false as const].map(loop);
    const slow = ask({ port, path: '/slow', rejectUnauthorized: false }, 'https');
    expect(await deploy(site, 'reload', 'web')).toMatchObject({ code: 0, failure: null });
    const fresh = await pids();
    await waitFor('the new ones to answer', () => fresh.every((pid) => seen.has(pid)));
    isOver = true;
    await Promise.all(loops);
    agent.destroy();
    expect((await slow).status).toBe(200);
    expect(failed).toEqual([]);
    expect(seen).toEqual(new Set([...old, ...fresh]));
    expect(old.filter(isAlive)).toEqual([]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

it('a chat made with ws: every client sees the close frame, comes back and finds the new instances', async () => {
  const port = await start('drain/chat.cjs');
  const codes: number[] = [];
  const errors: unknown[] = [];
  const greetings: string[] = [];
  const clients = new Set<{ close(): void }>();
  let isLeaving = false;
  const connect = (): void => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    clients.add(socket);
    socket.on('message', (message: unknown) => greetings.push(String(message)));
    socket.on('error', (error: unknown) => errors.push(error));
    socket.on('close', (code: number) => {
      clients.delete(socket);
      if (isLeaving) return;
      codes.push(code);
      connect();
    });
  };
  for (let nth = 0; nth < 6; nth += 1) connect();
  await waitFor('all to be greeted', () => greetings.length === 6);
  const { fresh } = await reload(port);
  await waitFor('all to be with the new instances', () => clients.size === 6 && greetings.length === 6 + codes.length);
  expect(errors).toEqual([]);
  // Who comes back to an instance whose turn is next is told again.
  expect(codes.length).toBeGreaterThanOrEqual(6);
  expect(new Set(codes)).toEqual(new Set([1012]));
  const last = greetings.slice(-3);
  expect(last.every((greeting) => fresh.some((pid) => greeting === `hello from ${pid}`))).toBe(true);
  isLeaving = true;
  for (const client of clients) client.close();
  await waitFor('all to be gone', () => clients.size === 0);
});

it('a server of event streams: every stream is ended whole, and its client comes back to the new instances', async () => {
  const port = await start('drain/event-stream.cjs');
  const ends: string[] = [];
  const last = new Map<number, string>();
  const agent = new http.Agent({ keepAlive: true });
  let isLeaving = false;
  const connect = (nth: number): void => {
    const request = http.get({ host: '127.0.0.1', port, path: '/events', agent, headers: { Accept: 'text/event-stream' } }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => last.set(nth, text));
      response.on('error', () => {});
      response.on('close', () => {
        if (isLeaving) return;
        ends.push(response.complete ? 'whole' : 'cut off');
        connect(nth);
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => isLeaving || ends.push(error.code ?? error.message));
  };
  for (let nth = 0; nth < 6; nth += 1) connect(nth);
  await waitFor('all to hear something', () => last.size === 6);
  const { fresh } = await reload(port);
  await waitFor('all to hear the new instances', () =>
    [...last.values()].every((text) => fresh.some((pid) => text.includes(`data: ${pid}\n`))),
  );
  isLeaving = true;
  agent.destroy();
  expect(ends.length).toBeGreaterThanOrEqual(6);
  expect(new Set(ends)).toEqual(new Set(['whole']));
});
