// Fifty command lines at once, where no daemon runs or one was just killed: one daemon, fifty right answers, nothing left over.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AppsReply, ManagerView } from '../../src/model/view.ts';
import { isAlive } from './kit/processes.ts';
import type { RunResult } from './kit/run.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const CROWD = 50;

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const daemons = (): number[] =>
  site
    .processes()
    .filter(({ command }) => command === 'holdfast: daemon')
    .map(({ pid }) => pid);
const crowd = (...commands: readonly (readonly string[])[]): Promise<RunResult[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, index) => site.run(...commands[index % commands.length]!)));
const failures = (results: readonly RunResult[]): string[] =>
  results.filter(({ code }) => code !== 0).map(({ code, stderr }) => `${code} ${stderr}`);
/** Locks, half-taken ones too, and what they are made from. */
const locks = (): string[] =>
  fs.readdirSync(site.home, { recursive: true, encoding: 'utf8' }).filter((name) => /\.lock|\.takeover|\.tmp$/.test(name));

// Each command line takes a tenth of a second of a core by itself, and a busy machine has little of one.
const LONG = { timeout: 180_000 };

/** Those that lose the race for the lock may take a moment to end. */
async function oneDaemon(): Promise<number> {
  await waitFor('one daemon to be left', () => daemons().length === 1, { timeoutMs: 60_000 });
  return daemons()[0]!;
}

it(
  'fifty commands at once, and no daemon yet: one is started, all are answered by it, and no lock is left after its end',
  LONG,
  async () => {
    const results = await crowd(['ls', '--json'], ['ping'], ['info', '--json'], ['jlist']);
    expect(failures(results)).toEqual([]);
    const pid = await oneDaemon();
    const answers = results.map(({ stdout }) => stdout.trim());
    expect(new Set(answers.filter((_, index) => index % 4 === 0))).toEqual(new Set(['{"apps":[],"alerts":[]}']));
    expect(new Set(answers.filter((_, index) => index % 4 === 3))).toEqual(new Set(['[]']));
    const managers = answers.filter((_, index) => index % 4 === 2).map((text) => JSON.parse(text) as ManagerView);
    expect(new Set(managers.map(({ daemon }) => daemon.pid))).toEqual(new Set([pid]));
    expect(site.events().filter(({ text }) => /^daemon .* started/.test(text))).toHaveLength(1);
    await waitFor('its lock to be the only one', () => locks().join() === 'daemon.lock');
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    await waitFor('its end', () => !isAlive(pid));
    await waitFor('no lock', () => locks().length === 0);
    expect(fs.existsSync(path.join(site.home, 'daemon.sock'))).toBe(false);
  },
);

it(
  'fifty commands at once, and the daemon was just killed: all of them see the same instances, with their pids and counts',
  LONG,
  async () => {
    const config = site.ecosystem(
      { name: 'web', script: fixture('idle.cjs'), instances: 2, listen_timeout: 50 },
      { name: 'job', script: fixture('idle.cjs'), restart_delay: 1 },
    );
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    process.kill((await site.instances('job'))[0]!.pid!, 'SIGKILL');
    await waitFor('its restart', async () => {
      const [job] = await site.instances('job');
      return job!.restarts === 1 && job!.status === 'online';
    });
    const seen = ({ apps }: Pick<AppsReply, 'apps'>): string =>
      apps.flatMap(({ instances }) => instances.map(({ id, pid, restarts, status }) => `${id} ${pid} ${restarts} ${status}`)).join(', ');
    const before = seen(await site.apps());
    const [dead] = daemons();
    process.kill(dead!, 'SIGKILL');
    const results = await crowd(['ls', '--json']);
    expect(failures(results)).toEqual([]);
    expect(new Set(results.map(({ stdout }) => seen(JSON.parse(stdout) as AppsReply)))).toEqual(new Set([before]));
    expect(await oneDaemon()).not.toBe(dead);
    // What is being saved has a temporary file for a moment.
    await waitFor('no more locks than processes', () => locks().every((name) => /^(daemon|hosts\/\w+)\.lock$/.test(name)));
  },
);

it('the same start typed five times at once starts everything once', LONG, async () => {
  const config = site.ecosystem(
    { name: 'web', script: fixture('idle.cjs'), instances: 2, listen_timeout: 50 },
    { name: 'job', script: fixture('idle.cjs') },
  );
  const results = await Promise.all(Array.from({ length: 5 }, () => site.run('start', config)));
  expect(failures(results)).toEqual([]);
  await oneDaemon();
  const { apps } = await site.apps();
  expect(apps.flatMap(({ instances }) => instances.map(({ app, slot, id, status }) => `${id} ${app}:${slot} ${status}`))).toEqual([
    '0 web:0 online',
    '1 web:1 online',
    '2 job:0 online',
  ]);
  await waitFor('one process for each', () => site.processes().filter(({ command }) => command.endsWith('idle.cjs')).length === 3);
});
