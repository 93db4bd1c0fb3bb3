// A terminal taken from whoever shows lines on it, and given back on every way out: at the end, by a signal, at an exception.
import os from 'node:os';
import tty from 'node:tty';
import type { Terminal, TerminalUse } from '../src/cli/context.ts';
import { HoldfastError } from '../src/model/errors.ts';

/** What asks a process to end, or says that its terminal has gone. SIGINT has a meaning for every command and is not taken here. */
const ENDING = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Takes it at once. `write` writes all of a text before it returns. */
export function openTerminal(use: TerminalUse, write: (text: string) => void): Terminal {
  for (const [file, name] of ['input', 'output'].entries())
    if (!tty.isatty(file)) throw new HoldfastError('USAGE', `Cannot use the terminal: standard ${name} is none.`, { hint: 'holdfast ls' });
  const { stdin, stdout } = process;
  const take = (): void => {
    stdin.setRawMode(true);
    write(use.enter);
  };
  const giveBack = (): void => {
    try {
      write(use.leave);
      stdin.setRawMode(false);
    } catch {
      // the terminal has been closed
    }
  };
  const comeBack = (): void => {
    take();
    use.resized();
  };
  const hungUp = (): void => use.ended(exitCodeOf('SIGHUP'));
  const endings = ENDING.map((signal) => ({ signal, end: () => use.ended(exitCodeOf(signal)) }));

  take();
  // Node emits it before it prints an exception that nobody handles.
  process.on('exit', giveBack);
  process.on('SIGCONT', comeBack);
  for (const { signal, end } of endings) process.on(signal, end);
  stdout.on('resize', use.resized);
  stdin.setEncoding('utf8').on('data', use.typed).on('end', hungUp).on('error', hungUp);
  return {
    // A terminal that nobody has given a size says 0.
    size: () => ({ columns: stdout.columns || DEFAULT_COLUMNS, rows: stdout.rows || DEFAULT_ROWS }),
    suspend() {
      giveBack();
      // The whole job, as the terminal itself would do it. A job that nobody could bring back goes on at once (POSIX, "Orphaned Process Group").
      process.kill(0, 'SIGTSTP');
      comeBack();
    },
    close() {
      process.off('exit', giveBack);
      process.off('SIGCONT', comeBack);
      for (const { signal, end } of endings) process.off(signal, end);
      stdout.off('resize', use.resized);
      stdin.off('data', use.typed).off('end', hungUp).off('error', hungUp).pause();
      giveBack();
    },
  };
}

/** As a shell tells it of a process that a signal has ended. */
function exitCodeOf(signal: (typeof ENDING)[number]): number {
  return 128 + os.constants.signals[signal];
}
