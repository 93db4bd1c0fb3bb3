// Profiles of the process that runs this test.
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { recordProfile } from './profiler.ts';

const span = (durationMs: number, signal = new AbortController().signal) => ({ clock: systemClock, durationMs, signal });

describe('a profile', () => {
  it('of the processor has the shape of a .cpuprofile', async () => {
    expect(await recordProfile('cpu', span(20))).toMatchObject({
      nodes: expect.arrayContaining([expect.objectContaining({ callFrame: expect.any(Object), hitCount: expect.any(Number) })]),
      startTime: expect.any(Number),
      endTime: expect.any(Number),
      samples: expect.any(Array),
      timeDeltas: expect.any(Array),
    });
  });

  it('of memory has the shape of a .heapprofile', async () => {
    expect(await recordProfile('mem', span(20))).toMatchObject({
      head: { callFrame: expect.any(Object), selfSize: expect.any(Number), children: expect.any(Array) },
    });
  });

  it('lasts as long as was asked for, and ends at once when nobody wants it any more', async () => {
    const asked = systemClock.monotonicMs();
    const { startTime, endTime } = (await recordProfile('cpu', span(50))) as { startTime: number; endTime: number };
    expect(endTime - startTime).toBeGreaterThanOrEqual(50_000);
    const leaving = new AbortController();
    const profile = recordProfile('cpu', span(3_600_000, leaving.signal));
    leaving.abort();
    expect(await profile).toHaveProperty('nodes');
    expect(systemClock.monotonicMs() - asked).toBeLessThan(60_000);
  });
});
