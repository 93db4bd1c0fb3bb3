// Whatever of the manager is killed with -9: under two loads at once no request of a cluster app fails, and all is managed again.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  const web = { name: 'web', script: fixture('releases/good.cjs'), instances: 2, env: { PORT: String(port) } };
  await site.run('start', site.ecosystem(web));
  // A restart each, that has to be remembered.
  await site.run('restart', 'web');
});
afterEach(() => site.dispose());

const managers = (): { pid: number; command: string }[] => site.processes().filter(({ command }) => command.startsWith('holdfast: '));
const hosts = (): number[] => managers().flatMap(({ pid, command }) => (command === 'holdfast: host web' ? [pid] : []));
const daemon = (): number => managers().find(({ command }) => command === 'holdfast: daemon')!.pid;
const appProcesses = (): number[] => site.processes().flatMap(({ pid, command }) => (command.endsWith('good.cjs') ? [pid] : []));

function killHard(...pids: number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** Resolves to the pid of the one host that answers to the daemon and is none of these. */
function hostAfter(...dead: number[]): Promise<number> {
  return waitFor('the next host', async () => {
    const [host] = (await site.manager()).hosts;
    return host !== undefined && !dead.includes(host.pid) && host.pid;
  });
}

/** Every instance is a child of the host that is there, and nothing else is left: no process, no file. */
async function expectAllInOrder({ alerts = [] }: { readonly alerts?: readonly string[] } = {}): Promise<void> {
  const [host] = await waitFor(
    'every instance to be replaced',
    async () => {
      const instances = await site.instances('web');
      const now = hosts();
      const isSettled = instances.length === 2 && instances.every(({ pid, status }) => status === 'online' && parentOf(pid) === now[0]);
      return isSettled && appProcesses().length === 2 && now;
    },
    { timeoutMs: 30_000 },
  );
  expect(hosts()).toEqual([host]);
  const instances = await site.instances('web');
  expect(instances.map(({ id, slot, restarts: count, inRotation }) => ({ id, slot, count, inRotation }))).toEqual([
    { id: 0, slot: 0, count: 1, inRotation: true },
    { id: 1, slot: 1, count: 1, inRotation: true },
  ]);
  expect(appProcesses().sort()).toEqual(instances.map(({ pid }) => pid!).sort());
  expect((await site.apps()).alerts.map(({ text }) => text)).toEqual(alerts);
  await waitFor('no other file', () => {
    const files = fs.readdirSync(path.join(site.home, 'hosts')).sort().join();
    return files === 'web.json,web.lock,web.pipes,web.sock' || Promise.reject(new Error(files));
  });
}

function parentOf(pid: number | null): number | null {
  return pid === null ? null : (kernelViewOf(pid)?.parent ?? null);
}

describe('no request of a cluster app fails when kill -9 hits', () => {
  it('the daemon: the same processes go on', async () => {
    const before = (await site.instances('web')).map(({ pid }) => pid);
    const dead = daemon();
    await expectNoFailedRequest(port, async () => {
      killHard(dead);
      await waitFor('another daemon', () => managers().some(({ pid, command }) => command === 'holdfast: daemon' && pid !== dead));
    });
    expect((await site.instances('web')).map(({ pid }) => pid)).toEqual(before);
    await expectAllInOrder();
  });

  it('the host', async () => {
    const [dead] = hosts();
    await expectNoFailedRequest(port, async () => {
      killHard(dead!);
      await hostAfter(dead!);
      await expectAllInOrder();
    });
  });

  it('the daemon and every host at once', async () => {
    const dead = managers().map(({ pid }) => pid);
    await expectNoFailedRequest(port, async () => {
      killHard(...dead);
      await waitFor('another host', () => hosts().some((pid) => !dead.includes(pid)));
      await expectAllInOrder();
    });
  });

  it('the host, and within a second the one that follows it', async () => {
    const [first] = hosts();
    await expectNoFailedRequest(port, async () => {
      killHard(first!);
      const second = await waitFor('the elected host', () => hosts().find((pid) => pid !== first), { everyMs: 5 });
      killHard(second);
      await hostAfter(first!, second);
      await expectAllInOrder();
    });
  });

  it('the host that follows, when its first successor is on its way', async () => {
    const [first] = hosts();
    const before = appProcesses();
    // Who starts a host looks for a moment like another instance.
    const hostOfSuccessor = (): number | undefined =>
      hosts().find((host) => host !== first && appProcesses().some((pid) => !before.includes(pid) && parentOf(pid) === host));
    await expectNoFailedRequest(port, async () => {
      killHard(first!);
      const second = await waitFor('a successor', hostOfSuccessor, { everyMs: 5 });
      killHard(second);
      await hostAfter(first!, second);
      await expectAllInOrder();
    });
    expect(before.filter(isAlive)).toEqual([]);
  });

  it('the host in the middle of a reload, which is reported as failed', async () => {
    const [dead] = hosts();
    const before = appProcesses();
    await expectNoFailedRequest(port, async () => {
      const reload = site.run('reload', 'web');
      // A host that has had no time to write down what it does is followed by one that knows nothing of it.
      await waitFor('the record of the reload', () =>
        fs.readFileSync(path.join(site.home, 'hosts/web.json'), 'utf8').includes('"cause":"reload"'),
      );
      killHard(dead!);
      const { code, stderr } = await reload;
      expect([code, stderr]).toEqual([1, expect.stringContaining('Cannot reload web: host-died: its host died in the middle of it')]);
      await expectAllInOrder({ alerts: [expect.stringContaining('host-died') as string] });
    });
    expect(before.filter(isAlive)).toEqual([]);
  });
});
