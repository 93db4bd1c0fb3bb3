// How a look ends, on a virtual clock.
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { createEnding } from './look.ts';
import type { Ending, Look } from './look.ts';

function begin() {
  const clock = createManualClock();
  const said: string[] = [];
  const look: Look = { target: null as never, timeoutMs: 2000, clock, done: ({ ok, text }) => said.push(`${ok} ${text}`) };
  const ending: Ending = createEnding(look, () => said.push('tidied'));
  return { clock, said, ending };
}

describe('a look', () => {
  it('ends with its result, once, and holds nothing then', () => {
    const { clock, said, ending } = begin();
    ending.end({ ok: true, text: '200 OK' });
    ending.fail('connection reset');
    clock.advance(5000);
    expect([said, clock.armed]).toEqual([['tidied', 'true 200 OK'], 0]);
  });

  it('ends when its time is over', () => {
    const { clock, said } = begin();
    clock.advance(1999);
    expect(said).toEqual([]);
    clock.advance(1);
    expect(said).toEqual(['tidied', 'false no answer within 2 s']);
  });

  it('is cancelled without a word', () => {
    const { clock, said, ending } = begin();
    ending.cancel();
    clock.advance(5000);
    expect([said, clock.armed]).toEqual([['tidied'], 0]);
  });

  it('takes an answer that came while this process stood still', () => {
    const timers: (() => void)[] = [];
    const clock = { monotonicMs: () => 0, epochMs: () => 0, setTimer: (_: number, fire: () => void) => (timers.push(fire), () => {}) };
    const said: string[] = [];
    const ending = createEnding({ target: null as never, timeoutMs: 2000, clock, done: ({ text }) => said.push(text) }, () => {});
    timers[0]!();
    ending.end({ ok: true, text: '200 OK' });
    timers[1]!();
    expect(said).toEqual(['200 OK']);
  });
});
