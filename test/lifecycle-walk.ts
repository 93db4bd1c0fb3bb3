// A walker that drives a lifecycle machine through a pretended world and names the first rule that breaks. It draws no random numbers itself.
import type { Exit, Instance, PhaseKind, TimerKind } from '../src/model/instance.ts';
import { createInstance, hasChild } from '../src/policy/lifecycle.ts';
import type { Context, Effect, Event, Settings, Step } from '../src/policy/lifecycle.ts';
import { EXAMPLE, exitBy, exitWith, FORK, launchFailed } from './lifecycle-kit.ts';

export type Machine = (instance: Instance, event: Event, context: Context) => Step;

/** Draws a whole number from 0 to below `limit`. */
export type Draw = (limit: number) => number;

const TIMERS: readonly TimerKind[] = ['listen', 'healthy', 'drain', 'kill', 'restart', 'retry'];
const EXITS: readonly Exit[] = [
  exitWith(0),
  exitWith(1),
  exitWith(7),
  exitBy('SIGKILL'),
  exitBy('SIGINT'),
  launchFailed('node: not found'),
];

/** Apps of every kind; the walk changes between them as `apply` would. */
const KINDS: readonly Settings[] = [
  EXAMPLE,
  FORK,
  {
    ...EXAMPLE,
    waitsFor: 'ready',
    listenTimeoutMs: 0,
    onListenTimeout: 'fail',
    maxRestarts: 3,
    erroredRetryMs: 5000,
    stopExitCodes: [0, 7],
  },
  { ...FORK, minUptimeMs: 0, restartDelayMs: 0, expBackoffMs: 0, killTimeoutMs: 0, restartWindowMs: 0 },
  { ...EXAMPLE, maxRestarts: 0, erroredRetryMs: 1, drainIdleMs: 0, drainTimeoutMs: 0 },
  { ...FORK, autorestart: false },
  { ...FORK, waitsFor: 'uptime', minUptimeMs: 300 },
  { ...EXAMPLE, waitsFor: 'probe', listenTimeoutMs: 700, onListenTimeout: 'fail', maxRestarts: 2 },
  { ...FORK, maxRestarts: 2 },
  { ...EXAMPLE, maxRestarts: 1000, minUptimeMs: 500, restartWindowMs: 3_600_000 },
];

/** The world outside: what the effects have done to it. */
interface World {
  child: number | null;
  armed: { readonly timer: TimerKind; readonly token: number } | null;
  inBalancer: boolean;
  launches: number;
  lastGeneration: number;
}

export interface Walk {
  /** One event, chosen by `draw`. Throws an Error naming the broken rule, the event and the state before it. */
  take(draw: Draw): void;
  /** How often each event met each phase, `online exited`; facts and timers that were stale are under `stale`. */
  readonly seen: ReadonlyMap<string, number>;
}

export function createWalk(machine: Machine): Walk {
  const world: World = { child: null, armed: null, inBalancer: false, launches: 0, lastGeneration: 0 };
  const seen = new Map<string, number>();
  let instance = createInstance();
  let settings = EXAMPLE;
  let nowMs = 0;
  return {
    seen,
    take: (draw) => {
      nowMs += draw(3) === 0 ? draw(20_000) : draw(50);
      if (draw(40) === 0) settings = KINDS[draw(KINDS.length)]!;
      const { event, stale } = chooseEvent(instance, world, draw);
      const key = stale ? 'stale' : `${instance.phase.kind} ${event.type}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      const before = instance;
      // What has happened has happened, before the machine hears of it.
      if (!stale && event.type === 'exited') world.child = null;
      if (!stale && event.type === 'elapsed') world.armed = null;
      const taken = machine(before, event, { nowMs, settings });
      const broken = judge({ before, event, stale, taken, world, settings });
      if (broken !== null) throw new Error(`${broken}: ${JSON.stringify(event)} in ${JSON.stringify(before)}`);
      instance = taken.next;
    },
  };
}

function chooseEvent(instance: Instance, world: World, draw: Draw): { readonly event: Event; readonly stale: boolean } {
  const commands = ['start', 'start', 'stop', 'restart', 'reset'] as const;
  switch (draw(8)) {
    case 0:
    case 1:
      return { event: { type: commands[draw(commands.length)]! }, stale: false };
    case 2:
      return { event: staleEvent(instance, world, draw), stale: true };
    case 3:
    case 4:
      return world.armed === null
        ? { event: staleEvent(instance, world, draw), stale: true }
        : { event: { type: 'elapsed', ...world.armed }, stale: false };
    default:
      return world.child === null
        ? { event: staleEvent(instance, world, draw), stale: true }
        : { event: factOf(world.child, draw), stale: false };
  }
}

function factOf(generation: number, draw: Draw): Event {
  const types = ['spawned', 'ready', 'ready', 'drained', 'exited', 'exited', 'hung'] as const;
  const type = types[draw(types.length)]!;
  if (type === 'hung') return { type, generation, forMs: 30_000, limitMs: 30_000 };
  return type === 'exited' ? { type, generation, exit: EXITS[draw(EXITS.length)]! } : { type, generation };
}

/** A fact of another launch, a fact about a child that is gone, or a timer that was disarmed, has fired before, or is of another kind. */
function staleEvent(instance: Instance, world: World, draw: Draw): Event {
  if (draw(2) === 0) {
    const older = world.child === null ? instance.generation - draw(2) : instance.generation - 1 - draw(2);
    return factOf(older, draw);
  }
  const timer = TIMERS[draw(TIMERS.length)]!;
  const token = world.armed?.timer === timer ? instance.lastToken - 1 - draw(3) : instance.lastToken - draw(3);
  return { type: 'elapsed', timer, token };
}

interface Judged {
  readonly before: Instance;
  readonly event: Event;
  readonly stale: boolean;
  readonly taken: Step;
  readonly world: World;
  readonly settings: Settings;
}

function judge(judged: Judged): string | null {
  const { before, stale, taken, world, settings } = judged;
  if (stale) return taken.next !== before || taken.effects.length > 0 ? 'a stale fact or timer changed something' : null;
  for (const effect of taken.effects) {
    const broken = applyEffect(effect, world, settings);
    if (broken !== null) return broken;
  }
  return judgeState(taken.next, world) ?? judgeTransition(judged);
}

function applyEffect(effect: Effect, world: World, settings: Settings): string | null {
  switch (effect.type) {
    case 'spawn': {
      const broken = world.child !== null ? 'two children' : effect.generation <= world.lastGeneration ? 'a generation came twice' : null;
      Object.assign(world, { child: effect.generation, lastGeneration: effect.generation, launches: world.launches + 1 });
      return broken;
    }
    case 'signal':
      return world.child === null ? 'a signal without a living child' : null;
    case 'drain':
      return world.child === null || !settings.drains ? 'a drain without a child that can be drained' : null;
    case 'arm': {
      const broken = world.armed !== null ? 'two timers' : effect.delayMs < 0 ? 'a delay below 0' : null;
      world.armed = { timer: effect.timer, token: effect.token };
      return broken;
    }
    case 'disarm': {
      const broken = world.armed === null ? 'a disarm without a timer' : null;
      world.armed = null;
      return broken;
    }
    case 'balance': {
      const joins = effect.change === 'join';
      const broken = world.inBalancer === joins ? `a second ${effect.change}` : null;
      world.inBalancer = joins;
      return broken;
    }
    case 'report':
      return null;
    default:
      return effect satisfies never;
  }
}

/** Timers that each phase may have; a phase without any is at rest, or waits for a fact alone. */
const TIMERS_OF: Readonly<Record<PhaseKind, readonly TimerKind[]>> = {
  stopped: [],
  starting: ['listen', 'healthy'],
  online: ['healthy'],
  draining: ['drain'],
  stopping: ['kill'],
  backoff: ['restart'],
  errored: ['retry'],
};

function judgeState(next: Instance, world: World): string | null {
  const { phase, goal, timer, history } = next;
  if (hasChild(phase) !== (world.child !== null)) return 'phase and child disagree';
  if (hasChild(phase) !== (next.startedAtMs !== null)) return 'startedAtMs and child disagree';
  if (world.child !== null && next.generation !== world.child) return 'the generation is not that of the child';
  if (timer?.token !== world.armed?.token || timer?.kind !== world.armed?.timer) return 'the timer remembered is not the timer armed';
  if (timer !== null && !TIMERS_OF[phase.kind].includes(timer.kind)) return `a ${timer.kind} timer in ${phase.kind}`;
  if (phase.kind === 'backoff' && timer === null) return 'a backoff that never ends';
  if (phase.kind === 'errored' && (phase.retryMs === undefined) !== (timer === null))
    return 'a second chance that does not come, or was not announced';
  if (phase.kind === 'draining' && timer === null) return 'a drain that never ends';
  if (phase.kind === 'stopping' && (timer === null) !== phase.escalated) return 'a stop that is not bounded, or is killed twice';
  if (world.inBalancer !== (phase.kind === 'online')) return 'in the balancer, but not online, or the reverse';
  if (goal === 'down' && (phase.kind === 'backoff' || phase.kind === 'starting' || phase.kind === 'online'))
    return `${phase.kind} with goal down`;
  if (goal === 'up' && (phase.kind === 'stopped' || phase.kind === 'errored')) return `${phase.kind} with goal up`;
  if (next.healthy && !hasChild(phase)) return 'healthy without a child';
  if (history.unstable > history.consecutive) return 'more unstable runs than unexpected exits';
  if ((history.unstable === 0) !== (history.unstableSinceMs === null)) return 'an unstable streak without its beginning';
  return null;
}

function judgeTransition({ before, event, taken, world, settings }: Judged): string | null {
  const { next, effects } = taken;
  const wasNotReady = before.phase.kind === 'stopping' && before.phase.notReady === true && before.goal === 'up';
  const wasLeaving = (before.phase.kind === 'draining' || before.phase.kind === 'stopping') && !wasNotReady;
  if (event.type === 'exited' && wasLeaving && crashesOf(next) !== crashesOf(before)) return 'a requested exit was counted';
  if (event.type === 'exited' && !effects.some((effect) => effect.type === 'report' && effect.body.kind === 'exited'))
    return 'an exit in silence';
  if (next.phase.kind !== before.phase.kind && !effects.some((effect) => effect.type === 'report')) return 'a change of phase in silence';
  if (event.type === 'exited' && wasNotReady && effects.some((effect) => effect.type === 'spawn'))
    return 'one that was not ready was launched again without asking the restart policy';
  const spawns = effects.some((effect) => effect.type === 'spawn');
  if (spawns && before.goal === 'down' && event.type !== 'start' && event.type !== 'restart' && before.timer?.kind !== 'retry')
    return 'a launch nobody asked for';
  if (spawns && next.history.restarts !== before.history.restarts + (world.launches === 1 ? 0 : 1)) return 'a launch that was not counted';
  if (event.type === 'stop' && next.goal === 'up') return 'a stop that was not heard';
  if (next.phase.kind === 'errored' && before.phase.kind !== 'errored' && next.phase.crashes < settings.maxRestarts)
    return 'given up too early';
  return null;
}

function crashesOf({ history }: Instance): string {
  return JSON.stringify([history.unstable, history.consecutive, history.unstableSinceMs, history.exitsAtMs]);
}
