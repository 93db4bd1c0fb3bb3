// Fork-mode apps whose host is killed with -9, alone or with the daemon: the same processes go on under a new host, and nothing they write is lost.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const managers = (): { pid: number; command: string }[] => site.processes().filter(({ command }) => command.startsWith('holdfast: '));
const hosts = (): number[] => managers().flatMap(({ pid, command }) => (command === 'holdfast: host shared' ? [pid] : []));
const pipes = (): string[] => {
  const folder = path.join(site.home, 'hosts/shared.pipes');
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.startsWith('spare.')) : [];
};

async function start(...apps: object[]): Promise<void> {
  const result = await site.run('start', site.ecosystem(...apps));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

/** SIGKILL to all of them at once; resolves when they are dead. */
async function killHard(...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor('their end', () => !pids.some(isAlive));
}

/** What must be the same before and after. */
const kept = async (app: string): Promise<object[]> =>
  (await site.instances(app)).map(({ pid, id, restarts, status, createdAt, startedAt }) => ({
    pid,
    id,
    restarts,
    status,
    createdAt,
    startedAt,
  }));

/** A new host minds the app. */
async function takenOver(app: string, before: readonly number[]): Promise<void> {
  await waitFor(
    'a new host to mind it',
    async () => {
      const { hosts: linked } = await site.manager();
      return linked.some((host) => host.apps.includes(app) && !before.includes(host.pid));
    },
    { timeoutMs: 20_000 },
  );
}

/** 10 MB, by the stream or by the descriptor, and an exit as soon as they are written. */
const BIG = `
const bytes = Buffer.alloc(10e6, 'x');
bytes[bytes.length - 1] = 10;
if (process.argv[2] === 'stream') process.stdout.write(bytes, () => process.exit(3));
else {
  for (let at = 0; at < bytes.length; ) at += require('node:fs').writeSync(1, bytes, at);
  process.exit(3);
}
`;

const job = (name: string, more: object = {}): object => ({ name, script: fixture('idle.cjs'), ...more });

describe('the instances of a host killed with -9', () => {
  it.each(['the host', 'the host and the daemon'])('are the same ones afterwards, with all that was known of them (%s)', async (what) => {
    await start(job('up', { instances: 2, exec_mode: 'fork' }), job('down'));
    await site.run('restart', 'up');
    await site.run('stop', 'down');
    const before = { up: await kept('up'), down: await kept('down') };
    const dead = hosts();
    await killHard(...(what === 'the host' ? dead : managers().map(({ pid }) => pid)));
    await takenOver('up', dead);
    expect({ up: await kept('up'), down: await kept('down') }).toEqual(before);
    expect((await site.apps()).alerts).toEqual([]);
    expect([hosts().length, managers().length]).toEqual([1, 2]);
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(fs.readdirSync(path.join(site.home, 'hosts'))).toEqual([]);
  });

  it('can be stopped, restarted and deleted, and leave nothing behind', async () => {
    await start(job('one'), job('two'), job('three'));
    const dead = hosts();
    const pids = (await Promise.all(['one', 'two', 'three'].map((app) => site.instances(app)))).flat().map(({ pid }) => pid!);
    await killHard(...dead);
    await takenOver('three', dead);
    expect(await site.run('stop', 'one')).toMatchObject({ code: 0 });
    expect(await site.run('restart', 'two')).toMatchObject({ code: 0 });
    expect(await site.run('delete', 'three')).toMatchObject({ code: 0 });
    expect(pids.filter(isAlive)).toEqual([]);
    const [two] = await site.instances('two');
    expect(two).toMatchObject({ status: 'online', restarts: 1 });
    expect(pipes().sort()).toEqual(['err', 'in', 'out'].map((end) => `${two!.pid}.${end}`));
    await site.run('delete', 'all');
    await waitFor('the host to have gone', () => hosts().length === 0);
    expect(fs.readdirSync(path.join(site.home, 'hosts'))).toEqual([]);
  });

  it('do not notice it where they depend on their manager, and are restarted by their policy when they end, of a code that nobody knows', async () => {
    await start({ name: 'fan', script: fixture('manager-fan.cjs') });
    const before = await kept('fan');
    const pid = (await site.instances('fan'))[0]!.pid!;
    for (let round = 0; round < 2; round += 1) {
      const dead = hosts();
      await killHard(...dead);
      await takenOver('fan', dead);
    }
    expect(await kept('fan')).toEqual(before);
    expect((await site.logs('fan')).filter(({ stream }) => stream === 'err')).toEqual([]);
    process.kill(pid, 'SIGKILL');
    await waitFor('the next run', async () => {
      const [now] = await site.instances('fan');
      return now?.status === 'online' && now.pid !== pid;
    });
    const text = `exited with exit code unknown (its host had died; pid ${pid})`;
    expect(site.events('fan').map((event) => event.text)).toContain(text);
    expect((await site.run('describe', 'fan')).stdout).toContain('exit code unknown');
    expect(await site.instances('fan')).toMatchObject([{ restarts: 1 }]);
  });
});

describe('the output of an app that floods it', () => {
  it('is in the log to the last byte when the app exits behind it', async () => {
    const app = { script: site.write('big.cjs', BIG), autorestart: false, stop_exit_codes: [] };
    await site.run('start', site.ecosystem({ ...app, name: 'stream', args: 'stream' }, { ...app, name: 'file', args: 'file' }));
    for (const name of ['stream', 'file']) {
      const log = path.join(site.home, `logs/${name}-out.log`);
      await waitFor(`the end of ${name}`, async () => (await site.instances(name))[0]?.status === 'stopped');
      await waitFor(`all of ${name}`, () => fs.statSync(log).size === 10_000_000);
    }
  });

  it('has every line once over the death of host and daemon, but for what the host had in hand', async () => {
    await start({ name: 'counter', script: fixture('counter.cjs') });
    const file = path.join(site.home, 'logs/counter-out.log');
    const size = (): number => (fs.existsSync(file) ? fs.statSync(file).size : 0);
    for (const victims of [hosts, () => managers().map(({ pid }) => pid)]) {
      const [before, dead] = [size(), hosts()];
      await waitFor('it to write', () => size() > before + 500_000);
      await killHard(...victims());
      await takenOver('counter', dead);
    }
    const before = size();
    await waitFor('it to write on', () => size() > before + 500_000);
    expect(await site.run('send', 'counter', 'enough')).toMatchObject({ code: 0 });
    const end = await waitFor('its last line', () => /^all (\d+)$/m.exec(fs.readFileSync(file, 'utf8'))?.[1]);
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1);
    const numbers = lines.flatMap((line) => (/^line (\d+) \1$/.test(line) ? [Number.parseInt(line.slice(5), 10)] : []));
    // Where a chunk is missing, the line before and the line after it are cut and stand as one.
    expect(lines.length - numbers.length).toBeLessThanOrEqual(2);
    const gaps = numbers.flatMap((number, index) => {
      const missing = number - (index === 0 ? -1 : numbers[index - 1]!) - 1;
      return missing === 0 ? [] : [missing];
    });
    expect(
      gaps.every((missing) => missing > 0),
      'no line comes twice',
    ).toBe(true);
    expect(gaps.length).toBeLessThanOrEqual(2);
    // 128 KiB: what was read in one turn and what waited to be written with it.
    expect(Math.max(0, ...gaps)).toBeLessThan(16_000);
    expect(numbers.at(-1)).toBe(Number(end) - 1);
  });
});
