// What an instance waits for: a table of apps and signs.
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import type { ProbeSpec } from '../model/app-spec.ts';
import { NO_SIGNS, awaitedOf, listenTimeout } from './readiness.ts';
import type { ReadinessRules, Signs } from './readiness.ts';

const PROBE: ProbeSpec = {
  check: { kind: 'tcp', port: null },
  intervalMs: 1000,
  timeoutMs: 500,
  failures: 3,
  successes: 1,
  startPeriodMs: 20_000,
};
const TRIAL = { mustListen: true };
const WORKER = { mustListen: false };

const awaited = (rules: Partial<ReadinessRules>, signs: Partial<Signs> = {}): string | null =>
  awaitedOf({ mode: 'cluster', waitReady: false, readiness: null, trial: null, ...rules }, { ...NO_SIGNS, ...signs });

describe('on a plain start', () => {
  it.each<readonly [string, Partial<ReadinessRules>, Partial<Signs>, string | null]>([
    ['a cluster instance: its first listen', {}, { spawned: true }, 'listen'],
    ['and then nothing', {}, { listening: true }, null],
    ['a fork instance: that it was spawned', { mode: 'fork' }, {}, 'spawn'],
    ['wait_ready: the message', { waitReady: true }, { listening: true }, 'ready'],
    ['listening or not', { waitReady: true }, { told: true }, null],
    ['a probe, after the first sign', { readiness: PROBE }, {}, 'listen'],
    ['', { readiness: PROBE }, { listening: true }, 'probe'],
    ['', { readiness: PROBE, waitReady: true }, { told: true }, 'probe'],
    ['', { readiness: PROBE }, { listening: true, probe: 'passed' }, null],
    ['a probe in fork mode, from the launch on', { mode: 'fork', readiness: PROBE }, { spawned: true }, 'probe'],
  ])('%s %j %j', (_, rules, signs, expected) => {
    expect(awaited(rules, signs)).toBe(expected);
  });
});

describe('on trial', () => {
  it.each<readonly [string, Partial<ReadinessRules>, Partial<Signs>, string | null]>([
    ['it listens as its predecessors did', { trial: TRIAL }, { spawned: true }, 'listen'],
    ['also where it has sent its message', { trial: TRIAL, waitReady: true }, { told: true }, 'listen'],
    ['', { trial: TRIAL, waitReady: true }, { told: true, listening: true }, null],
    ['a worker lives for min_uptime', { trial: WORKER }, { spawned: true }, 'uptime'],
    ['or says that it is ready', { trial: WORKER, waitReady: true }, { spawned: true }, 'ready'],
    ['', { trial: WORKER, waitReady: true }, { told: true }, null],
    ['or passes its probe', { trial: WORKER, readiness: PROBE }, { spawned: true }, 'probe'],
    ['or listens after all', { trial: WORKER }, { listening: true }, null],
    ['a fork instance lives for min_uptime', { trial: WORKER, mode: 'fork' }, { spawned: true }, 'uptime'],
    ['or passes its probe', { trial: WORKER, mode: 'fork', readiness: PROBE }, { spawned: true }, 'probe'],
    ['or says that it is ready', { trial: TRIAL, mode: 'fork', waitReady: true }, { told: true }, null],
  ])('%s %j %j', (_, rules, signs, expected) => {
    expect(awaited(rules, signs)).toBe(expected);
  });
});

it.each([
  [{}, null, 3000],
  [{}, TRIAL, 30_000],
  [{ listenTimeoutMs: 700 }, null, 700],
  [{ listenTimeoutMs: 700, readiness: PROBE }, TRIAL, 700],
  [{ readiness: PROBE }, null, 20_000],
  [{ readiness: { ...PROBE, startPeriodMs: 60_000 } }, TRIAL, 60_000],
])('waits for it as long as the app says, else by what the start is for: %j %j %d', (fields, trial, expected) => {
  expect(listenTimeout({ ...specOf(fields), trial })).toBe(expected);
});
