// The machine's rules as tables: given a state and an event, then a state and effects.
import { describe, expect, it } from 'vitest';
import { benchIn, createBench, EXAMPLE, exitBy, exitWith, FORK, launchFailed, printEffects, STATES } from '../../test/lifecycle-kit.ts';
import type { Bench, StateName } from '../../test/lifecycle-kit.ts';
import { createInstance, hasChild, step } from './lifecycle.ts';
import type { Event, Settings, Step } from './lifecycle.ts';

/** What a step came to: goal, phase and effects in words. */
const outcome = (taken: Step): string => `${taken.next.goal} ${taken.next.phase.kind}: ${printEffects(taken).join(', ') || '-'}`;

const DRAIN = 'leave, disarm, report draining, drain, arm drain 11000';
const STOP = 'report stopping, signal stop, arm kill 5000';
const LAUNCH = (generation: number): string => `report starting, spawn ${generation}, arm listen 3000`;

describe('commands', () => {
  const table: readonly (readonly [StateName, 'start' | 'stop' | 'restart', string])[] = [
    ['stopped', 'start', `up starting: ${LAUNCH(1)}`],
    ['stopped', 'stop', 'down stopped: -'],
    ['stopped', 'restart', `up starting: ${LAUNCH(1)}`],
    ['starting', 'start', 'up starting: -'],
    ['starting', 'stop', `down stopping: disarm, ${STOP}`],
    ['starting', 'restart', `up stopping: disarm, ${STOP}`],
    ['online', 'start', 'up online: -'],
    ['online', 'stop', `down draining: ${DRAIN}`],
    ['online', 'restart', `up draining: ${DRAIN}`],
    ['online, healthy', 'stop', `down draining: ${DRAIN.replace('disarm, ', '')}`],
    ['draining, goal down', 'start', 'up draining: -'],
    ['draining, goal down', 'restart', 'up draining: -'],
    ['draining, goal up', 'stop', 'down draining: -'],
    ['stopping, goal down', 'start', 'up stopping: -'],
    ['stopping, goal down', 'restart', 'up stopping: -'],
    ['stopping, goal up', 'stop', 'down stopping: -'],
    ['stopping, not ready, goal up', 'restart', 'up stopping: -'],
    ['stopping, not ready, goal up', 'stop', 'down stopping: -'],
    ['stopping, killed, goal down', 'start', 'up stopping: -'],
    ['stopping, killed, goal up', 'stop', 'down stopping: -'],
    ['backoff', 'start', `up starting: disarm, ${LAUNCH(2)}`],
    ['backoff', 'stop', 'down stopped: disarm, report stopped'],
    ['backoff', 'restart', `up starting: disarm, ${LAUNCH(2)}`],
    ['errored', 'start', `up starting: ${LAUNCH(2)}`],
    ['errored', 'stop', 'down errored: -'],
    ['errored', 'restart', `up starting: ${LAUNCH(2)}`],
    ['errored, retry waiting', 'stop', 'down errored: disarm'],
    ['errored, retry waiting', 'start', `up starting: disarm, ${LAUNCH(2)}`],
  ];

  it.each(table)('in %s, %s leads to %s', (state, type, expected) => {
    expect(outcome(benchIn(state).send({ type }))).toBe(expected);
  });

  it('stops without a drain where the app is not drained', () => {
    const bench = createBench(FORK);
    bench.send({ type: 'start' });
    bench.fact('spawned');
    expect(outcome(bench.send({ type: 'stop' }))).toBe(`down stopping: leave, disarm, ${STOP}`);
  });

  it.each(Object.keys(STATES) as StateName[])('reset in %s forgets every count and changes nothing else', (state) => {
    const bench = benchIn(state);
    const before = bench.instance();
    const { next, effects } = bench.send({ type: 'reset' });
    expect(effects).toEqual([]);
    expect(next).toEqual({ ...before, history: createInstance().history });
  });
});

describe('becoming online', () => {
  it('in cluster mode at the first listen, in the balancer at once, healthy at min_uptime after the launch', () => {
    const bench = createBench(EXAMPLE);
    bench.send({ type: 'start' });
    bench.wait(400);
    expect(outcome(bench.fact('spawned'))).toBe('up starting: report started');
    expect(outcome(bench.fact('ready'))).toBe('up online: disarm, join, report online, arm healthy 9600');
    const { next, effects } = bench.fire(9600);
    expect(next.healthy).toBe(true);
    expect(effects).toEqual([{ type: 'report', body: { kind: 'healthy', aliveMs: 10_000 } }]);
  });

  it('in fork mode as soon as it is spawned, without a listen timer', () => {
    const bench = createBench(FORK);
    expect(outcome(bench.send({ type: 'start' }))).toBe('up starting: report starting, spawn 1');
    expect(outcome(bench.fact('spawned'))).toBe('up online: report started, join, report online, arm healthy 10000');
  });

  it.each(['ready', 'listen'] as const)('after listen_timeout all the same, saying that it waited for %s in vain', (waitsFor) => {
    const bench = createBench({ ...EXAMPLE, waitsFor, listenTimeoutMs: 700 });
    expect(outcome(bench.send({ type: 'start' }))).toBe('up starting: report starting, spawn 1, arm listen 700');
    const taken = bench.fire(700);
    expect(outcome(taken)).toBe('up online: join, report not-ready, arm healthy 9300');
    expect(taken.effects).toContainEqual({
      type: 'report',
      body: { kind: 'not-ready', afterMs: 700, waitedFor: waitsFor, outcome: 'accepted' },
    });
    expect(outcome(bench.fact('ready'))).toBe('up online: -');
  });

  it('in a rollout not at all after listen_timeout: it is stopped, and its end is a crash after no uptime', () => {
    const bench = createBench({ ...EXAMPLE, onListenTimeout: 'fail', listenTimeoutMs: 12_000, stopExitCodes: [0] });
    bench.send({ type: 'start' });
    const missed = bench.fire(12_000);
    expect(outcome(missed)).toBe(`up stopping: report not-ready, ${STOP}`);
    expect(missed.effects[0]).toMatchObject({ body: { afterMs: 12_000, outcome: 'failed' } });
    const { next } = bench.exit(exitWith(0));
    expect(next).toMatchObject({ phase: { kind: 'backoff' }, history: { unstable: 1, consecutive: 1 } });
  });

  it('where that was asked for meanwhile, the end of one that was not ready is a requested one', () => {
    const restarted = benchIn('stopping, not ready, goal up');
    restarted.send({ type: 'restart' });
    expect(restarted.exit(exitWith(1)).next).toMatchObject({ phase: { kind: 'starting' }, history: { unstable: 0 } });
    const stopped = benchIn('stopping, not ready, goal up');
    stopped.send({ type: 'stop' });
    expect(stopped.exit(exitWith(1)).next).toMatchObject({ phase: { kind: 'stopped' }, history: { unstable: 0 } });
  });

  it('after min_uptime where nothing else says that it is ready, and healthy by that', () => {
    const bench = createBench({ ...FORK, waitsFor: 'uptime' });
    expect(outcome(bench.send({ type: 'start' }))).toBe('up starting: report starting, spawn 1, arm healthy 10000');
    expect(outcome(bench.fact('spawned'))).toBe('up starting: report started');
    expect(outcome(bench.fire(10_000))).toBe('up online: join, report online, report healthy');
  });

  it('healthy at once where min_uptime has passed already', () => {
    const bench = createBench({ ...EXAMPLE, minUptimeMs: 200 });
    bench.send({ type: 'start' });
    bench.wait(200);
    const taken = bench.fact('ready');
    expect(outcome(taken)).toBe('up online: disarm, join, report online, report healthy');
    expect(taken.next.healthy).toBe(true);
  });

  it('forgets unstable runs and backoff when healthy, not the exits in the window', () => {
    const bench = benchIn('backoff');
    bench.fire(2000);
    bench.fact('ready');
    expect(bench.instance().history).toMatchObject({ unstable: 1, consecutive: 1 });
    bench.fire(10_000);
    expect(bench.instance().history).toEqual({ restarts: 1, unstable: 0, consecutive: 0, unstableSinceMs: null, exitsAtMs: [100] });
  });
});

describe('a requested end', () => {
  it('drains, then signals, then kills, then is stopped', () => {
    const bench = benchIn('draining, goal down');
    expect(outcome(bench.fact('drained'))).toBe(`down stopping: disarm, ${STOP}`);
    const killed = bench.fire(5000);
    expect(outcome(killed)).toBe('down stopping: report kill-timeout, signal kill');
    expect(killed.next.phase).toEqual({ kind: 'stopping', escalated: true });
    expect(killed.effects[0]).toEqual({ type: 'report', body: { kind: 'kill-timeout', afterMs: 5000 } });
    expect(outcome(bench.exit(exitBy('SIGKILL')))).toBe('down stopped: report exited, report stopped');
  });

  it('goes on to the signal when the drain does not answer', () => {
    expect(outcome(benchIn('draining, goal up').fire(11_000))).toBe(`up stopping: ${STOP}`);
  });

  it.each(['draining, goal up', 'stopping, goal up'] as const)(
    'in %s launches the next child at once on the exit, and no crash is counted',
    (state) => {
      const bench = benchIn(state);
      const taken = bench.exit(exitWith(1));
      expect(outcome(taken)).toBe(`up starting: disarm, report exited, ${LAUNCH(2)}`);
      expect(taken.next.history).toEqual({ ...createInstance().history, restarts: 1 });
    },
  );

  it.each(['draining, goal down', 'stopping, goal down'] as const)(
    'in %s ends in stopped, whatever the exit, and no crash is counted',
    (state) => {
      for (const exit of [exitWith(0), exitWith(1), exitBy('SIGSEGV')]) {
        const taken = benchIn(state).exit(exit);
        expect(outcome(taken)).toBe('down stopped: disarm, report exited, report stopped');
        expect(taken.next).toMatchObject({ phase: { finished: null }, startedAtMs: null, history: createInstance().history });
      }
    },
  );

  it('comes back also after it had to be killed', () => {
    expect(outcome(benchIn('stopping, killed, goal up').exit(exitBy('SIGKILL')))).toBe(`up starting: report exited, ${LAUNCH(2)}`);
  });

  it('does not come back when stop overtakes a restart, and comes back when start overtakes a stop', () => {
    const stopped = benchIn('draining, goal up');
    stopped.send({ type: 'stop' });
    expect(stopped.exit(exitWith(0)).next.phase.kind).toBe('stopped');
    const started = benchIn('stopping, goal down');
    started.send({ type: 'start' });
    expect(started.exit(exitWith(0)).next.phase.kind).toBe('starting');
  });
});

describe('an exit that nobody asked for', () => {
  it('is told, then leaves the balancer, then waits for its restart', () => {
    const bench = benchIn('online');
    const taken = bench.exit(exitWith(7));
    expect(outcome(taken)).toBe('up backoff: disarm, report exited, leave, report will-restart, arm restart 2000');
    expect(taken.next.phase).toEqual({ kind: 'backoff', untilMs: bench.nowMs() + 2000 });
    expect(taken.effects).toContainEqual({ type: 'report', body: { kind: 'exited', exit: exitWith(7), uptimeMs: 100 } });
    expect(taken.effects).toContainEqual({ type: 'report', body: { kind: 'will-restart', delayMs: 2000, crash: 1, of: 10 } });
    expect(outcome(bench.fire(2000))).toBe(`up starting: ${LAUNCH(2)}`);
  });

  it('also when the child could not be launched', () => {
    const bench = benchIn('starting');
    expect(outcome(bench.exit(launchFailed('bun: not found')))).toBe(
      'up backoff: disarm, report exited, report will-restart, arm restart 2000',
    );
  });

  it('goes through the timer even without a delay, so that a waiting stop is served first', () => {
    const bench = benchIn('online', { ...EXAMPLE, restartDelayMs: 0, expBackoffMs: 0 });
    expect(outcome(bench.exit(exitWith(1)))).toMatch(/arm restart 0$/);
    expect(outcome(bench.send({ type: 'stop' }))).toBe('down stopped: disarm, report stopped');
  });

  it.each<readonly [string, Partial<Settings>]>([
    ['autorestart-off', { autorestart: false }],
    ['stop-exit-code', { stopExitCodes: [7] }],
  ])('ends in stopped with the reason %s', (reason, settings) => {
    const taken = benchIn('online', { ...EXAMPLE, ...settings }).exit(exitWith(7));
    expect(outcome(taken)).toBe('down stopped: disarm, report exited, leave, report finished');
    expect(taken.next.phase).toEqual({ kind: 'stopped', finished: reason });
    expect(taken.effects.at(-1)).toEqual({ type: 'report', body: { kind: 'finished', reason } });
  });

  it('ends in errored at the tenth crash of the example, 47.4 s of delays later, with everything said', () => {
    const bench = createBench(EXAMPLE);
    bench.send({ type: 'start' });
    for (let crash = 1; crash < 10; crash += 1) {
      bench.wait(100);
      bench.fact('ready');
      const phase = bench.exit(exitWith(1)).next.phase;
      expect(phase.kind).toBe('backoff');
      bench.fire(phase.kind === 'backoff' ? phase.untilMs - bench.nowMs() : 0);
    }
    bench.wait(100);
    const taken = bench.exit(exitWith(1));
    expect(bench.nowMs()).toBe(47_400 + 10 * 100);
    expect(outcome(taken)).toBe('down errored: disarm, report exited, report errored');
    const given = { reason: 'unstable-runs', crashes: 10, spanMs: 48_300 };
    expect(taken.next).toMatchObject({ phase: { kind: 'errored', ...given }, timer: null, history: { restarts: 9, unstable: 10 } });
    expect(taken.effects.at(-1)).toEqual({ type: 'report', body: { kind: 'errored', ...given, maxRestarts: 10 } });
  });
});

const counts = { unstable: 0, consecutive: 0, unstableSinceMs: null, exitsAtMs: [] };

describe('what is asked for by hand', () => {
  it.each(['start', 'restart'] as const)('%s of an instance that waits for its restart begins with fresh counts', (type) => {
    expect(benchIn('backoff').send({ type }).next.history).toEqual({ ...counts, restarts: 1 });
  });

  it('a restart of a running instance forgets its earlier crashes', () => {
    const bench = benchIn('backoff');
    bench.fire(2000);
    bench.fact('ready');
    expect(bench.send({ type: 'restart' }).next.history).toEqual({ ...counts, restarts: 1 });
  });

  it('a stop and a start forget them as well, the restart of the policy does not', () => {
    const stopped = benchIn('backoff');
    stopped.send({ type: 'stop' });
    expect(stopped.send({ type: 'start' }).next.history).toEqual({ ...counts, restarts: 1 });
    expect(benchIn('backoff').fire(2000).next.history).toMatchObject({ unstable: 1, consecutive: 1, exitsAtMs: [100] });
  });
});

describe('a hung child', () => {
  const hung = (bench: Bench): string =>
    outcome(bench.send({ type: 'hung', generation: bench.instance().generation, forMs: 5000, limitMs: 4000 }));

  it('is killed at once, without a drain, and the next one launched without counting a crash', () => {
    const bench = benchIn('online');
    expect(hung(bench)).toBe('up stopping: report loop-blocked, leave, disarm, signal kill');
    const taken = bench.exit(exitBy('SIGKILL'));
    expect(outcome(taken)).toBe(`up starting: report exited, ${LAUNCH(2)}`);
    expect(taken.next.history).toEqual({ ...counts, restarts: 1 });
  });

  it.each([
    ['draining, goal down', 'down stopping: report loop-blocked, disarm, signal kill'],
    ['stopping, goal up', 'up stopping: report loop-blocked, disarm, signal kill'],
    ['stopping, killed, goal up', 'up stopping: -'],
    ['backoff', 'up backoff: -'],
  ] as const)('in %s: %s', (state, expected) => {
    expect(hung(benchIn(state))).toBe(expected);
  });
});

describe('after errored', () => {
  it.each(['start', 'restart'] as const)('%s begins with fresh counts and keeps the number of restarts', (type) => {
    expect(benchIn('errored').send({ type }).next.history).toEqual({ ...counts, restarts: 1 });
  });

  it('errored_retry gives a second chance with fresh counts', () => {
    const bench = createBench({ ...EXAMPLE, maxRestarts: 1, erroredRetryMs: 60_000 });
    bench.send({ type: 'start' });
    const errored = bench.exit(exitWith(1));
    expect(outcome(errored)).toBe('down errored: disarm, report exited, report errored, arm retry 60000');
    expect(errored.next.phase).toMatchObject({ retryMs: 60_000 });
    expect(errored.effects).toContainEqual({ type: 'report', body: expect.objectContaining({ kind: 'errored', retryMs: 60_000 }) });
    const taken = bench.fire(60_000);
    expect(outcome(taken)).toBe(`up starting: report second-chance, ${LAUNCH(2)}`);
    expect(taken.effects[0]).toEqual({ type: 'report', body: { kind: 'second-chance', afterMs: 60_000 } });
    expect(taken.next.history).toEqual({ ...counts, restarts: 1 });
  });

  it('a chance that is not used up is lost by a stop, and another one follows the next crashes', () => {
    const stopped = benchIn('errored, retry waiting').send({ type: 'stop' });
    expect(outcome(stopped)).toBe('down errored: disarm');
    expect(stopped.next.phase).not.toHaveProperty('retryMs');
    const bench = benchIn('errored, retry waiting', { ...EXAMPLE, maxRestarts: 0 });
    bench.fire(60_000);
    expect(outcome(bench.exit(exitWith(1)))).toContain('arm retry 60000');
  });
});

describe('what is late or means nothing', () => {
  /** Those of the events that change the instance or ask for something. */
  const heeded = (bench: Bench, events: readonly Event[]): readonly Event[] =>
    events.filter((event) => {
      const before = bench.instance();
      const { next, effects } = bench.send(event);
      return next !== before || effects.length > 0;
    });

  it.each(Object.keys(STATES) as StateName[])('in %s, facts of another generation change nothing', (state) => {
    const bench = benchIn(state);
    const others = [bench.instance().generation - 1, bench.instance().generation + 1];
    const events = others.flatMap((generation): Event[] => [
      { type: 'spawned', generation },
      { type: 'ready', generation },
      { type: 'drained', generation },
      { type: 'exited', generation, exit: exitWith(1) },
    ]);
    expect(heeded(bench, events)).toEqual([]);
  });

  it.each(Object.keys(STATES) as StateName[])('in %s, timers that are not the armed one change nothing', (state) => {
    const bench = benchIn(state);
    const { timer: armed, lastToken } = bench.instance();
    const events = (['listen', 'healthy', 'drain', 'kill', 'restart', 'retry'] as const).flatMap((timer): Event[] => [
      { type: 'elapsed', timer, token: lastToken + 1 },
      { type: 'elapsed', timer, token: 0 },
      ...(timer === armed?.kind ? [] : [{ type: 'elapsed' as const, timer, token: lastToken }]),
    ]);
    expect(heeded(bench, events)).toEqual([]);
  });

  it.each(['stopped', 'backoff', 'errored'] as const)('in %s, what comes late of the last child changes nothing', (state) => {
    const bench = benchIn(state);
    const { generation } = bench.instance();
    expect(
      heeded(bench, [
        { type: 'exited', generation, exit: exitWith(1) },
        { type: 'spawned', generation },
      ]),
    ).toEqual([]);
  });

  it.each(['starting', 'online', 'stopping, goal down'] as const)('in %s, a drain that was never asked for changes nothing', (state) => {
    const bench = benchIn(state);
    expect(heeded(bench, [{ type: 'drained', generation: bench.instance().generation }])).toEqual([]);
  });
});

describe('restarts', () => {
  it('counts every launch after the first, whoever asked for it', () => {
    const bench = createBench({ ...FORK, restartDelayMs: 0, expBackoffMs: 0 });
    bench.send({ type: 'start' });
    expect(bench.instance().history.restarts).toBe(0);
    bench.exit(exitWith(1));
    bench.fire();
    expect(bench.instance().history.restarts).toBe(1);
    bench.send({ type: 'restart' });
    bench.exit(exitBy('SIGINT'));
    expect(bench.instance().history.restarts).toBe(2);
    bench.send({ type: 'stop' });
    bench.exit(exitBy('SIGINT'));
    bench.send({ type: 'start' });
    expect(bench.instance().history.restarts).toBe(3);
    expect(bench.instance().generation).toBe(4);
  });

  it('goes on from the number it is given, for an instance that takes the place of another', () => {
    expect(createInstance(5).history.restarts).toBe(5);
  });
});

it('never changes the instance that it is given', () => {
  for (const state of Object.keys(STATES) as StateName[]) {
    const bench = benchIn(state);
    const given = Object.freeze({ ...bench.instance(), history: Object.freeze({ ...bench.instance().history }) });
    for (const type of ['start', 'stop', 'restart', 'reset'] as const) {
      expect(() => step(given, { type }, { nowMs: bench.nowMs(), settings: EXAMPLE })).not.toThrow();
    }
  }
});

it('knows in which phases there is a child', () => {
  const living = (Object.keys(STATES) as StateName[]).filter((state) => hasChild(benchIn(state).instance().phase));
  expect([...new Set(living.map((state) => state.split(',')[0]))]).toEqual(['starting', 'online', 'draining', 'stopping']);
});
