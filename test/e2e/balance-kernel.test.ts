// `balance: kernel`: the instances accept from the shared socket themselves. The host holds it, and says who may.
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ask, askInTurn } from './kit/ask.ts';
import { startLoad } from './kit/load.ts';
import { app, removeBundles, startMiniHost } from './kit/mini-host.ts';
import type { MiniHost, MiniOptions } from './kit/mini-host.ts';
import { freePort } from './kit/ports.ts';
import { computedMs } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

/** Answers of each load: one event at a time needs no more. */
const FEW = { atLeast: 500 };

let host: MiniHost | null = null;
let site: Site | null = null;
afterEach(async () => {
  await host?.dispose();
  await site?.dispose();
  host = site = null;
});
afterAll(removeBundles);

async function start(more: Partial<MiniOptions> = {}): Promise<{ mini: MiniHost; port: number }> {
  const port = await freePort();
  host = startMiniHost({ script: app('balance/blocks.cjs'), policy: 'kernel', env: { PORT: String(port) }, ...more });
  await host.ready();
  return { mini: host, port };
}

const pidOf = (body: string): number => Number(/^ok (\d+)/.exec(body)?.[1]);

describe('the instances', () => {
  it('accept without the host: it may stand still', async () => {
    const { mini, port } = await start();
    process.kill(mini.pid, 'SIGSTOP');
    const answered = new Set((await askInTurn(5, { port })).map(pidOf));
    process.kill(mini.pid, 'SIGCONT');
    for (const pid of answered) expect([mini.pidOf(1), mini.pidOf(2)]).toContain(pid);
  });

  it('leave and come back, drain and are gone: no request fails, and who is out gets none', async () => {
    const { mini, port } = await start();
    await expectNoFailedRequest(
      port,
      async () => {
        mini.tell({ do: 'leave', key: 1 });
        await mini.look();
        await waitFor('one that is out to get nothing', async () => !(await askInTurn(10, { port })).map(pidOf).includes(mini.pidOf(1)));
        mini.tell({ do: 'join', key: 1 });
        mini.tell({ do: 'leave', key: 2 });
        await waitFor('the other one', async () => !(await askInTurn(10, { port })).map(pidOf).includes(mini.pidOf(2)));
        mini.tell({ do: 'join', key: 2 });
        expect(await mini.drain(1, 200, 10_000)).toMatchObject({ cut: 0 });
        process.kill(mini.pidOf(1), 'SIGINT');
        await mini.wait('exited');
      },
      FEW,
    );
  });

  it('that hangs holds nobody up, and nothing is lost with it', async () => {
    const { mini, port } = await start();
    process.kill(mini.pidOf(1), 'SIGSTOP');
    await expectNoFailedRequest(
      port,
      async () => {
        process.kill(mini.pidOf(1), 'SIGKILL');
        await mini.wait('exited');
      },
      FEW,
    );
  });
});

it('while nobody serves connections wait in the kernel, and are answered when somebody comes', async () => {
  const { mini, port } = await start({ joins: 'by hand', instances: 1 });
  const answers = Promise.all(Array.from({ length: 50 }, () => ask({ port })));
  mini.tell({ do: 'join', key: 1 });
  expect((await answers).map(({ body }) => pidOf(body))).toEqual(Array.from({ length: 50 }, () => mini.pidOf(1)));
  // The last one has died, and its successor is on its way.
  process.kill(mini.pidOf(1), 'SIGKILL');
  await mini.wait('exited');
  const late = ask({ port });
  mini.tell({ do: 'launch' });
  await mini.wait('listening', ({ key }) => key === 2);
  mini.tell({ do: 'join', key: 2 });
  expect(pidOf((await late).body)).toBe(mini.pidOf(2));
  mini.tell({ do: 'close' });
  await waitFor('the port to be closed', () =>
    ask({ port }).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
    ),
  );
});

it('the death of the host is nothing to those that accept, and brings in those that did not', async () => {
  const { mini, port } = await start();
  mini.tell({ do: 'leave', key: 2 });
  await mini.look();
  await expectNoFailedRequest(port, () => mini.kill(), FEW);
  process.kill(mini.pidOf(1), 'SIGKILL');
  await waitFor('the other one to answer', async () => pidOf((await ask({ port })).body) === mini.pidOf(2));
});

describe('in the product', () => {
  it('no request fails across reload, scaling, and changes to another policy and back', async () => {
    site = createSite();
    const port = await freePort();
    const settings = { name: 'web', script: fixture('releases/good.cjs'), instances: 2, env: { PORT: String(port) } };
    const change = async (...args: string[]): Promise<void> => expect(await site!.run(...args)).toMatchObject({ code: 0 });
    const use = (balance: string): Promise<void> => change('reload', site!.ecosystem({ ...settings, balance }));
    await change('start', site.ecosystem({ ...settings, balance: 'kernel' }));
    await expectNoFailedRequest(port, async () => {
      await change('reload', 'web');
      await change('scale', 'web', '3');
      await change('scale', 'web', '2');
      await use('round-robin');
    });
    const pids = (await askInTurn(20, { port })).map((body) => (JSON.parse(body) as { pid: number }).pid);
    const [first] = pids;
    expect(Math.abs(pids.filter((pid) => pid === first).length - 10)).toBeLessThanOrEqual(4);
    await expectNoFailedRequest(port, () => use('kernel'), FEW);
  });

  it('the host is killed: no request fails, and under the next one two serve and one stands by as before', async () => {
    site = createSite();
    const port = await freePort();
    const env = { PORT: String(port) };
    const config = site.ecosystem({ name: 'web', script: fixture('releases/good.cjs'), instances: 2, standby: 1, balance: 'kernel', env });
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    const before = (await site.instances('web')).map(({ pid }) => pid);
    const dead = (await site.manager()).hosts[0]!.pid;
    await expectNoFailedRequest(
      port,
      async () => {
        process.kill(dead, 'SIGKILL');
        await waitFor(
          'all to be replaced',
          async () => {
            const instances = await site!.instances('web');
            const statuses = instances.map(({ status }) => status).sort();
            return statuses.join() === 'online,online,standby' && !instances.some(({ pid }) => before.includes(pid));
          },
          { timeoutMs: 40_000 },
        );
      },
      FEW,
    );
    expect((await site.manager()).hosts.map(({ pid }) => pid)).not.toContain(dead);
  });

  // Of time bench/parts/kernel.mjs tells, on an idle machine. What the host and its instances compute is the same whoever else is at work, their clients too.
  it('a connection for each request, it answers at least 1.2 times as many for what is computed as round robin', async () => {
    site = createSite();
    const ports = { kernel: await freePort(), 'round-robin': await freePort() };
    const under = (balance: keyof typeof ports): object => ({
      name: balance,
      script: fixture('releases/good.cjs'),
      instances: 2,
      balance,
      env: { PORT: String(ports[balance]) },
    });
    expect(await site.run('start', site.ecosystem(under('kernel'), under('round-robin')))).toMatchObject({ code: 0 });
    const { hosts } = await site.manager();
    const perSecond = async (balance: keyof typeof ports): Promise<number> => {
      const pids = [hosts.find(({ name }) => name === balance)!.pid, ...(await site!.instances(balance)).map(({ pid }) => pid!)];
      return answersPerSecondOf(pids, ports[balance]);
    };
    // What runs for the first time, on a machine that has no time, is of no account: the middle one of three.
    const ratios: number[] = [];
    while (ratios.length < 3) ratios.push((await perSecond('kernel')) / (await perSecond('round-robin')));
    expect(ratios.toSorted((a, b) => a - b)[1]).toBeGreaterThanOrEqual(1.2);
  });

  async function answersPerSecondOf(pids: readonly number[], port: number): Promise<number> {
    const computed = (): number => pids.reduce((sum, pid) => sum + computedMs(pid), 0);
    const load = await startLoad({ port, keepAlive: false });
    const answers = (): Promise<number> => load.report().then(({ ok }) => ok);
    // What runs for the first time costs more.
    const [before, since] = [await waitFor('the first ones', async () => (await answers()) >= 500 && (await answers())), computed()];
    await waitFor('2,000 answers', async () => (await answers()) >= before + 2000);
    const count = (await answers()) - before;
    const tookMs = computed() - since;
    expect((await load.stop()).failed).toBe(0);
    return (count / tookMs) * 1000;
  }

  it('nobody is refused while the only instance is restarted after a crash', async () => {
    site = createSite();
    const port = await freePort();
    const config = site.ecosystem({
      name: 'web',
      script: fixture('releases/good.cjs'),
      exec_mode: 'cluster',
      balance: 'kernel',
      restart_delay: 300,
      env: { PORT: String(port) },
    });
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    await expect(ask({ port, path: '/crash' })).rejects.toThrow('socket hang up');
    const [one, two] = await Promise.all([ask({ port }), ask({ port })]);
    expect([one.status, two.status]).toEqual([200, 200]);
  });
});
