// `logs` from the command line: the last lines, then what comes, across a restart, in every form. One site.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogEntry } from '../../src/model/view.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeAll(async () => {
  site = createSite();
  await site.run('start', fixture('talker.cjs'), '-n', 'talk');
  await site.run('start', fixture('idle.cjs'), '-n', 'quiet');
  await waitFor('its last line', async () => (await site.logs('talk')).some(({ text }) => text === 'tenth 1'));
});
afterAll(() => site.dispose());

const shown = async (...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await site.run('logs', ...args, '--nostream');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
};

it('shows the last lines of an app with the events of the manager among them, each with its time', async () => {
  const lines = await shown('talk');
  expect(lines.filter((line) => /^\d\d:\d\d:\d\d 0\|talk \| line \d+$/.test(line))).toHaveLength(10);
  expect(lines.filter((line) => /^\d\d:\d\d:\d\d App \[talk:0\] (starting: node .*|started \(pid \d+\)|online)$/.test(line))).toHaveLength(
    3,
  );
  expect(lines.some((line) => line.includes('quiet'))).toBe(false);
  expect((await shown()).some((line) => line.includes('1|quiet | up'))).toBe(true);
  expect((await shown()).some((line) => /Holdfast daemon .* started/.test(line))).toBe(true);
});

it('takes --lines, --out, --err, --events and --raw', async () => {
  expect(await shown('talk', '--out', '--raw', '--lines', '3')).toEqual(['line 8', 'line 9', 'line 10']);
  expect(await shown('talk', '--err', '--raw')).toEqual(['tenth 1']);
  expect((await shown('talk', '--events', '--raw'))[0]).toMatch(/^starting: node /);
  expect(await shown('--lines', '0')).toEqual([]);
});

it.each([
  ['as text', [], /^\d\d:\d\d:\d\d 0\|talk \| line 10$/m, /App \[talk:0\] exited by signal \[SIGINT\] \(pid \d+\)/],
  ['as --json', ['--json'], /"text":"line 10"/, /"stream":"event","level":"warn","text":"exited by signal \[SIGINT\]/],
  ['as --raw', ['--raw', '--out', '--events'], /^line 10$/m, /^exited by signal \[SIGINT\]/m],
])('follows across a restart %s, and ends with 0 on Ctrl-C', async (_, options, line, exit) => {
  const logs = site.follow('logs', 'talk', '--lines', '1', ...options);
  await waitFor('the last lines', () => logs.stdout() !== '');
  const start = logs.stdout().length;
  await site.run('restart', 'talk');
  await waitFor('the lines of the next run', () => line.test(logs.stdout().slice(start)));
  expect(logs.stdout()).toMatch(exit);
  expect(logs.stdout().match(/\bline 5\b/g)).toHaveLength(1);
  const ended = await logs.stop('SIGINT');
  expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  if (options.includes('--json')) {
    const entries = ended.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as LogEntry);
    expect(entries.every(({ at }) => typeof at === 'number')).toBe(true);
    expect(Object.keys(entries[0]!).sort()).toEqual(['app', 'at', 'id', 'level', 'slot', 'stream', 'text']);
  }
});

it('follows an app that is started later, where no target is named', async () => {
  const logs = site.follow('logs', '--lines', '0');
  await site.run('restart', 'quiet');
  await waitFor('the stream', () => logs.stdout().includes('1|quiet | up'), { timeoutMs: 5000 }).catch(() => site.run('restart', 'quiet'));
  await site.run('start', fixture('idle.cjs'), '-n', 'late');
  await waitFor('the new app', () => logs.stdout().includes('2|late | up'));
  expect(await logs.stop('SIGINT')).toMatchObject({ code: 0 });
});

it('refuses an unknown target with the word that was probably meant', async () => {
  expect(await site.run('logs', 'tlak')).toEqual({
    code: 1,
    signal: null,
    stdout: '',
    stderr: '[holdfast] Cannot show the logs of tlak: no app, namespace or id is called that (did you mean talk?).\n  Next: holdfast ls\n',
  });
});
