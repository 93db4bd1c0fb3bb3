// When instances are looked at, on a virtual clock with looks that the test answers.
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import { createVirtualClock } from '../../test/world.ts';
import type { AppSpec, ProbeSpec } from '../model/app-spec.ts';
import type { LookResult } from '../probe/look.ts';
import { createInstances } from './instances.ts';
import { createProbing } from './probing.ts';

const PROBE: ProbeSpec = {
  check: { kind: 'http', path: '/ready', port: null, tls: false, statuses: null },
  intervalMs: 10_000,
  timeoutMs: 2000,
  failures: 3,
  successes: 1,
  startPeriodMs: 0,
};
const OK: LookResult = { ok: true, text: '200 OK' };
const BUSY: LookResult = { ok: false, text: '503 Service Unavailable' };

function watch(fields: Partial<AppSpec>) {
  const clock = createVirtualClock();
  const spec = specOf(fields);
  const instances = createInstances('api', { nextKey: () => 1, now: () => 0 });
  const live = instances.create({ slot: 0, id: 0 }, 'current');
  live.machine = { ...live.machine, generation: 1 };
  const said: string[] = [];
  const looks: { readonly atMs: number; answer: (result: LookResult) => void; isCancelled: boolean }[] = [];
  const script: { answer: LookResult | null } = { answer: null };
  const probing = createProbing({
    clock,
    spec: () => spec,
    look(_, _check, _timeoutMs, done) {
      const look = { atMs: clock.monotonicMs(), answer: done, isCancelled: false };
      looks.push(look);
      if (script.answer !== null) done(script.answer);
      return () => void (look.isCancelled = true);
    },
    changed: (_, which, { passing, times, reason, check }) =>
      said.push(`${which} ${passing ? 'passes' : 'fails'} (${check}: ${reason}, ${times})`),
  });
  return { clock, live, probing, looks, said, script, times: () => looks.map(({ atMs }) => atMs) };
}

describe('probing', () => {
  it('looks at nothing, and arms nothing, without a probe', () => {
    const { probing, live, clock, looks } = watch({});
    probing.start(live);
    probing.ready(live);
    clock.pass(100_000);
    expect(looks).toEqual([]);
    expect(probing.state(live)).toEqual({ readiness: null, liveness: null });
  });

  it('begins with the first sign of readiness, looks quickly until it has passed, then at its interval', () => {
    const { probing, live, clock, script, times, said } = watch({ readiness: PROBE });
    script.answer = BUSY;
    probing.start(live);
    clock.pass(5000);
    expect(times()).toEqual([]);
    probing.ready(live);
    clock.pass(600);
    expect(times()).toEqual([5000, 5250, 5500]);
    expect(probing.state(live).readiness).toMatchObject({ passing: false, text: '503 Service Unavailable' });
    script.answer = OK;
    clock.pass(20_000);
    expect(times()).toEqual([5000, 5250, 5500, 5750, 15_750]);
    expect(said).toEqual(['readiness passes (GET /ready: 200 OK, 1)']);
    expect(probing.state(live).readiness).toMatchObject({ passing: true, text: '200 OK' });
  });

  it('says that it fails after so many failures, once', () => {
    const { probing, live, clock, script, said } = watch({ readiness: { ...PROBE, intervalMs: 1000 } });
    script.answer = OK;
    probing.start(live);
    probing.ready(live);
    script.answer = BUSY;
    clock.pass(2500);
    expect(said).toHaveLength(1);
    clock.pass(10_000);
    expect(said.slice(1)).toEqual(['readiness fails (GET /ready: 503 Service Unavailable, 3)']);
  });

  it('never begins a look before the last one has ended', () => {
    const { probing, live, clock, looks, times } = watch({ liveness: { ...PROBE, intervalMs: 1000 } });
    probing.start(live);
    probing.ready(live);
    clock.pass(1700);
    expect(times()).toEqual([0]);
    looks[0]!.answer(OK);
    clock.pass(0);
    expect(times()).toEqual([0, 1700]);
  });

  it('forgives failures of liveness until the start period has passed', () => {
    const { probing, live, clock, script, said } = watch({ liveness: { ...PROBE, intervalMs: 1000, startPeriodMs: 30_000 } });
    script.answer = BUSY;
    probing.start(live);
    probing.ready(live);
    clock.pass(31_500);
    expect(said).toEqual([]);
    clock.pass(1000);
    expect(said).toEqual(['liveness fails (GET /ready: 503 Service Unavailable, 3)']);
  });

  it('stops at once, also within a look', () => {
    const { probing, live, clock, looks, times } = watch({ readiness: PROBE, liveness: PROBE });
    probing.start(live);
    probing.ready(live);
    probing.stop(live);
    expect(looks.map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
    clock.pass(100_000);
    expect(times()).toEqual([0, 0]);
    expect(probing.state(live)).toEqual({ readiness: null, liveness: null });
  });

  it('may be stopped by whoever hears what it says', () => {
    const { probing, live, clock, script, times } = watch({ liveness: { ...PROBE, failures: 1 } });
    script.answer = BUSY;
    probing.start(live);
    probing.ready(live);
    probing.stop(live);
    clock.pass(100_000);
    expect(times()).toEqual([0]);
  });

  it('begins anew with the next launch, and only then', () => {
    const { probing, live, clock, script, said, times } = watch({ readiness: PROBE });
    script.answer = OK;
    probing.start(live);
    probing.ready(live);
    probing.start(live);
    probing.ready(live);
    expect(times()).toEqual([0]);
    live.machine = { ...live.machine, generation: 2 };
    probing.start(live);
    expect(probing.state(live).readiness).toBeNull();
    clock.pass(20_000);
    probing.ready(live);
    expect(times()).toEqual([0, 20_000]);
    expect(said).toHaveLength(2);
  });
});
