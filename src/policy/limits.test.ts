// When memory above the limit asks for a replacement.
import { describe, expect, it } from 'vitest';
import { stepMemory, UNSAMPLED } from './limits.ts';
import type { MemorySample } from './limits.ts';

const CALM: MemorySample = { bytes: 50, limitBytes: 100, nowMs: 0, minUptimeMs: 10_000, lastReplacedAtMs: null, replacing: false };

/** Feeds samples 5 s apart; the verdicts. */
function verdicts(samples: readonly Partial<MemorySample>[]): boolean[] {
  let state = UNSAMPLED;
  return samples.map((sample, index) => {
    const { next, over } = stepMemory(state, { ...CALM, nowMs: index * 5000, ...sample });
    state = next;
    return over;
  });
}

const OVER = { bytes: 101 };
const UNDER = { bytes: 50 };

describe('stepMemory', () => {
  it('asks for a replacement at the third sample in a row above the limit', () => {
    expect(verdicts([OVER, OVER, OVER])).toEqual([false, false, true]);
  });

  it('starts counting again after a sample at or below the limit', () => {
    expect(verdicts([OVER, OVER, { bytes: 100 }, OVER, OVER, OVER])).toEqual([false, false, false, false, false, true]);
  });

  it('never asks without a limit', () => {
    expect(verdicts(Array.from({ length: 5 }, () => ({ bytes: 1e12, limitBytes: null })))).not.toContain(true);
  });

  it('asks once, then counts from the beginning', () => {
    expect(verdicts([OVER, OVER, OVER, OVER, OVER, OVER])).toEqual([false, false, true, false, false, true]);
  });

  it('waits while another instance of the app is being replaced, and asks at the next sample when that is done', () => {
    const waiting = { ...OVER, replacing: true };
    expect(verdicts([waiting, waiting, waiting, waiting, OVER])).toEqual([false, false, false, false, true]);
  });

  it('waits until the last replacement of the app is min_uptime ago', () => {
    const recent = { ...OVER, lastReplacedAtMs: 6000 };
    expect(verdicts([recent, recent, recent, recent])).toEqual([false, false, false, false]);
    expect(verdicts([recent, recent, recent, recent, recent])).toEqual([false, false, false, false, true]);
    const exactly = { ...OVER, lastReplacedAtMs: 5000 };
    expect(verdicts([exactly, exactly, exactly, exactly])).toEqual([false, false, false, true]);
  });

  it('forgets a count that was waiting when the memory goes down', () => {
    const waiting = { ...OVER, replacing: true };
    expect(verdicts([waiting, waiting, waiting, UNDER, OVER, OVER, OVER])).toEqual([false, false, false, false, false, false, true]);
  });
});
