// The table of `ls` where people and programs read it: on a terminal of 80 columns, in a pipe, in colour; and whether its figures are true. One site.
import fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
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

/** Runs `holdfast ...args` on a terminal of that width; script(1) makes one. */
async function onTerminal(columns: number, ...args: string[]): Promise<string[]> {
  const line = `stty cols ${columns} rows 24; exec '${process.execPath}' '${CLI}' ${args.join(' ')}`;
  const { code, stdout, stderr } = await run('script', ['-qec', line, '/dev/null'], {
    cwd: site.folder,
    env: { ...site.env, TERM: 'xterm' },
  });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  return stdout.split('\r\n').slice(0, -1);
}

// Control sequences are what this looks for.
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m/g, '');

it.each([80, 60, 40])('fits a terminal of %i columns: names are cut first, then columns go; id, name and status stay', async (columns) => {
  const lines = (await onTerminal(columns, 'ls')).map(plain);
  expect(lines).toHaveLength(4);
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  expect(lines[0]).toMatch(/^id +name .*status/);
  expect(lines[2]).toMatch(/^ 1 +an-applica.*….*online/);
  if (columns === 80) expect(lines[0]).toMatch(/^id +name +mode +pid +uptime +↺ +status +cpu +mem$/);
});

it('drops nothing in a pipe, and has no colours there', async () => {
  const { stdout } = await site.run('ls');
  expect(stdout).toContain(LONG);
  expect(stdout).toMatch(/^id +name +mode +pid +uptime +↺ +status +cpu +mem\n/);
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
