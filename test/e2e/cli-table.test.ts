// The table of `ls` where people and programs read it: on a terminal of 80 columns, in a pipe, in colour; and whether its figures are true. One site.
import fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { runOnTerminal } from './kit/terminal.ts';
import { waitFor } from './kit/wait.ts';

const LONG = 'an-application-with-a-name-that-no-narrow-terminal-has-room-for';
const ESCAPE = '\u001b';

let site: Site;
beforeAll(async () => {
  site = createSite();
  site.write(
    'grows.cjs',
    "process.on('SIGUSR2', () => { globalThis.kept = Buffer.alloc(150 * 2 ** 20, 1); setInterval(() => { const end = Date.now() + 50; while (Date.now() < end); }, 100); }); setInterval(() => {}, 1e9);",
  );
  await site.run('start', 'grows.cjs');
  await site.run('start', fixture('idle.cjs'), '-n', LONG);
  await site.run('start', fixture('idle.cjs'), '-n', 'off', '--no-autostart');
});
afterAll(() => site.dispose());

const onTerminal = (columns: number, ...args: string[]): Promise<string[]> => runOnTerminal(site, { columns }, ...args);

// Control sequences are what this looks for.
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m/g, '');

const titles = (lines: readonly string[]): string => lines[1]!.replaceAll(/[│ ]+/g, ' ').trim();

it.each([
  [200, 'id name namespace version mode pid uptime ↺ status cpu mem user watching'],
  [80, 'id name mode ↺ status cpu memory'],
  [40, 'id name status cpu mem'],
])('fits a terminal of %i columns: names are cut first, then columns go', async (columns, expected) => {
  const lines = (await onTerminal(columns, 'ls')).map(plain);
  expect(titles(lines)).toBe(expected);
  expect(lines).toHaveLength(1 + 1 + 1 + 3 + 1 + 1);
  expect(lines.slice(0, -1).filter((line) => line.length > columns)).toEqual([]);
  expect(lines.find((line) => line.startsWith('│ 1 '))).toMatch(/^│ 1  │ an-a.*│ online +│/);
});

/** What a line of a script for PM2 prints. */
const read = async (line: string): Promise<string> =>
  (await run('sh', ['-c', line.replaceAll('pm2', '"$NODE" "$CLI"')], { env: { ...site.env, NODE: process.execPath, CLI } })).stdout.trim();

it('is read by the lines that scripts have for PM2', async () => {
  const [grows] = await site.instances('grows');
  expect(await read("pm2 ls | grep grows | awk -F'│' '{print $7}'")).toBe(String(grows!.pid));
  expect(await read("pm2 ls | grep grows | awk '{print $12}'")).toBe(String(grows!.pid));
  expect(await read("pm2 list | awk '/ grows / {print $18}'")).toBe('online');
  expect(await read("pm2 ls | grep ' off ' | awk -F'│' '{print $10}' | tr -d ' '")).toBe('stopped');
  expect(await read('pm2 ls | grep -c online')).toBe('2');
  expect(await read('pm2 status | grep stopped | wc -l')).toBe('1');
  expect(await read('pm2 ls | grep errored')).toBe('');
  expect(await read('pm2 ls | wc -l')).toBe(String(3 + 3 + 1 + 1));
});

it('as describe is', async () => {
  const [grows] = await site.instances('grows');
  expect(await read("pm2 describe grows | grep status | awk '{print $4}'")).toBe('online');
  expect(await read("pm2 show off | grep status | awk '{ print $4 }'")).toBe('stopped');
  expect(await read(`pm2 show ${grows!.id} | grep 'script path' | awk '{print $5}'`)).toBe(`${site.folder}/grows.cjs`);
  expect(await read("pm2 describe grows | grep 'exec cwd' | awk -F'│' '{print $3}'")).toBe(site.folder);
  expect(await read("pm2 describe grows | grep uptime | awk '{print $4}'")).toMatch(/^\d+s$/);
  expect(await read("pm2 info grows | grep restarts | grep -v unstable | awk '{print $4}'")).toBe('0');
  expect(await read("pm2 describe grows | grep 'out log path' | awk '{print $6}'")).toBe(grows!.outPath);
  expect(await read("pm2 describe grows | grep 'pid path' | awk '{print $5}' | xargs cat")).toBe(String(grows!.pid));
  expect(await read('pm2 describe nobody > /dev/null 2>&1; echo $?')).toBe('1');
});

it('has in a pipe all columns, whole names and no colours', async () => {
  const { stdout } = await site.run('ls');
  expect(stdout).toContain(`│ ${LONG} │`);
  expect(titles(stdout.split('\n'))).toBe('id name namespace version mode pid uptime ↺ status cpu mem user watching');
  expect(stdout).not.toContain(ESCAPE);
});

it('is in colour on a terminal, but not with NO_COLOR or --no-color; in a pipe with FORCE_COLOR', async () => {
  expect((await onTerminal(80, 'ls')).join()).toContain(ESCAPE);
  expect((await onTerminal(80, 'ls', '--no-color')).join()).not.toContain(ESCAPE);
  const inPipe = async (env: NodeJS.ProcessEnv): Promise<boolean> =>
    (await run(process.execPath, [CLI, 'ls'], { env: { ...site.env, ...env } })).stdout.includes(ESCAPE);
  expect([await inPipe({ FORCE_COLOR: '1' }), await inPipe({ NO_COLOR: '1' }), await inPipe({ FORCE_COLOR: '0' })]).toEqual([
    true,
    false,
    false,
  ]);
  site.env['NO_COLOR'] = '1';
  expect((await onTerminal(80, 'ls')).join()).not.toContain(ESCAPE);
  delete site.env['NO_COLOR'];
});

it('shows on a terminal that it waits, and takes that away again', async () => {
  const shown = (await onTerminal(80, 'restart', 'grows')).join('\n');
  expect(plain(shown)).toContain('restarting grows ...');
  expect(shown).toContain(`\r${ESCAPE}[2K`);
});

it('tells pid, uptime, cpu and memory as the kernel has them, and no figure is older than two seconds', async () => {
  const [before] = await site.instances('grows');
  expect(before!.memory).toBeGreaterThan(20 * 2 ** 20);
  expect(before!.memory).toBeLessThan(150 * 2 ** 20);
  expect(Math.abs(before!.uptimeMs! - (Date.now() - before!.startedAt!))).toBeLessThan(5000);
  process.kill(before!.pid!, 'SIGUSR2');
  const rss = (): number => Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${before!.pid}/status`, 'latin1'))![1]) * 1024;
  await waitFor('its growth', () => rss() > 150 * 2 ** 20);
  const grownAt = performance.now();
  await waitFor('ls to know it', async () => (await site.instances('grows'))[0]!.memory > 150 * 2 ** 20, { everyMs: 50 });
  // Two seconds, and what a busy machine takes for the commands in between.
  expect(performance.now() - grownAt).toBeLessThan(10_000);
  const busy = await waitFor('its load', async () => {
    const { cpu, memory } = (await site.instances('grows'))[0]!;
    return cpu > 5 ? { cpu, memory } : null; // half a core of its own, and less where others want the cores
  });
  expect(busy.cpu).toBeLessThan(105);
  expect(Math.abs(busy.memory - rss()) / rss()).toBeLessThan(0.3);
  const off = (await site.instances('off'))[0]!;
  expect(off).toMatchObject({ pid: null, uptimeMs: null, cpu: 0, memory: 0, status: 'stopped' });
});
