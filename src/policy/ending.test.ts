// When nothing is left to run in the foreground, and the exit code then.
import { expect, it } from 'vitest';
import type { Exit, Phase } from '../model/instance.ts';
import { decideEnding } from './ending.ts';
import type { EndingContext, EndingRow } from './ending.ts';

const STOPPED: Phase = { kind: 'stopped', finished: 'autorestart-off' };
const ERRORED: Phase = { kind: 'errored', reason: 'unstable-runs', crashes: 3, spanMs: 9 };

function row(app: string, phase: Phase, exit: Partial<Exit> = { code: 0 }): EndingRow {
  const whole: Exit = { code: null, signal: null, error: null, launchError: null, ...exit };
  const process = phase.kind === 'online' ? { pid: 7, startTime: '1' } : null;
  return { app, phase, process, tally: [{ at: 1, exit: whole, uptimeMs: 1, pid: 7 }] };
}

const decide = (rows: readonly EndingRow[], context: Partial<EndingContext> = {}): number | null =>
  decideEnding(rows, {
    retries: () => false,
    isScheduled: () => false,
    signalNumber: (signal) => (signal === 'SIGKILL' ? 9 : undefined),
    ...context,
  });

it.each<[string, readonly EndingRow[], number | null]>([
  ['one app that went well', [row('a', STOPPED)], 0],
  ['one app with its own code', [row('a', STOPPED, { code: 3 })], 3],
  ['one app that a signal ended', [row('a', STOPPED, { signal: 'SIGKILL' })], 137],
  ['one app of which one instance failed', [row('a', STOPPED, { code: 4 }), row('a', STOPPED)], 4],
  ['one app that was given up', [row('a', ERRORED, { code: 3 })], 1],
  ['several apps, all of which went well', [row('a', STOPPED), row('b', STOPPED)], 0],
  ['several apps, one of which failed', [row('a', STOPPED, { code: 3 }), row('b', STOPPED)], 1],
  ['an app that could not be started', [row('a', ERRORED, { launchError: 'it is a folder' })], 1],
  ['an app that still runs', [row('a', STOPPED), row('b', { kind: 'online' })], null],
  ['an app that waits for its restart', [row('a', { kind: 'backoff', untilMs: 9 })], null],
  ['nothing at all', [], 0],
])('%s', (_what, rows, exitCode) => {
  expect(decide(rows)).toBe(exitCode);
});

it('an app that comes back by itself is not at its end', () => {
  expect(decide([row('a', ERRORED)], { retries: () => true })).toBeNull();
  expect(decide([row('a', STOPPED)], { isScheduled: (app) => app === 'a' })).toBeNull();
});
