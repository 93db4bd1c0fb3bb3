// Random walks over all events, stale ones too: the machine keeps its rules, and a machine with a defect is found out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWalk } from '../../test/lifecycle-walk.ts';
import type { Draw, Machine } from '../../test/lifecycle-walk.ts';
import { step } from './lifecycle.ts';
import type { Effect, Event } from './lifecycle.ts';

/** Mulberry32: a small seeded generator, so that a walk can be taken again. */
function seededDraw(seed: number): Draw {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

function walkFor(machine: Machine, events: number, seed: number): ReadonlyMap<string, number> {
  const walk = createWalk(machine);
  const draw = seededDraw(seed);
  for (let count = 0; count < events; count += 1) walk.take(draw);
  return walk.seen;
}

describe('the machine', () => {
  it('keeps every rule over 300,000 random events, and the walk meets every event in every phase where it can come', () => {
    const seen = walkFor(step, 300_000, 20_261_122);
    const living = ['starting', 'online', 'draining', 'stopping'];
    const expected = [
      ...['stopped', ...living, 'backoff', 'errored'].flatMap((phase) =>
        ['start', 'stop', 'restart', 'reset'].map((type) => `${phase} ${type}`),
      ),
      ...living.flatMap((phase) => ['spawned', 'ready', 'drained', 'exited', 'hung'].map((type) => `${phase} ${type}`)),
      ...[...living, 'backoff', 'errored'].map((phase) => `${phase} elapsed`),
    ];
    expect(expected.filter((key) => (seen.get(key) ?? 0) < 50)).toEqual([]);
    expect(seen.get('stale')).toBeGreaterThan(60_000);
  });

  it('keeps every rule on walks that can be made shorter until only the mistake is left', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(999), { maxLength: 600 }), (numbers) => {
        const walk = createWalk(step);
        let used = 0;
        const draw: Draw = (limit) => (numbers[used++] ?? 0) % limit;
        const takeAll = (): void => {
          while (used < numbers.length) walk.take(draw);
        };
        expect(takeAll).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

const without =
  (type: Effect['type'], unless: (event: Event) => boolean = () => false): Machine =>
  (instance, event, context) => {
    const taken = step(instance, event, context);
    return unless(event) ? taken : { ...taken, effects: taken.effects.filter((effect) => effect.type !== type) };
  };

describe('the walk finds a machine that', () => {
  it.each<readonly [string, Machine, RegExp]>([
    ['forgets to disarm', without('disarm'), /two timers|the timer remembered/],
    ['forgets to leave the balancer', without('balance', (event) => event.type !== 'exited'), /in the balancer/],
    ['forgets to launch', without('spawn'), /phase and child disagree/],
    [
      'heeds timers that were disarmed',
      (instance, event, context) =>
        step(instance, event.type === 'elapsed' && instance.timer ? { ...event, token: instance.timer.token } : event, context),
      /stale/,
    ],
    [
      'heeds facts of an older child',
      (instance, event, context) => step(instance, 'generation' in event ? { ...event, generation: instance.generation } : event, context),
      /stale/,
    ],
    [
      'asks the restart policy about a requested exit',
      (instance, event, context) =>
        event.type === 'exited' && instance.phase.kind === 'stopping'
          ? step({ ...instance, phase: { kind: 'starting' } }, event, context)
          : step(instance, event, context),
      /a requested exit was counted|backoff with goal down/,
    ],
    [
      'launches again at once what was not ready',
      (instance, event, context) =>
        event.type === 'exited' && event.generation === instance.generation && instance.phase.kind === 'stopping'
          ? step({ ...instance, phase: { kind: 'stopping', escalated: instance.phase.escalated } }, event, context)
          : step(instance, event, context),
      /without asking the restart policy/,
    ],
    [
      'gives up one crash too early',
      (instance, event, context) =>
        step(instance, event, {
          ...context,
          settings: { ...context.settings, maxRestarts: Math.max(0, context.settings.maxRestarts - 1) },
        }),
      /given up too early/,
    ],
    [
      'lets a stop pass while it waits for a restart',
      (instance, event, context) =>
        event.type === 'stop' && instance.phase.kind === 'backoff' ? { next: instance, effects: [] } : step(instance, event, context),
      /a stop that was not heard/,
    ],
    [
      'restarts an errored app by itself',
      (instance, event, context) =>
        event.type === 'reset' && instance.phase.kind === 'errored'
          ? step(instance, { type: 'start' }, context)
          : step(instance, event, context),
      /a launch nobody asked for/,
    ],
  ])('%s', (_, machine, rule) => {
    expect(() => walkFor(machine, 20_000, 7)).toThrow(rule);
  });
});
