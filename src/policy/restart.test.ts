// The restart policy: when an exit nobody asked for is followed by a restart, after how long, and when it is given up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLE, exitBy, exitWith, launchFailed } from '../../test/lifecycle-kit.ts';
import type { Exit, RestartHistory } from '../model/instance.ts';
import { decideRestart, EMPTY_HISTORY, endStreak, forgetCrashes } from './restart.ts';
import type { RestartDecision, RestartSettings, UnexpectedExit } from './restart.ts';

const CRASH = exitWith(1);

function decide(change: Partial<Omit<UnexpectedExit, 'settings'>> & { settings?: Partial<RestartSettings> } = {}): RestartDecision {
  const { settings, ...rest } = change;
  return decideRestart({
    history: EMPTY_HISTORY,
    exit: CRASH,
    uptimeMs: 100,
    nowMs: 1_000_000,
    ...rest,
    settings: { ...EXAMPLE, ...settings },
  });
}

/** Runs of `uptimeMs` each, restarted after the delay the policy asks for, until it asks for none. */
function loop(settings: RestartSettings, runs: { readonly uptimeMs: number; readonly exit?: Exit; readonly atMost?: number }) {
  let history: RestartHistory = EMPTY_HISTORY;
  let nowMs = 0;
  const decisions: RestartDecision[] = [];
  for (let run = 0; run < (runs.atMost ?? 1000); run += 1) {
    nowMs += runs.uptimeMs;
    const decision = decideRestart({ settings, history, exit: runs.exit ?? CRASH, uptimeMs: runs.uptimeMs, nowMs });
    decisions.push(decision);
    if (decision.kind !== 'restart') break;
    nowMs += decision.delayMs;
    history = decision.history;
  }
  return {
    decisions,
    last: decisions.at(-1)!,
    delays: decisions.flatMap((decision) => (decision.kind === 'restart' ? [decision.delayMs] : [])),
    nowMs,
  };
}

it.each([
  { restartDelayMs: 0, isCovered: false, delayMs: 0 },
  { restartDelayMs: 0, isCovered: true, delayMs: 100 },
  { restartDelayMs: 2000, isCovered: true, delayMs: 2000 },
])('with restart_delay $restartDelayMs, and its traffic with another one: $isCovered, it waits $delayMs ms', ({ delayMs, ...settings }) => {
  expect(decide({ settings: { expBackoffMs: 0, ...settings } })).toMatchObject({ kind: 'restart', delayMs });
});

describe('the example app that crashes at once', () => {
  const { decisions, last, delays } = loop(EXAMPLE, { uptimeMs: 100 });

  it('waits the longer of restart_delay and the doubling backoff: nine delays of 47.4 s together', () => {
    expect(delays).toEqual([2000, 2000, 2000, 2000, 2000, 3200, 6400, 12_800, 15_000]);
    expect(delays.reduce((sum, delayMs) => sum + delayMs, 0)).toBe(47_400);
  });

  it('is errored at the tenth crash, and says in which time', () => {
    expect(decisions).toHaveLength(10);
    expect(last).toMatchObject({ kind: 'give-up', reason: 'unstable-runs', crashes: 10, spanMs: 47_400 + 9 * 100 });
  });

  it('counts the crashes out loud: 1 of 10 to 9 of 10', () => {
    expect(decisions.slice(0, -1)).toMatchObject(Array.from({ length: 9 }, (_, index) => ({ kind: 'restart', crash: index + 1, of: 10 })));
  });
});

describe('the two rules of giving up', () => {
  it('counts consecutive unstable runs however long that takes', () => {
    const slow = loop({ ...EXAMPLE, restartDelayMs: 600_000 }, { uptimeMs: 9999 });
    expect(slow.last).toMatchObject({ kind: 'give-up', reason: 'unstable-runs', crashes: 10, spanMs: 9 * 609_999 });
  });

  it('counts exits in the rolling window although every run was long enough', () => {
    const stable = loop({ ...EXAMPLE, minUptimeMs: 1000, restartDelayMs: 0, expBackoffMs: 0 }, { uptimeMs: 3000 });
    expect(stable.decisions).toHaveLength(10);
    expect(stable.last).toMatchObject({ kind: 'give-up', reason: 'exits-in-window', crashes: 10, spanMs: 27_000 });
  });

  it('lets exits leave the window by age: one every 6.7 s leaves nine in 60 s, for ever', () => {
    const rare = loop({ ...EXAMPLE, minUptimeMs: 1000, restartDelayMs: 0, expBackoffMs: 0 }, { uptimeMs: 6700, atMost: 500 });
    expect(rare.last.kind).toBe('restart');
    expect(rare.last.history.exitsAtMs).toHaveLength(9);
  });

  it('begins the unstable runs anew after a stable one', () => {
    const history = { ...EMPTY_HISTORY, unstable: 9, consecutive: 9, unstableSinceMs: 5 };
    expect(decide({ history, uptimeMs: 10_000 })).toMatchObject({
      kind: 'restart',
      crash: 1,
      history: { unstable: 0, consecutive: 1, unstableSinceMs: null },
    });
    expect(decide({ history, uptimeMs: 9999 })).toMatchObject({ kind: 'give-up', reason: 'unstable-runs', crashes: 10 });
  });

  it('shows the larger of the two counts', () => {
    const inWindow = { ...EMPTY_HISTORY, exitsAtMs: [999_000, 999_100, 999_200] };
    expect(decide({ history: inWindow })).toMatchObject({ crash: 4 });
    expect(decide({ history: { ...EMPTY_HISTORY, unstable: 6, unstableSinceMs: 0 } })).toMatchObject({ crash: 7 });
  });

  it('allows no restart at all with max_restarts 0, and one crash spans its run', () => {
    expect(decide({ settings: { maxRestarts: 0 } })).toMatchObject({
      kind: 'give-up',
      reason: 'no-restarts-allowed',
      crashes: 1,
      spanMs: 100,
    });
    expect(decide({ settings: { maxRestarts: 0 }, exit: exitWith(0), uptimeMs: 60_000 })).toMatchObject({ kind: 'give-up' });
  });

  it('gives up at the first crash with max_restarts 1', () => {
    expect(decide({ settings: { maxRestarts: 1 } })).toMatchObject({ kind: 'give-up', reason: 'unstable-runs', crashes: 1, spanMs: 100 });
  });

  it('has only the first rule with a restart_window of 0', () => {
    const endless = loop({ ...EXAMPLE, minUptimeMs: 50, restartWindowMs: 0, restartDelayMs: 0 }, { uptimeMs: 50, atMost: 200 });
    expect(endless.last).toMatchObject({ kind: 'restart', crash: 0 });
  });
});

describe('a clean exit (code 0 after min_uptime)', () => {
  const clean = { exit: exitWith(0), uptimeMs: 10_000 };

  it('counts in neither rule and has no backoff, only restart_delay', () => {
    const history = { ...EMPTY_HISTORY, unstable: 3, consecutive: 8, unstableSinceMs: 1, exitsAtMs: [999_999] };
    expect(decide({ ...clean, history })).toEqual({
      kind: 'restart',
      delayMs: 2000,
      crash: 0,
      of: 10,
      history: { ...EMPTY_HISTORY, exitsAtMs: [999_999] },
    });
  });

  it('never ends in errored, however often', () => {
    expect(loop({ ...EXAMPLE, restartDelayMs: 0 }, { uptimeMs: 10_000, exit: exitWith(0), atMost: 1000 }).last.kind).toBe('restart');
  });

  it.each([
    ['code 0 before min_uptime', { ...clean, uptimeMs: 9999 }],
    ['another code', { ...clean, exit: exitWith(3) }],
    ['a signal', { ...clean, exit: exitBy('SIGTERM') }],
    // As some reporters of exits fill in both.
    ['a signal with a code beside it', { ...clean, exit: { ...exitBy('SIGTERM'), code: 0 } }],
    ['a launch that failed', { ...clean, exit: launchFailed('node: no such file') }],
    ['an unknown end', { ...clean, exit: { code: null, signal: null, error: null, launchError: null } }],
  ])('is not: %s', (_, exit) => {
    expect(decide(exit)).toMatchObject({ kind: 'restart', crash: 1 });
  });
});

describe('an exit after which nothing is restarted', () => {
  const history = { ...EMPTY_HISTORY, unstable: 2, consecutive: 2 };

  it('finishes with autorestart false, whatever the exit', () => {
    for (const exit of [CRASH, exitWith(0), exitBy('SIGKILL'), launchFailed('gone')]) {
      expect(decide({ settings: { autorestart: false }, exit, history })).toEqual({ kind: 'finish', reason: 'autorestart-off', history });
    }
  });

  it('finishes with a code of stop_exit_codes, also a code that was unstable', () => {
    const settings = { stopExitCodes: [0, 7], maxRestarts: 0 };
    expect(decide({ settings, exit: exitWith(7), history })).toEqual({ kind: 'finish', reason: 'stop-exit-code', history });
    expect(decide({ settings: { stopExitCodes: [0] }, exit: exitWith(0) })).toMatchObject({ kind: 'finish' });
  });

  it('never takes a death by signal for an exit code', () => {
    const settings = { stopExitCodes: [0, 9, 137] };
    expect(decide({ settings, exit: exitBy('SIGKILL') }).kind).toBe('restart');
    expect(decide({ settings, exit: { ...exitBy('SIGKILL'), code: 0 } }).kind).toBe('restart');
  });
});

describe('what ends a streak', () => {
  const history: RestartHistory = { restarts: 12, unstable: 4, consecutive: 5, unstableSinceMs: 3, exitsAtMs: [1, 2, 3] };

  it('a healthy run: the unstable runs and the backoff, not the window', () => {
    expect(endStreak(history)).toEqual({ restarts: 12, unstable: 0, consecutive: 0, unstableSinceMs: null, exitsAtMs: [1, 2, 3] });
  });

  it('a start after errored: everything but the number of restarts', () => {
    expect(forgetCrashes(history)).toEqual({ ...EMPTY_HISTORY, restarts: 12 });
  });
});

it('always ends in errored when every run is unstable, at the crash that max_restarts names', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.nat(5000),
      fc.nat(300),
      fc.nat(9999),
      (maxRestarts, restartDelayMs, expBackoffMs, uptimeMs) => {
        const { decisions, last, delays } = loop({ ...EXAMPLE, maxRestarts, restartDelayMs, expBackoffMs }, { uptimeMs });
        expect(decisions).toHaveLength(maxRestarts);
        expect(last.kind).toBe('give-up');
        expect(delays.every((delayMs) => delayMs >= restartDelayMs && delayMs <= Math.max(restartDelayMs, EXAMPLE.expBackoffMaxMs))).toBe(
          true,
        );
      },
    ),
  );
});

it('remembers no more exits than max_restarts, however long it runs', () => {
  const { decisions } = loop(
    { ...EXAMPLE, maxRestarts: 5, minUptimeMs: 10, restartWindowMs: 100, restartDelayMs: 0, expBackoffMs: 0 },
    { uptimeMs: 25, atMost: 2000 },
  );
  expect(decisions).toHaveLength(2000);
  expect(Math.max(...decisions.map((decision) => decision.history.exitsAtMs.length))).toBe(4);
});
