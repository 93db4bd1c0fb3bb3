// What becomes of each instance that a dead host has left, for every state it can have been in.
import { describe, expect, it } from 'vitest';
import type { Phase } from '../model/instance.ts';
import { decideInheritance } from './inheritance.ts';
import type { Left } from './inheritance.ts';

const ONLINE: Phase = { kind: 'online' };
const STOPPED: Phase = { kind: 'stopped', finished: null };
const ERRORED: Phase = { kind: 'errored', reason: 'unstable-runs', crashes: 3, spanMs: 10 };
const LEFT: Left = {
  role: 'current',
  forget: false,
  goal: 'up',
  phase: ONLINE,
  lives: true,
  mayOverlap: true,
  erroredRetryMs: 0,
  nowMs: 1000,
};
const fateOf = (left: Partial<Left>) => decideInheritance({ ...LEFT, ...left });

describe('an instance that lives', () => {
  it.each(['starting', 'online'] as const)('goes on where it was %s', (kind) => {
    expect(fateOf({ phase: { kind } })).toEqual({ kind: 'keep' });
  });

  it.each([{ kind: 'draining' }, { kind: 'stopping', escalated: false }] as const)(
    'ends where it was $kind, and is launched again where it is wanted',
    (phase) => {
      expect(fateOf({ phase })).toEqual({ kind: 'end', again: true });
      expect(fateOf({ phase, goal: 'down' })).toEqual({ kind: 'end', again: false });
    },
  );

  it('ends first where it holds a socket that cannot be had', () => {
    expect(fateOf({ mayOverlap: false })).toEqual({ kind: 'end', again: true });
  });

  it.each(['successor', 'leaving'] as const)('ends where it was a %s: nobody waits for it any more', (role) => {
    expect(fateOf({ role })).toEqual({ kind: 'end', again: false });
  });

  it('ends where it was to be forgotten', () => {
    expect(fateOf({ forget: true })).toEqual({ kind: 'end', again: false });
  });
});

describe('an instance of which nothing lives', () => {
  it.each(['starting', 'online', 'draining'] as const)('has ended where it was %s: the restart policy decides', (kind) => {
    expect(fateOf({ lives: false, phase: { kind } })).toEqual({ kind: 'ended' });
  });

  it('waits on where it waited for its restart', () => {
    expect(fateOf({ lives: false, phase: { kind: 'backoff', untilMs: 1700 } })).toEqual({ kind: 'wait', timer: 'restart', untilMs: 1700 });
  });

  it('stays given up, or gets its second chance after the whole time', () => {
    expect(fateOf({ lives: false, goal: 'down', phase: ERRORED })).toEqual({ kind: 'rest' });
    expect(fateOf({ lives: false, goal: 'down', phase: ERRORED, erroredRetryMs: 500 })).toEqual({
      kind: 'wait',
      timer: 'retry',
      untilMs: 1500,
    });
  });

  it('stays stopped', () => {
    expect(fateOf({ lives: false, goal: 'down', phase: STOPPED })).toEqual({ kind: 'rest' });
  });

  it('is forgotten where another holds its place', () => {
    for (const left of [{ role: 'successor' }, { role: 'leaving' }, { forget: true }] as const)
      expect(fateOf({ lives: false, ...left })).toEqual({ kind: 'forget' });
  });
});
