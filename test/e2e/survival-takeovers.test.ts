// Takeovers as the app, its clients and the machine see them: an app that depends on its manager, hosts that die again and again, sockets of every kind.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostRecord } from '../../src/model/protocol.ts';
import { hostAfter, hostsOf, killHard } from './kit/managers.ts';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

const hosts = (): number[] => hostsOf(site, 'web');

async function start(script: string): Promise<number[]> {
  const web = { name: 'web', script: fixture(script), instances: 2, env: { PORT: String(port) } };
  expect(await site.run('start', site.ecosystem(web))).toMatchObject({ code: 0 });
  return (await site.instances('web')).map(({ pid }) => pid!);
}

/** Resolves when none of these is left, and others run under the one host that is there. */
async function replaced(before: readonly number[]): Promise<void> {
  await waitFor(
    'the instances under the next host',
    async () => {
      const instances = await site.instances('web');
      const isNew = (pid: number | null): boolean => pid !== null && !before.includes(pid) && kernelViewOf(pid)?.parent === hosts()[0];
      return hosts().length === 1 && instances.every(({ pid, status }) => status === 'online' && isNew(pid)) && !before.some(isAlive);
    },
    { timeoutMs: 30_000 },
  );
}

it('an app that sends to its manager with every request, and ends when that disconnects, is none the worse for its host’s death', async () => {
  const before = await start('balance/chatty.cjs');
  const [dead] = hosts();
  await expectNoFailedRequest(port, async () => {
    await killHard(dead!);
    await replaced(before);
  });
  expect((await site.instances('web')).map(({ restarts }) => restarts)).toEqual([0, 0]);
  expect((await site.apps()).alerts).toEqual([]);
});

describe('a host that dies again and again', () => {
  const record = (): HostRecord => JSON.parse(fs.readFileSync(path.join(site.home, 'hosts/web.json'), 'utf8')) as HostRecord;

  it('is followed at a bounded rate, and no request fails all the while', async () => {
    const before = await start('releases/good.cjs');
    await expectNoFailedRequest(port, async () => {
      for (let round = 1; round <= 5; round += 1) {
        const [dead] = hosts();
        await killHard(dead!);
        await hostAfter(site, 'web', dead!);
        await waitFor('the record of it', () => record().takeovers.length === round);
        expect(hosts()).toHaveLength(1);
      }
      await replaced(before);
    });
    const [, , , fourth, fifth] = record().takeovers;
    expect(fifth! - fourth!).toBeGreaterThanOrEqual(1000 - CLOCKS_MS);
    expect((await site.instances('web')).map(({ restarts }) => restarts)).toEqual([0, 0]);
  });

  /** Epoch milliseconds are corrected now and then. */
  const CLOCKS_MS = 50;
});

it('a host that is killed while every instance is busy takes no connection along: what had come waits in the kernel', async () => {
  const before = await start('releases/good.cjs');
  const [dead] = hosts();
  for (const pid of before) process.kill(pid, 'SIGSTOP');
  const sockets = await Promise.all(Array.from({ length: 200 }, () => connected()));
  await killHard(dead!);
  for (const pid of before) process.kill(pid, 'SIGCONT');
  const answers = await Promise.all(sockets.map((socket) => answerOn(socket)));
  expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 200 OK']));
  await replaced(before);

  async function connected(): Promise<net.Socket> {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  async function answerOn(socket: net.Socket): Promise<string> {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return String(data).split('\r\n')[0]!;
  }
});
