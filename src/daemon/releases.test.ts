// Which spec and paths make a release, and which releases are remembered.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import type { Release } from '../model/release.ts';
import { createApp, currentRelease, isCurrent, MAX_RELEASES, nextRelease, pastRelease, withHealthy, withRelease } from './releases.ts';
import type { StoredApp } from './store.ts';

const R1 = { cwd: '/srv/r1', script: '/srv/r1/app.js' };
const R2 = { cwd: '/srv/r2', script: '/srv/r2/app.js' };
const slots = [
  { slot: 0, id: 0, goal: 'up' as const },
  { slot: 1, id: 1, goal: 'up' as const },
];
const app: StoredApp = createApp({ spec: specOf(), slots, paths: R1, now: 100 });
const take = (from: StoredApp, release: Release, healthy = true): StoredApp => withRelease(from, release, { now: 200, healthy });
const numbers = (of: StoredApp): number[] => [...of.earlier.map((past) => past.number), of.release.number];

describe('the next release', () => {
  it('is the current one where paths and settings are the same, however many instances there are', () => {
    const next = nextRelease(app, specOf({ instances: 9 }), R1);
    expect(isCurrent(app, nextRelease(app, specOf({ echo: { port: 80 } }), R1))).toBe(true);
    expect(next.number).toBe(1);
    expect(isCurrent(app, next)).toBe(true);
    expect(take(app, next).release).toEqual({ number: 1, createdAt: 100, healthy: true, ...R1 });
  });

  it.each([
    ['folders', specOf(), R2],
    ['settings', specOf({ killTimeoutMs: 5 }), R1],
    ['an environment with one variable more', specOf({ env: { A: '1' } }), R1],
  ] as const)('has another number where it has other %s', (_, spec, paths) => {
    const next = nextRelease(app, spec, paths);
    expect([next.number, isCurrent(app, next)]).toEqual([2, false]);
    expect(take(app, next)).toMatchObject({
      spec,
      release: { number: 2, createdAt: 200, healthy: true, ...paths },
      earlier: [{ number: 1, createdAt: 100, healthy: false, spec: app.spec, ...R1 }],
      lastRelease: 2,
    });
  });

  it('takes the number of one that was never taken in, and of no other', () => {
    expect(nextRelease(app, specOf(), R2).number).toBe(2);
    const twice = take(take(app, nextRelease(app, specOf(), R2)), { ...currentRelease(app) });
    expect(numbers(twice)).toEqual([1]);
    expect(nextRelease(twice, specOf(), R2).number).toBe(3);
  });
});

describe('an earlier release', () => {
  const second = take(app, nextRelease(app, specOf({ args: ['2'] }), R2), false);

  it('comes back with the present number of instances and its own age, and what came after it is forgotten', () => {
    const third = take(second, nextRelease(second, specOf({ args: ['3'] }), R1));
    const fewer = { ...third, slots: slots.slice(0, 1) };
    const back = take(fewer, pastRelease(fewer, third.earlier[0]!), false);
    expect(back).toMatchObject({ spec: { instances: 1, args: [] }, release: { number: 1, createdAt: 100 }, earlier: [], lastRelease: 3 });
  });

  it('is healthy once an instance of it has lived, current or not; an unknown one changes nothing', () => {
    expect(withHealthy(second, 2).release.healthy).toBe(true);
    expect(withHealthy(second, 1).earlier[0]!.healthy).toBe(true);
    expect(withHealthy(second, 3)).toBe(second);
    const known = withHealthy(withHealthy(second, 1), 2);
    expect(withHealthy(withHealthy(known, 1), 2)).toBe(known);
  });
});

it('are few, in order, each number once, whatever is deployed and rolled back', () => {
  const deploy = fc.record({ kind: fc.constant('deploy' as const), args: fc.integer({ min: 0, max: 3 }), healthy: fc.boolean() });
  const back = fc.record({ kind: fc.constant('back' as const), at: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(fc.oneof(deploy, back), { maxLength: 40 }), (steps) => {
      let now = app;
      let highest = 1;
      for (const step of steps) {
        const past = step.kind === 'back' ? now.earlier[step.at] : undefined;
        const release =
          step.kind === 'deploy' ? nextRelease(now, specOf({ args: [String(step.args)] }), R1) : past && pastRelease(now, past);
        if (release === undefined) continue;
        const isNew = release.number > now.release.number && !isCurrent(now, release);
        if (isNew) expect(release.number).toBeGreaterThan(highest);
        highest = Math.max(highest, release.number);
        now = take(now, release, step.kind === 'deploy' && step.healthy);
        expect(isCurrent(now, release)).toBe(true);
        expect(numbers(now)).toEqual([...new Set(numbers(now))].sort((a, b) => a - b));
        expect(numbers(now).length).toBeLessThanOrEqual(MAX_RELEASES);
        expect(now.lastRelease).toBe(highest);
        expect(now.spec.instances).toBe(now.slots.length);
      }
    }),
  );
});
