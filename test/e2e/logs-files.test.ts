// `logs` and `flush` over the files that a real host writes: across rotations, by times that nobody printed, while they are emptied. One site.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogEntry } from '../../src/model/view.ts';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const LINES = 4000;
let site: Site;
beforeAll(() => void (site = createSite()));
afterAll(() => site.dispose());

const lines = (text: string): string[] => text.split('\n').slice(0, -1);
const numbered = (name: string, from: number, to: number, step = 1): string[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, n) => `${name} ${from + n * step}`);

it('follows every line once while the files are rotated and compressed, and finds them all again afterwards', async () => {
  const app = { name: 'numbers', script: fixture('numbers.cjs'), env: { LINES_TO_WRITE: String(LINES) } };
  const file = site.ecosystem({ ...app, autostart: false, log_max_size: '4K', log_max_files: 1000 });
  await site.run('start', file);
  await site.run('start', 'numbers');
  // It begins somewhere in the middle: what was there, and what comes, is to be every line once.
  const follower = site.follow('logs', 'numbers', '--lines', '99999', '--raw');
  await waitFor('the last line', () => follower.stdout().includes(`out ${LINES}\n`) && follower.stdout().includes(`err ${LINES}\n`), {
    timeoutMs: 60_000,
  });
  const { stdout, stderr } = await follower.stop('SIGINT');
  expect(stderr).toBe('');
  const seen = lines(stdout);
  expect(seen.filter((line) => line.startsWith('out'))).toEqual(numbered('out', 1, LINES));
  expect(seen.filter((line) => line.startsWith('err'))).toEqual(numbered('err', 10, LINES, 10));
  expect(fs.readdirSync(path.join(site.home, 'logs')).filter((name) => name.includes('__')).length).toBeGreaterThan(3);

  const stored = async (...argv: string[]): Promise<string[]> =>
    lines((await site.run('logs', 'numbers', '--raw', '--nostream', ...argv)).stdout);
  expect(await stored('--out', '--lines', '99999')).toEqual(numbered('out', 1, LINES));
  expect(await stored('--out', '--lines', '2500')).toEqual(numbered('out', LINES - 2499, LINES));
  expect(await stored('--grep', '^out [0-9]*00$')).toEqual(numbered('out', 100, LINES, 100));
  expect(await stored('--since', '1h', '--err')).toEqual(numbered('err', 10, LINES, 10));
});

it('knows the times of lines that carry none', async () => {
  await site.run('start', fixture('talker.cjs'), '-n', 'talk');
  const entries = async (): Promise<LogEntry[]> => (await site.logs('talk', 999)).filter(({ stream }) => stream !== 'event');
  await waitFor('the first run', async () => (await entries()).length === 11);
  const first = Math.max(...(await entries()).map(({ at }) => at!));
  expect(Math.abs(Date.now() - first)).toBeLessThan(60_000);
  await waitFor('the clock', () => Date.now() > first + 400);
  await site.run('restart', 'talk');
  await waitFor('the second run', async () => (await entries()).length === 22);
  const since = async (...argv: string[]): Promise<string> => (await site.run('logs', 'talk', '--nostream', '--raw', ...argv)).stdout;
  const after = new Date(first + 1).toISOString();
  expect(lines(await since('--since', after)).sort()).toEqual([...numbered('line', 1, 10), 'tenth 1'].sort());
  expect(lines(await since('--until', after))).toHaveLength(11);
});

it('empties files while they are written, and nothing that comes later is lost', async () => {
  await site.run('start', fixture('numbers.cjs'), '-n', 'endless');
  const file = path.join(site.home, 'logs/endless-out.log');
  await waitFor('lines', () => fs.existsSync(file) && fs.statSync(file).size > 1000);
  const { stdout } = await site.run('flush', 'endless');
  expect(stdout).toContain(`emptied ${file}`);
  await waitFor('more lines', () => fs.statSync(file).size > 1000);
  await site.run('stop', 'endless');
  // It may have been emptied in the middle of a line.
  const left = lines(fs.readFileSync(file, 'utf8')).slice(1);
  const [from, to] = [left[0]!, left.at(-1)!].map((line) => Number(line.split(' ')[1]));
  expect(from).toBeGreaterThan(1);
  expect(left).toEqual(numbered('out', from!, to!));
});

it('ends in silence with 0 when its reader has had enough', async () => {
  const command = `(${process.execPath} ${CLI} logs numbers --nostream --raw --lines 99999; echo code $? >&2) | head -n 1`;
  expect(await run('/bin/sh', ['-c', command], { cwd: site.folder, env: site.env })).toMatchObject({ stderr: 'code 0\n' });
});

it('shows what happened to an app, with how serious it was, after a restart of the daemon too', async () => {
  await site.run('start', fixture('throws.cjs'), '-n', 'broken', '--max-restarts', '2', '--restart-delay', '20', '--no-wait');
  const events = async (...argv: string[]): Promise<LogEntry[]> =>
    lines((await site.run('logs', 'broken', '--events', '--json', '--nostream', ...argv)).stdout).map(
      (line) => JSON.parse(line) as LogEntry,
    );
  await waitFor('the end', async () => (await events()).some(({ level }) => level === 'alert'));
  const before = await events('--lines', '99');
  expect(before.map(({ text }) => text.replace(/ .*/, '')).filter((word) => ['exited', 'will', 'errored:'].includes(word))).toEqual([
    'exited',
    'will',
    'exited',
    'errored:',
  ]);
  const { daemon } = await site.manager();
  process.kill(daemon.pid, 'SIGTERM');
  await waitFor('its end', () => !fs.existsSync(`/proc/${daemon.pid}`));
  expect(await events('--lines', '99')).toEqual(before);
  expect((await events('--level', 'warn', '--lines', '99')).map(({ level }) => level)).toEqual(['warn', 'warn', 'alert']);
});
