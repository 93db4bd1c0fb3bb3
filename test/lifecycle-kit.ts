// What the tests of the lifecycle share: settings, exits, and one instance in each state, every one reached through `step` itself.
import type { Exit, Instance } from '../src/model/instance.ts';
import { createInstance, step } from '../src/policy/lifecycle.ts';
import type { Context, Event, Settings, Step } from '../src/policy/lifecycle.ts';

/** examples/track-backend: two cluster instances, ten crashes end in errored. */
export const EXAMPLE: Settings = {
  autorestart: true,
  maxRestarts: 10,
  minUptimeMs: 10_000,
  restartDelayMs: 2000,
  restartWindowMs: 60_000,
  expBackoffMs: 100,
  expBackoffMaxMs: 15_000,
  stopExitCodes: [],
  isCovered: false,
  erroredRetryMs: 0,
  killTimeoutMs: 5000,
  listenTimeoutMs: 3000,
  onListenTimeout: 'accept',
  drainIdleMs: 1000,
  drainTimeoutMs: 10_000,
  drains: true,
  waitsFor: 'listen',
};

/** The same app in fork mode without wait_ready. */
export const FORK: Settings = { ...EXAMPLE, drains: false, waitsFor: 'spawn' };

export const exitWith = (code: number): Exit => ({ code, signal: null, error: null, launchError: null });
export const exitBy = (signal: string): Exit => ({ code: null, signal, error: null, launchError: null });
export const launchFailed = (launchError: string): Exit => ({ code: null, signal: null, error: null, launchError });

/** A machine with its clock: `send` takes a step at the present moment, `after` lets time pass first. */
export interface Bench {
  readonly instance: () => Instance;
  readonly nowMs: () => number;
  send(event: Event): Step;
  /** Time passes, then the armed timer fires. */
  fire(afterMs?: number): Step;
  wait(ms: number): void;
  exit(exit: Exit): Step;
  fact(type: 'spawned' | 'ready' | 'drained'): Step;
}

export function createBench(settings: Settings, from: Instance = createInstance(), startMs = 0): Bench {
  let instance = from;
  let nowMs = startMs;
  const send = (event: Event): Step => {
    const context: Context = { nowMs, settings };
    const taken = step(instance, event, context);
    instance = taken.next;
    return taken;
  };
  return {
    instance: () => instance,
    nowMs: () => nowMs,
    send,
    wait: (ms) => void (nowMs += ms),
    fire: (afterMs = 0) => {
      nowMs += afterMs;
      if (instance.timer === null) throw new Error('no timer is armed');
      return send({ type: 'elapsed', timer: instance.timer.kind, token: instance.timer.token });
    },
    exit: (exit) => send({ type: 'exited', generation: instance.generation, exit }),
    fact: (type) => send({ type, generation: instance.generation }),
  };
}

/** Every state that the machine tells apart, with the way that leads there. */
export const STATES = {
  stopped: [],
  starting: ['start'],
  online: ['start', 'online'],
  'online, healthy': ['start', 'online', 'healthy'],
  'draining, goal down': ['start', 'online', 'stop'],
  'draining, goal up': ['start', 'online', 'restart'],
  'stopping, goal down': ['start', 'stop'],
  'stopping, goal up': ['start', 'restart'],
  'stopping, not ready, goal up': ['start', 'miss'],
  'stopping, killed, goal down': ['start', 'stop', 'kill'],
  'stopping, killed, goal up': ['start', 'restart', 'kill'],
  backoff: ['start', 'crash'],
  errored: ['give up'],
  'errored, retry waiting': ['give up, retry'],
} as const;

export type StateName = keyof typeof STATES;

/** An instance in a named state of an app in cluster mode, and the bench it stands on. */
export function benchIn(state: StateName, settings: Settings = EXAMPLE): Bench {
  const givesUp = STATES[state].some((move) => move.startsWith('give up'));
  const retries = state === 'errored, retry waiting' ? { erroredRetryMs: 60_000 } : {};
  const misses = STATES[state].some((move) => move === 'miss');
  const fails = misses ? { onListenTimeout: 'fail' as const, waitsFor: 'listen' as const } : {};
  const way = createBench(givesUp ? { ...settings, ...retries, maxRestarts: 0 } : { ...settings, ...fails });
  for (const move of STATES[state]) walk(way, move, settings);
  return createBench({ ...settings, ...retries }, way.instance(), way.nowMs());
}

function walk(bench: Bench, move: (typeof STATES)[StateName][number], settings: Settings): void {
  switch (move) {
    case 'start':
    case 'stop':
    case 'restart':
      bench.send({ type: move });
      return;
    case 'online':
      bench.wait(100);
      bench.fact('spawned');
      bench.fact('ready');
      return;
    case 'healthy':
      bench.fire(settings.minUptimeMs);
      return;
    case 'kill':
      bench.fire(settings.killTimeoutMs);
      return;
    case 'miss':
      bench.fire(settings.listenTimeoutMs);
      return;
    case 'crash':
      bench.wait(100);
      bench.exit(exitWith(1));
      return;
    case 'give up':
    case 'give up, retry':
      bench.send({ type: 'start' });
      bench.wait(100);
      bench.exit(exitWith(1));
      return;
    default:
      move satisfies never;
  }
}

/** `spawn 1`, `arm kill 5000`, `report stopping`: an effect in the words of the tables. */
export function printEffects({ effects }: Step): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case 'spawn':
        return `spawn ${effect.generation}`;
      case 'signal':
        return `signal ${effect.how}`;
      case 'arm':
        return `arm ${effect.timer} ${effect.delayMs}`;
      case 'balance':
        return effect.change;
      case 'disarm':
      case 'drain':
        return effect.type;
      case 'report':
        return `report ${effect.body.kind}`;
      default:
        return effect satisfies never;
    }
  });
}
