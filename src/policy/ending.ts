// Decides whether anything is left to run in the foreground, and with which exit code to leave when nothing is. Pure.
import type { Exit } from '../model/instance.ts';
import type { InstanceRow } from '../model/protocol.ts';

/** What an instance is judged by. */
export type EndingRow = Pick<InstanceRow, 'app' | 'phase' | 'process' | 'tally'>;

/** What the decision depends on besides. */
export interface EndingContext {
  /** Whether an errored instance of the app gets a second chance by itself. */
  readonly retries: (app: string) => boolean;
  /** Whether the app is started again when its time has come. */
  readonly isScheduled: (app: string) => boolean;
  /** Number of a signal by its name, such as SIGKILL. */
  readonly signalNumber: (signal: string) => number | undefined;
}

/** Null while something runs or will run by itself; else the exit code: of one app its own, of several 1 if any of them failed, and 1 for what was given up. */
export function decideEnding(rows: readonly EndingRow[], context: EndingContext): number | null {
  if (rows.some((row) => !isOver(row, context))) return null;
  if (rows.some((row) => row.phase.kind === 'errored')) return 1;
  const codes = rows.map((row) => exitCodeOf(row.tally.at(-1)?.exit, context));
  const failed = codes.filter((code) => code !== 0).at(-1) ?? 0;
  return new Set(rows.map((row) => row.app)).size > 1 ? Math.min(failed, 1) : failed;
}

/** Nothing of it runs. */
export function isAtRest({ phase }: Pick<InstanceRow, 'phase'>): boolean {
  return phase.kind === 'stopped' || phase.kind === 'errored';
}

function isOver(row: EndingRow, { retries, isScheduled }: EndingContext): boolean {
  return row.process === null && isAtRest(row) && !isScheduled(row.app) && !(row.phase.kind === 'errored' && retries(row.app));
}

/** As a shell says it: 128 and the number of the signal. Where there was none, or it cannot be known, 0. */
function exitCodeOf(exit: Exit | undefined, { signalNumber }: EndingContext): number {
  if (exit === undefined) return 0;
  if (exit.signal !== null) return 128 + (signalNumber(exit.signal) ?? 0);
  return exit.code ?? 0;
}
