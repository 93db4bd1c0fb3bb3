// Coming to rest: once, after the last thing that happened.
import { describe, expect, it } from 'vitest';
import { createRest } from './rest.ts';

function createDeskClock() {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  return {
    monotonicMs: () => nowMs,
    epochMs: () => nowMs,
    setTimer(delayMs: number, fire: () => void) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass(ms: number) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
        timers.delete(timer);
        timer.fire();
      }
    },
    waiting: () => timers.size,
  };
}

describe('createRest', () => {
  it('tidies once when nothing has happened for five seconds', () => {
    const clock = createDeskClock();
    let tidied = 0;
    const rest = createRest({ clock, tidy: () => (tidied += 1) });
    rest.stir();
    clock.pass(4000);
    rest.stir();
    clock.pass(4000);
    expect(tidied).toBe(0);
    clock.pass(1000);
    expect(tidied).toBe(1);
    clock.pass(60_000);
    expect(tidied).toBe(1);
  });

  it('has no timer at rest, and tidies again after something has happened again', () => {
    const clock = createDeskClock();
    let tidied = 0;
    const rest = createRest({ clock, tidy: () => (tidied += 1) });
    expect(clock.waiting()).toBe(0);
    for (const round of [1, 2]) {
      rest.stir();
      clock.pass(5000);
      expect([tidied, clock.waiting()]).toEqual([round, 0]);
    }
  });
});
