// The monitor on a real pseudo terminal, with real apps: what is seen, what keys do, and that the terminal is as it was afterwards. One site.
import fs from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run, runBeside } from './kit/run.ts';
import type { Running } from './kit/run.ts';
import { screenOf } from './kit/screen.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeAll(async () => {
  site = createSite();
  site.write('talks.cjs', "let n = 0; setInterval(() => console.log('\\u001b[2J\\u001b[Hround ' + (n += 1)), 50);");
  await site.run(
    'start',
    site.ecosystem(
      { name: 'chatty', script: 'talks.cjs' },
      { name: 'metered', script: fixture('tells.cjs') },
      { name: 'quiet', script: fixture('idle.cjs') },
    ),
  );
});
afterAll(() => site.dispose());

/** A shell on a terminal that runs the monitor, then says how that ended and how the terminal is set. */
interface Shown {
  type(text: string): void;
  rows(): readonly string[];
  until(text: string | RegExp): Promise<void>;
  /** The process of the monitor. */
  pid(): number;
  readonly running: Running;
}

let shown: Shown | null = null;
afterEach(async () => {
  await shown?.running.stop('SIGKILL');
  shown = null;
});

/** script(1) makes the terminal. */
function open(columns = 80, rows = 24, env: NodeJS.ProcessEnv = {}): Shown {
  const line = `stty cols ${columns} rows ${rows}; echo before; '${process.execPath}' '${CLI}' monit; echo "code $?"; stty -a | grep -o -e ' -*icanon' -e ' -*echo '`;
  const running = runBeside('script', ['-qec', line, '/dev/null'], {
    cwd: site.folder,
    env: { ...site.env, TERM: 'xterm', ...env },
    isTyped: true,
  });
  const seen = (): readonly string[] => screenOf(running.stdout(), columns);
  shown = {
    running,
    type: (text) => void running.child.stdin!.write(text),
    rows: seen,
    pid: () => site.processes().find(({ command }) => command.includes(`${CLI} monit`))!.pid,
    until: async (text) => {
      await waitFor(`${text} on the screen`, () =>
        typeof text === 'string' ? seen().join('\n').includes(text) : text.test(seen().join('\n')),
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${seen().join('\n')}`);
      });
    },
  };
  return shown;
}

/** As if the monitor had never been there: what was on the screen, its exit code, line by line and with an echo. */
async function expectRestored(code: number): Promise<void> {
  await shown!.until(' echo');
  expect(shown!.rows()).toEqual(['before', `code ${code}`, ' icanon', ' echo']);
  expect(shown!.running.stdout()).toContain('\u001b[?25h');
}

describe('monit', () => {
  it('shows the list, and the log of the selected app, whose control sequences move nothing', async () => {
    const { rows, until, type } = open();
    await until(/^\d\d:\d\d:\d\d round [2-9]/m);
    expect(rows()[0]).toMatch(/^━ Processes {2}3 online, cpu /);
    expect(rows().slice(2, 5)).toEqual([
      expect.stringMatching(/^▸ {2}0 {2}chatty .* online /),
      expect.stringMatching(/^ {3}1 {2}metered .* online /),
      expect.stringMatching(/^ {3}2 {2}quiet .* online /),
    ]);
    expect(rows()).toHaveLength(24);
    type('q');
    await expectRestored(0);
  });

  it('shows what the selected app tells of itself, as it changes', async () => {
    const { until, type, rows } = open(120, 40);
    await until('Log of chatty');
    type('j');
    await until(/Users +\d+ people/);
    const users = (): number => Number(/Users +(\d+) people/.exec(rows().join('\n'))![1]);
    const first = users();
    await waitFor('more users', () => users() > first);
    await until(/actions +add/);
    type('\u001b[B');
    await until('It tells of no metrics');
    type('\u0003');
    await expectRestored(0);
  });

  it('follows the size of the terminal', async () => {
    const { until, pid, rows, type } = open(120, 40);
    await until('┬');
    const resize = (columns: number, lines: number) =>
      run('stty', ['-F', fs.readlinkSync(`/proc/${pid()}/fd/0`), 'cols', String(columns), 'rows', String(lines)]);
    await resize(70, 16);
    await waitFor('16 rows', () => rows().length === 16 && rows()[15]!.includes('quit'));
    await resize(50, 10);
    await until('monit needs 60x15.');
    type('q');
    await expectRestored(0);
  });

  it('restarts and stops an app after a yes, and not after a no', async () => {
    const { until, type, rows } = open();
    const statusOf = (): string => rows()[4]!;
    await until('Log of chatty');
    type('G');
    await until('Log of quiet');
    const [before] = await site.instances('quiet');
    type('r');
    await until('Restart quiet (1 instance)?');
    type('n');
    await until('tab pane');
    expect((await site.instances('quiet'))[0]!.pid).toBe(before!.pid);
    type('r');
    await until('Restart quiet (1 instance)?');
    type('y');
    await until('Restarted quiet.');
    expect((await site.instances('quiet'))[0]!.pid).not.toBe(before!.pid);
    type('s');
    await until('Stop quiet (1 instance)?');
    type('y');
    await until('Stopped quiet.');
    await waitFor('the list to say so', () => statusOf().includes('stopped'));
    await site.run('start', 'quiet');
    await waitFor('the list to say so', () => statusOf().includes('online'));
    type('q');
    await expectRestored(0);
  });

  it('says that the daemon has gone, and is there when it is back', async () => {
    const { until, type, rows } = open();
    await until(/round \d/);
    const { daemon } = await site.manager();
    // The hosts start another one.
    process.kill(daemon.pid, 'SIGSTOP');
    await until('The daemon does not answer');
    process.kill(daemon.pid, 'SIGKILL');
    await until('tab pane');
    const last = (): number =>
      Math.max(
        ...Array.from(
          rows()
            .join('\n')
            .matchAll(/round (\d+)/g),
          ([, number]) => Number(number),
        ),
      );
    const then = last();
    await waitFor('the log to go on', () => last() > then + 5);
    type('q');
    await expectRestored(0);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
    ['SIGINT', 0],
  ] as const)('gives the terminal back at %s', async (signal, code) => {
    const { until, pid } = open();
    await until('Log of chatty');
    process.kill(pid(), signal);
    await expectRestored(code);
  });

  it('goes on after Ctrl-Z where no shell could bring it back', async () => {
    const { until, type, running } = open();
    await until(/round \d/);
    const taken = (): number => running.stdout().split('\u001b[?1049h').length - 1;
    type('\u001a');
    await waitFor('the terminal to be taken again', () => taken() === 2);
    await until(/round \d/);
    type('q');
    await expectRestored(0);
  });

  it('ends when its terminal is gone', async () => {
    const { until, pid, running } = open();
    await until('Log of chatty');
    const monitor = pid();
    await running.stop('SIGKILL');
    await waitFor('its process to end', () => site.processes().every((process) => process.pid !== monitor));
  });

  it('has no colours with NO_COLOR, not even those of apps', async () => {
    const { until, type, running } = open(80, 24, { NO_COLOR: '1' });
    await until(/round \d/);
    type('q');
    await expectRestored(0);
    expect(running.stdout().replaceAll('\u001b[0m\u001b[2J', '')).not.toMatch(/\u001b\[[\d;]*m/);
  });
});

describe('monit is refused', () => {
  it('in a pipe, and without a keyboard, with one sentence and exit code 1', async () => {
    expect(await site.run('monit')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot show the monitor: standard output is no terminal.\n  Next: holdfast ls, or holdfast logs\n',
    });
    const line = `'${process.execPath}' '${CLI}' dash --no-color < /dev/null`;
    const { code, stdout } = await run('script', ['-qec', line, '/dev/null'], { cwd: site.folder, env: { ...site.env, TERM: 'xterm' } });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: '[holdfast] Cannot use the terminal: standard input is none.\r\n  Next: holdfast ls\r\n',
    });
  });
});
