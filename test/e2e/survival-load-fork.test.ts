// Whatever of the manager is killed with -9: under two loads at once no request of a fork app fails, and the same process is managed again.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { daemonsOf, expectNothingLeft, hostAfter, hostsOf, killHard, managersOf } from './kit/managers.ts';
import { expectEveryLine, numberedLogsOf } from './kit/numbered-lines.ts';
import type { NumberedLog } from './kit/numbered-lines.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
let log: NumberedLog;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
  const web = { name: 'web', script: fixture('numbered.cjs'), kill_timeout: 30_000, env: { PORT: String(port), LINES: '1' } };
  await site.run('start', site.ecosystem(web));
  // That has to be remembered.
  await site.run('restart', 'web');
  [log] = (await numberedLogsOf(site, 'web')) as [NumberedLog];
});
afterEach(() => site.dispose());
// Many times what they need on a machine that is at rest.
vi.setConfig({ testTimeout: 180_000 });

const hosts = (): number[] => hostsOf(site, 'shared');

/** The app is what it was, under the one host that is there, and nothing is left of those that died. `others`: what else runs. */
async function expectAllInOrder(others: readonly number[] = []): Promise<void> {
  expect(await site.instances('web')).toMatchObject([{ id: 0, slot: 0, status: 'online', pid: log.pid, restarts: 1 }]);
  await waitFor('one daemon and one host', () => managersOf(site).length === 2 && hosts().length === 1);
  const apps = [log.pid, ...others];
  const managers = managersOf(site).map(({ pid }) => pid);
  await waitFor('no other process', () => site.processes().every(({ pid }) => apps.includes(pid) || managers.includes(pid)));
  await expectNothingLeft(
    site,
    'shared',
    apps.flatMap((pid) => ['err', 'in', 'out'].map((end) => `${pid}.${end}`)),
  );
}

/** Ends the app: then it has written its last line. */
async function expectLogInOrder({ killedHosts }: { readonly killedHosts: number }): Promise<void> {
  expect(await site.run('stop', 'web')).toMatchObject({ code: 0 });
  expectEveryLine(log, killedHosts);
}

describe('no request of a fork app fails when kill -9 hits', () => {
  it('the daemon', async () => {
    const [dead] = daemonsOf(site);
    await expectNoFailedRequest(port, async () => {
      await killHard(dead!);
      await waitFor('another daemon', () => daemonsOf(site).some((pid) => pid !== dead));
      await expectAllInOrder();
    });
    expect((await site.apps()).alerts).toEqual([]);
    await expectLogInOrder({ killedHosts: 0 });
  });

  it('the host', async () => {
    const [dead] = hosts();
    await expectNoFailedRequest(port, async () => {
      await killHard(dead!);
      await hostAfter(site, 'shared', dead!);
      await expectAllInOrder();
    });
    expect((await site.apps()).alerts).toEqual([]);
    await expectLogInOrder({ killedHosts: 1 });
  });

  it('the daemon and every host at once', async () => {
    const dead = managersOf(site).map(({ pid }) => pid);
    await expectNoFailedRequest(port, async () => {
      await killHard(...dead);
      await hostAfter(site, 'shared', ...dead);
      await expectAllInOrder();
    });
    expect((await site.apps()).alerts).toEqual([]);
    await expectLogInOrder({ killedHosts: 1 });
  });

  it('the host, and within a second the one that follows it', async () => {
    const [first] = hosts();
    await expectNoFailedRequest(port, async () => {
      await killHard(first!);
      const second = await waitFor('the next host', () => hosts().find((pid) => pid !== first), { everyMs: 5 });
      await killHard(second);
      await hostAfter(site, 'shared', first!, second);
      await expectAllInOrder();
    });
    await expectLogInOrder({ killedHosts: 2 });
  });

  it('the host in the middle of the reload of another app on it, which is reported as failed and goes on as it was', async () => {
    const never = site.write(
      'never.cjs',
      "if (!require('node:fs').existsSync('never')) process.send('ready');\nsetInterval(() => {}, 1000);\n",
    );
    const other = { name: 'other', script: never, wait_ready: true, listen_timeout: '5m' };
    expect(await site.run('start', site.ecosystem(other))).toMatchObject({ code: 0 });
    const old = (await site.instances('other'))[0]!.pid!;
    site.write('never', '');
    const [dead] = hosts();
    await expectNoFailedRequest(port, async () => {
      const reload = site.run('reload', 'other');
      await waitFor('a successor', async () =>
        (await site.instances('other')).some(({ role, pid }) => role === 'successor' && pid !== null),
      );
      await waitFor('the record of it', () =>
        fs.readFileSync(path.join(site.home, 'hosts/shared.json'), 'utf8').includes('"role":"successor"'),
      );
      await killHard(dead!);
      const { code, stderr } = await reload;
      expect([code, stderr]).toEqual([1, expect.stringContaining('Cannot reload other: host-died')]);
      await hostAfter(site, 'shared', dead!);
      await waitFor('it to be as before', async () => {
        const instances = await site.instances('other');
        return instances.length === 1 && instances[0]!.pid === old && instances[0]!.status === 'online';
      });
      await expectAllInOrder([old]);
    });
    await expectLogInOrder({ killedHosts: 1 });
  });
});
