// The real clock: timers that are never early, may be long, and can be taken back.
import { describe, expect, it } from 'vitest';
import { promptClock, systemClock } from './clock.ts';

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => systemClock.setTimer(delayMs, resolve));
}

describe('the system clock', () => {
  it('never fires a timer before its delay has passed', async () => {
    const delays = Array.from({ length: 40 }, (_, index) => index / 2);
    await Promise.all(
      delays.map(async (delayMs) => {
        const startMs = systemClock.monotonicMs();
        await wait(delayMs);
        expect(systemClock.monotonicMs() - startMs).toBeGreaterThanOrEqual(delayMs);
      }),
    );
  });

  it('does not fire a timer that was taken back', async () => {
    let isFired = false;
    const cancel = systemClock.setTimer(1, () => {
      isFired = true;
    });
    cancel();
    cancel();
    await wait(20);
    expect(isFired).toBe(false);
  });

  it('waits for longer than setTimeout can', async () => {
    let isFired = false;
    const cancel = systemClock.setTimer(2 ** 31 + 5, () => {
      isFired = true;
    });
    await wait(20);
    cancel();
    expect(isFired).toBe(false);
  });

  it('never fires within the call that set the timer', () => {
    let isFired = false;
    systemClock.setTimer(0, () => {
      isFired = true;
    })();
    expect(isFired).toBe(false);
  });
});

it('a prompt clock fires a timer of no time as soon as the loop turns, one that was taken back not at all, and others in their time', async () => {
  const fired: string[] = [];
  promptClock.setTimer(0, () => fired.push('kept'));
  promptClock.setTimer(0, () => fired.push('taken back'))();
  const startMs = promptClock.monotonicMs();
  const later = new Promise<void>((resolve) => promptClock.setTimer(5, resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fired).toEqual(['kept']);
  await later;
  expect(promptClock.monotonicMs() - startMs).toBeGreaterThanOrEqual(5);
});
