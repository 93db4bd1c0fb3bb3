// What apps write while files are rotated and managers die: every line once. Real processes, real files.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const LINES = 50_000;
const PATIENT = { timeoutMs: 60_000 };

let site: Site;
let claims: string;
beforeEach(() => {
  site = createSite();
  claims = path.join(site.folder, 'claims');
});
afterEach(() => site.dispose());

const processOf = (title: string): number => site.processes().find(({ command }) => command === title)!.pid;
const texts = (): string[] => site.events().map(({ text }) => text);
const logs = (): string => path.join(site.home, 'logs');
const filesOf = (log: string): string[] =>
  fs
    .readdirSync(logs())
    .filter((name) => name.startsWith(log) && !name.startsWith(`${log}__`) === (name === `${log}.log`))
    .sort((a, b) => Number(a === `${log}.log`) - Number(b === `${log}.log`) || (a < b ? -1 : 1));
/** All that a log ever got, oldest first. */
const readLog = (log: string): string =>
  filesOf(log)
    .map((name) => fs.readFileSync(path.join(logs(), name), 'latin1'))
    .join('');

async function start(attributes: object): Promise<void> {
  const app = {
    name: 'app',
    script: fixture('counts.cjs'),
    kill_timeout: 20_000,
    min_uptime: 100,
    env: { CLAIMS: claims, LINES: String(LINES) },
    log_compress: false,
  };
  const result = await site.run('start', site.ecosystem({ ...app, ...attributes }));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

/** The pid of the instance that runs now, once it can be told to write. */
async function ready(): Promise<number> {
  const pid = await waitFor('an instance', async () => (await site.instances('app')).find(({ status }) => status === 'online')?.pid);
  await waitFor('its first words', () => claimed().includes(`${pid} up`));
  return pid;
}

/** Tells it to write, and waits until some of it is in the file. */
async function sprint(pid: number): Promise<void> {
  const sizes = (): number =>
    filesOf('app-out').reduce((sum, name) => sum + (fs.statSync(path.join(logs(), name), { throwIfNoEntry: false })?.size ?? 0), 0);
  const before = sizes();
  process.kill(pid, 'SIGUSR2');
  await waitFor('its first lines', () => sizes() > before, PATIENT);
}

const claimed = (): string[] => (fs.existsSync(claims) ? fs.readFileSync(claims, 'utf8').trimEnd().split('\n') : []);
/** How many lines each run says it has written. */
const totals = (): Map<string, number> =>
  new Map(
    claimed()
      .flatMap((line) => (line.endsWith('up') ? [] : [line.split(' ') as [string, string]]))
      .map(([pid, count]) => [pid, Number(count)]),
  );

/** What is wrong with the lines of one run, in order from 0: null when nothing is. */
function gapOf(log: string, pid: string): string | null {
  let next = 0;
  for (const line of log.split('\n')) {
    if (!line.startsWith(`${pid} `)) continue;
    if (line !== `${pid} ${next} ${'.'.repeat(60)}`) return `after ${next} lines: ${line}`;
    next += 1;
  }
  return next === (totals().get(pid) ?? -1) ? null : `${next} lines`;
}

describe('every line that an app writes', () => {
  it('is in the files once, while they are rotated each megabyte, the app is reloaded and restarted, and its daemon is killed', async () => {
    await start({ log_max_size: '1M', log_max_files: 'all' });
    const first = await ready();
    await sprint(first);
    expect(await site.run('reload', 'app')).toMatchObject({ code: 0 });
    const second = await ready();
    await sprint(second);
    const daemon = processOf('holdfast: daemon');
    process.kill(daemon, 'SIGKILL');
    await waitFor('another daemon', () => site.processes().some(({ pid, command }) => command === 'holdfast: daemon' && pid !== daemon));
    await waitFor('the end of its sprint', () => totals().get(String(second)) === LINES, PATIENT);
    await sprint(second);
    expect(await site.run('restart', 'app')).toMatchObject({ code: 0 });
    const third = await ready();
    await sprint(third);
    await waitFor('the end of its sprint', () => totals().get(String(third)) === LINES, PATIENT);
    expect(await site.run('stop', 'app')).toMatchObject({ code: 0 });
    for (const log of ['app-out', 'app-error']) {
      await waitFor('the last line', () => gapOf(readLog(log), String(third)) === null, PATIENT);
      const all = readLog(log);
      expect([...totals().keys()].map((pid) => gapOf(all, pid))).toEqual([null, null, null]);
      expect(all.trimEnd().split('\n')).toHaveLength([...totals().values()].reduce((sum, count) => sum + count, 0));
      for (const name of filesOf(log)) expect(fs.statSync(path.join(logs(), name)).size).toBeLessThanOrEqual(2 ** 20);
    }
    expect(filesOf('app-out').length).toBeGreaterThan(8);
  });

  it('is there, whole and in order, up to the moment at which its host is killed', async () => {
    // Once nobody reads any more it waits in a write, and no signal but SIGKILL ends it.
    await start({ log_max_size: '1M', log_max_files: 'all', kill_timeout: 500 });
    const pid = await ready();
    await sprint(pid);
    const host = processOf('holdfast: host shared');
    process.kill(host, 'SIGKILL');
    await waitFor('its end', () => !isAlive(host));
    for (const log of ['app-out', 'app-error']) {
      const lines = readLog(log).split('\n').slice(0, -1);
      expect(lines).toEqual(lines.map((_, n) => `${pid} ${n} ${'.'.repeat(60)}`));
    }
  });
});

it('an outside rotation is followed: at once with reloadLogs or SIGUSR2, and within a second without', async () => {
  await start({ log_max_size: 0, env: { CLAIMS: claims, LINES: '1' } });
  const pid = await ready();
  const file = path.join(logs(), 'app-out.log');
  const has = (text: string): boolean => fs.existsSync(file) && fs.readFileSync(file, 'utf8').startsWith(text);
  process.kill(pid, 'SIGUSR2');
  await waitFor('a line', () => has(`${pid} 0 `));
  const ways = [
    () => site.run('reloadLogs'),
    () => process.kill(processOf('holdfast: daemon'), 'SIGUSR2'),
    () => process.kill(processOf('holdfast: host shared'), 'SIGUSR2'),
  ];
  for (const [round, act] of ways.entries()) {
    fs.renameSync(file, `${file}.${round}`);
    await act();
    await waitFor('a new file', () => fs.existsSync(file));
    process.kill(pid, 'SIGUSR2');
    await waitFor('the next line in it', () => has(`${pid} ${round + 1} `));
  }
  fs.rmSync(file);
  let line = 4;
  await waitFor('a line in a new file', () => {
    process.kill(pid, 'SIGUSR2');
    line += 1;
    return line > 4 && fs.existsSync(file) && fs.statSync(file).size > 0;
  });
  expect(site.processes().filter(({ command }) => command.startsWith('holdfast:'))).toHaveLength(2);
});

it('what was put aside is compressed by a process of its own, and the total is kept', async () => {
  await start({ log_max_size: '100K', log_max_files: 3, log_compress: true, error_file: '/dev/null' });
  await sprint(await ready());
  await waitFor('the end of its sprint', () => [...totals().values()].includes(LINES), PATIENT);
  await waitFor('three compressed files', () => filesOf('app-out').filter((name) => name.endsWith('.log.gz')).length === 3, PATIENT);
  expect(filesOf('app-out')).toHaveLength(4);
  await waitFor('the end of who compressed them', () => !site.processes().some(({ command }) => command.includes('compress')));
});

it('two apps write whole lines into one file', async () => {
  const file = path.join(site.folder, 'both.log');
  const one = {
    script: fixture('counts.cjs'),
    env: { CLAIMS: claims, LINES: '20000' },
    out_file: file,
    error_file: file,
    log_compress: false,
  };
  const config = site.ecosystem({ name: 'one', host: 'first', ...one }, { name: 'two', host: 'second', ...one });
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
  const pids = [...(await site.instances('one')), ...(await site.instances('two'))].map(({ pid }) => pid!);
  await waitFor('both', () => claimed().length === 2);
  for (const pid of pids) process.kill(pid, 'SIGUSR2');
  await waitFor('both to end', () => totals().size === 2, PATIENT);
  const lines = await waitFor(
    'all lines',
    () => {
      const found = fs.readFileSync(file, 'latin1').trimEnd().split('\n');
      return found.length === 80_000 && found;
    },
    PATIENT,
  );
  expect(lines.filter((line) => !/^\d+ \d+ \.{60}$/.test(line))).toEqual([]);
  expect(new Set(lines).size).toBe(40_000);
  expect(texts().filter((text) => text.includes('both.log'))).toEqual([]);
});
