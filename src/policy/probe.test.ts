// When looks in a row make a probe passing or failing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProbeRun, stepProbe } from './probe.ts';
import type { ProbeKind, ProbeThresholds } from './probe.ts';

const LIMITS: ProbeThresholds = { failures: 3, successes: 2, startPeriodMs: 0 };

/** Looks 1 s apart, `+` for success and `-` for failure: after each, what holds (`p` or `f`), in capitals where it has just changed. */
function story(kind: ProbeKind, looks: string, limits: Partial<ProbeThresholds> = {}): string {
  let state = createProbeRun(kind);
  const letters = Array.from(looks, (look, nth) => {
    const { next, flipped } = stepProbe(state, { ok: look === '+', ageMs: nth * 1000 }, { ...LIMITS, ...limits });
    state = next;
    const letter = next.passing ? 'p' : 'f';
    return flipped ? letter.toUpperCase() : letter;
  });
  return letters.join('');
}

describe('readiness', () => {
  it.each([
    ['begins as failing and passes with its first success', '--+', 'ffP'],
    ['fails after so many failures in a row', '+---', 'PppF'],
    ['stays passing as long as a success comes in between', '+--+--+', 'Ppppppp'],
    ['passes again after so many successes in a row', '+---+-++', 'PppFfffP'],
    ['says each change once', '+------++++', 'PppFffffPpp'],
  ])('%s', (_, looks, expected) => {
    expect(story('readiness', looks)).toBe(expected);
  });

  it('once proven, fails within the start period too', () => {
    expect(story('readiness', '+---', { startPeriodMs: 60_000 })).toBe('PppF');
  });
});

describe('liveness', () => {
  it.each([
    ['begins as passing and fails after so many failures in a row', '---', 'ppF'],
    ['passes again after so many successes', '+---++', 'pppFfP'],
  ])('%s', (_, looks, expected) => {
    expect(story('liveness', looks)).toBe(expected);
  });

  it('does not count failures before the start period has passed', () => {
    expect(story('liveness', '---------', { startPeriodMs: 5000 })).toBe('pppppppFf');
  });

  it('counts them from the first success on', () => {
    expect(story('liveness', '--+---', { startPeriodMs: 60_000 })).toBe('pppppF');
  });
});

it('whatever the looks: it flips only after enough equal ones in a row, and then it does', () => {
  const thresholds = fc.record({ failures: fc.integer({ min: 1, max: 5 }), successes: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.constantFrom<ProbeKind>('readiness', 'liveness'), fc.array(fc.boolean()), thresholds, (kind, looks, limits) => {
      let state = createProbeRun(kind);
      looks.forEach((ok, nth) => {
        const before = state;
        const { next, flipped } = stepProbe(before, { ok, ageMs: nth }, { ...limits, startPeriodMs: 0 });
        const needed = ok ? (before.proven ? limits.successes : 1) : limits.failures;
        const latest = looks.slice(Math.max(0, nth + 1 - needed), nth + 1);
        const isEnough = latest.length === needed && latest.every((one) => one === ok);
        expect(next.passing).toBe(isEnough ? ok : before.passing);
        expect(flipped).toBe(next.passing !== before.passing);
        state = next;
      });
    }),
  );
});
