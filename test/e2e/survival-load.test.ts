// Whatever of the manager is killed with -9: under two loads at once no request of a cluster app fails, and all is managed again.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { daemonsOf, expectNothingLeft, hostAfter, hostsOf, killHard, managersOf } from './kit/managers.ts';
import { expectEveryLine, numberedLogsOf } from './kit/numbered-lines.ts';
import type { NumberedLog } from './kit/numbered-lines.ts';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
let before: readonly NumberedLog[];
beforeEach(async () => {
  site = createSite();
  port = await freePort();
  const web = { name: 'web', script: fixture('numbered.cjs'), instances: 2, kill_timeout: 30_000, env: { PORT: String(port), LINES: '1' } };
  await site.run('start', site.ecosystem(web));
  // A restart each, that has to be remembered.
  await site.run('restart', 'web');
  before = await numberedLogsOf(site, 'web');
});
afterEach(() => site.dispose());
// Many times what they need on a machine that is at rest.
vi.setConfig({ testTimeout: 180_000 });

const hosts = (): number[] => hostsOf(site, 'web');
const appProcesses = (): number[] => site.processes().flatMap(({ pid, command }) => (command.endsWith('numbered.cjs') ? [pid] : []));
const pidsBefore = (): number[] => before.map(({ pid }) => pid);

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
  expect(managersOf(site)).toHaveLength(2);
  expect((await site.apps()).alerts.map(({ text }) => text)).toEqual(alerts);
  await expectNothingLeft(
    site,
    'web',
    instances.flatMap(({ pid }) => [`${pid}.err`, `${pid}.out`]),
  );
}

function parentOf(pid: number | null): number | null {
  return pid === null ? null : (kernelViewOf(pid)?.parent ?? null);
}

/** Ends the app: then each has written its last line. */
async function expectLogsInOrder({ killedHosts }: { readonly killedHosts: number }): Promise<void> {
  const after = await numberedLogsOf(site, 'web');
  expect(await site.run('stop', 'web')).toMatchObject({ code: 0 });
  for (const log of before) expectEveryLine(log, killedHosts);
  for (const log of after.filter(({ pid }) => !pidsBefore().includes(pid))) expectEveryLine(log, 0);
}

describe('no request of a cluster app fails when kill -9 hits', () => {
  it('the daemon: the same processes go on', async () => {
    const [dead] = daemonsOf(site);
    await expectNoFailedRequest(port, async () => {
      await killHard(dead!);
      await waitFor('another daemon', () => daemonsOf(site).some((pid) => pid !== dead));
      await expectAllInOrder();
    });
    expect(appProcesses().sort()).toEqual(pidsBefore().sort());
    await expectLogsInOrder({ killedHosts: 0 });
  });

  it('the host', async () => {
    const [dead] = hosts();
    await expectNoFailedRequest(port, async () => {
      await killHard(dead!);
      await hostAfter(site, 'web', dead!);
      await expectAllInOrder();
    });
    await expectLogsInOrder({ killedHosts: 1 });
  });

  it('the daemon and every host at once', async () => {
    const dead = managersOf(site).map(({ pid }) => pid);
    await expectNoFailedRequest(port, async () => {
      await killHard(...dead);
      await waitFor('another host', () => hosts().some((pid) => !dead.includes(pid)));
      await expectAllInOrder();
    });
    await expectLogsInOrder({ killedHosts: 1 });
  });

  it('the host, and within a second the one that follows it', async () => {
    const [first] = hosts();
    await expectNoFailedRequest(port, async () => {
      await killHard(first!);
      const second = await waitFor('the elected host', () => hosts().find((pid) => pid !== first), { everyMs: 5 });
      await killHard(second);
      await hostAfter(site, 'web', first!, second);
      await expectAllInOrder();
    });
    await expectLogsInOrder({ killedHosts: 2 });
  });

  it('the host that follows, when its first successor is on its way', async () => {
    const [first] = hosts();
    // Who starts a host looks for a moment like another instance.
    const hostOfSuccessor = (): number | undefined =>
      hosts().find((host) => host !== first && appProcesses().some((pid) => !pidsBefore().includes(pid) && parentOf(pid) === host));
    await expectNoFailedRequest(port, async () => {
      await killHard(first!);
      const second = await waitFor('a successor', hostOfSuccessor, { everyMs: 5 });
      await killHard(second);
      await hostAfter(site, 'web', first!, second);
      await expectAllInOrder();
    });
    expect(pidsBefore().filter(isAlive)).toEqual([]);
    await expectLogsInOrder({ killedHosts: 2 });
  });

  it('the host in the middle of a reload, which is reported as failed', async () => {
    const [dead] = hosts();
    await expectNoFailedRequest(port, async () => {
      const reload = site.run('reload', 'web');
      // A host that has had no time to write down what it does is followed by one that knows nothing of it.
      await waitFor('the record of the reload', () =>
        fs.readFileSync(path.join(site.home, 'hosts/web.json'), 'utf8').includes('"cause":"reload"'),
      );
      await killHard(dead!);
      const { code, stderr } = await reload;
      expect([code, stderr]).toEqual([1, expect.stringContaining('Cannot reload web: host-died: its host died in the middle of it')]);
      await expectAllInOrder({ alerts: [expect.stringContaining('host-died') as string] });
    });
    expect(pidsBefore().filter(isAlive)).toEqual([]);
    await expectLogsInOrder({ killedHosts: 1 });
  });
});
