// The lifecycle of one instance: (instance, event, context) => the next instance and what is to be done. It decides; it does nothing.
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import type { Exit, Instance, Phase, TimerKind } from '../model/instance.ts';
import type { Ms } from '../model/units.ts';
import type { Awaited } from './readiness.ts';
import { EMPTY_HISTORY, decideRestart, endStreak, forgetCrashes } from './restart.ts';
import type { RestartDecision, RestartSettings } from './restart.ts';

/** Commands are imperative, facts are past. A launch that failed is `exited` with `launchError`; a fact of an older generation is ignored. */
export type Event =
  | { readonly type: 'start' | 'stop' | 'restart' | 'reset' }
  | { readonly type: 'spawned' | 'ready' | 'drained'; readonly generation: number }
  | { readonly type: 'exited'; readonly generation: number; readonly exit: Exit }
  /** Its event loop has been blocked for too long: it can neither drain nor stop. */
  | { readonly type: 'hung'; readonly generation: number; readonly forMs: Ms; readonly limitMs: Ms }
  | { readonly type: 'elapsed'; readonly timer: TimerKind; readonly token: number };

/** What the machine knows of the app. */
export type Settings = RestartSettings &
  Pick<AppSpec, 'erroredRetryMs' | 'killTimeoutMs' | 'drainIdleMs' | 'drainTimeoutMs' | 'onListenTimeout'> & {
    /** Whether the child can be drained: cluster mode, and fork mode where its preload knows of its servers. */
    readonly drains: boolean;
    /** What makes it online (policy/readiness.ts). `spawn` and `uptime` the machine sees for itself, of the others it is told. */
    readonly waitsFor: Awaited;
    /** How long it waits for that. */
    readonly listenTimeoutMs: Ms;
  };

/** The moment of the event, of the monotonic clock, and the settings that hold then. */
export interface Context {
  readonly nowMs: Ms;
  readonly settings: Settings;
}

/** An event body as far as the machine knows it; the shell adds pid, command and rotation. */
export type Report =
  | { readonly kind: 'starting' | 'started' | 'online' }
  | { readonly kind: 'exited'; readonly exit: Exit; readonly uptimeMs: Ms }
  | { readonly kind: 'stopping'; readonly killTimeoutMs: Ms }
  | Extract<
      EventBody,
      {
        kind:
          | 'not-ready'
          | 'healthy'
          | 'will-restart'
          | 'finished'
          | 'errored'
          | 'second-chance'
          | 'draining'
          | 'kill-timeout'
          | 'loop-blocked'
          | 'stopped';
      }
    >;

/** What the shell has to do, in the order of the list. `join` and `leave` mean nothing where there is no balancer. */
export type Effect =
  | { readonly type: 'spawn'; readonly generation: number }
  | { readonly type: 'signal'; readonly how: 'stop' | 'kill' }
  | { readonly type: 'arm'; readonly timer: TimerKind; readonly token: number; readonly delayMs: Ms }
  | { readonly type: 'disarm' }
  | { readonly type: 'balance'; readonly change: 'join' | 'leave' }
  | { readonly type: 'drain' }
  | { readonly type: 'report'; readonly body: Report };

/** The outcome of one event. */
export interface Step {
  readonly next: Instance;
  readonly effects: readonly Effect[];
}

/** A slot that was never started. `restarts` is carried over where it takes the place of another instance. */
export function createInstance(restarts = 0): Instance {
  return {
    goal: 'down',
    phase: { kind: 'stopped', finished: null },
    generation: 0,
    startedAtMs: null,
    healthy: false,
    timer: null,
    lastToken: 0,
    history: { ...EMPTY_HISTORY, restarts },
  };
}

/** One step of the machine. Total: an event that means nothing in the present phase changes nothing. */
export function step(instance: Instance, event: Event, context: Context): Step {
  const now: Step = { next: instance, effects: [] };
  switch (event.type) {
    case 'start':
      return start(now, context);
    case 'stop':
      return stop(now, context);
    case 'restart':
      return restart(now, context);
    case 'reset':
      return change(now, { history: EMPTY_HISTORY });
    case 'spawned':
      return isPresent(instance, event.generation) ? spawned(now, context) : now;
    case 'ready':
      return isPresent(instance, event.generation) && instance.phase.kind === 'starting'
        ? becomeOnline(disarm(now), context, { kind: 'online' })
        : now;
    case 'drained':
      return isPresent(instance, event.generation) && instance.phase.kind === 'draining' ? signalStop(now, context) : now;
    case 'exited':
      return isPresent(instance, event.generation) ? exited(now, context, event.exit) : now;
    case 'hung':
      return isPresent(instance, event.generation) ? killHung(now, event) : now;
    case 'elapsed':
      return instance.timer?.kind === event.timer && instance.timer.token === event.token ? elapsed(now, context, event.timer) : now;
    default:
      return event satisfies never;
  }
}

/** Whether a child of this phase lives (or is being launched). */
export function hasChild(phase: Phase): boolean {
  return phase.kind === 'starting' || phase.kind === 'online' || phase.kind === 'draining' || phase.kind === 'stopping';
}

/** Whether the event asks for an instance again that has been launched before. */
export function isAskedAgain({ generation, phase }: Instance, { type }: Event): boolean {
  return generation > 0 && (type === 'restart' || type === 'reset' || (type === 'start' && !hasChild(phase)));
}

function isPresent(instance: Instance, generation: number): boolean {
  return instance.generation === generation && hasChild(instance.phase);
}

function start(now: Step, context: Context): Step {
  switch (now.next.phase.kind) {
    case 'stopped':
    case 'backoff':
    case 'errored':
      return launch(forget(now), context);
    case 'starting':
    case 'online':
    case 'draining':
    case 'stopping':
      return change(now, { goal: 'up' });
    default:
      return now.next.phase satisfies never;
  }
}

function stop(now: Step, context: Context): Step {
  const down = change(now, { goal: 'down' });
  switch (now.next.phase.kind) {
    case 'stopped':
      return down;
    case 'errored':
      return disarm(change(down, { phase: withoutChance(now.next.phase) }));
    case 'backoff':
      return report(change(disarm(down), { phase: { kind: 'stopped', finished: null } }), { kind: 'stopped' });
    case 'starting':
    case 'online':
    case 'draining':
    case 'stopping':
      return endChild(down, context);
    default:
      return now.next.phase satisfies never;
  }
}

/** The same object where nothing changes, as everywhere. */
function withoutChance(phase: Extract<Phase, { kind: 'errored' }>): Phase {
  const { retryMs, ...rest } = phase;
  return retryMs === undefined ? phase : rest;
}

function restart(now: Step, context: Context): Step {
  const { phase } = now.next;
  if (!hasChild(phase)) return start(now, context);
  const wanted = change(forget(now), { goal: 'up' });
  // From now on its end is one that was asked for.
  if (phase.kind === 'stopping') return change(wanted, { phase: { kind: 'stopping', escalated: phase.escalated } });
  return endChild(wanted, context);
}

/** No drain and no stop signal, which it would not see; no crash to count; the next launch at once where it is wanted. */
function killHung(now: Step, { forMs, limitMs }: Extract<Event, { type: 'hung' }>): Step {
  const { phase } = now.next;
  if (phase.kind === 'stopping' && phase.escalated) return now;
  const said = report(now, { kind: 'loop-blocked', forMs, limitMs });
  const left = phase.kind === 'online' ? emit(said, { type: 'balance', change: 'leave' }) : said;
  return emit(escalate(disarm(left)), { type: 'signal', how: 'kill' });
}

function escalate(now: Step): Step {
  const { phase } = now.next;
  return change(now, { phase: phase.kind === 'stopping' ? { ...phase, escalated: true } : { kind: 'stopping', escalated: true } });
}

/** A start or restart by hand is a fresh chance: earlier crashes do not count against it. */
function forget(now: Step): Step {
  return change(now, { history: forgetCrashes(now.next.history) });
}

/** The way of every requested end: out of the balancer, drain, stop signal. A child on its way out stays on it. */
function endChild(now: Step, context: Context): Step {
  if (now.next.phase.kind === 'starting') return signalStop(now, context);
  if (now.next.phase.kind !== 'online') return now;
  const left = emit(now, { type: 'balance', change: 'leave' });
  if (!context.settings.drains) return signalStop(left, context);
  const draining = emit(report(change(disarm(left), { phase: { kind: 'draining' } }), { kind: 'draining' }), { type: 'drain' });
  // The child bounds its own drain by these two; this timer is for one that does not answer.
  return arm(draining, 'drain', context.settings.drainTimeoutMs + context.settings.drainIdleMs);
}

function signalStop(now: Step, { settings }: Context, why: { readonly notReady?: true } = {}): Step {
  const stopping = report(change(disarm(now), { phase: { kind: 'stopping', escalated: false, ...why } }), {
    kind: 'stopping',
    killTimeoutMs: settings.killTimeoutMs,
  });
  return arm(emit(stopping, { type: 'signal', how: 'stop' }), 'kill', settings.killTimeoutMs);
}

function launch(now: Step, context: Context): Step {
  const { generation, history } = now.next;
  const launched = change(disarm(now), {
    goal: 'up',
    phase: { kind: 'starting' },
    generation: generation + 1,
    startedAtMs: context.nowMs,
    history: generation === 0 ? history : { ...history, restarts: history.restarts + 1 },
  });
  const spawning = emit(report(launched, { kind: 'starting' }), { type: 'spawn', generation: generation + 1 });
  const { waitsFor, listenTimeoutMs, minUptimeMs } = context.settings;
  if (waitsFor === 'spawn') return spawning;
  return waitsFor === 'uptime' ? arm(spawning, 'healthy', minUptimeMs) : arm(spawning, 'listen', listenTimeoutMs);
}

function spawned(now: Step, context: Context): Step {
  if (now.next.phase.kind !== 'starting') return now;
  const started = report(now, { kind: 'started' });
  return context.settings.waitsFor === 'spawn' ? becomeOnline(disarm(started), context, { kind: 'online' }) : started;
}

function becomeOnline(now: Step, context: Context, why: Report): Step {
  const online = report(emit(change(now, { phase: { kind: 'online' } }), { type: 'balance', change: 'join' }), why);
  const untilHealthyMs = context.settings.minUptimeMs - aliveMs(now.next, context);
  return untilHealthyMs > 0 ? arm(online, 'healthy', untilHealthyMs) : becomeHealthy(online, context);
}

function becomeHealthy(now: Step, context: Context): Step {
  const healthy = change(now, { healthy: true, history: endStreak(now.next.history) });
  return report(healthy, { kind: 'healthy', aliveMs: aliveMs(now.next, context) });
}

function exited(now: Step, context: Context, exit: Exit): Step {
  const { phase, goal, history } = now.next;
  const uptimeMs = aliveMs(now.next, context);
  const ended = report(change(disarm(now), { startedAtMs: null, healthy: false }), { kind: 'exited', exit, uptimeMs });
  const gone = phase.kind === 'online' ? emit(ended, { type: 'balance', change: 'leave' }) : ended;
  const { nowMs, settings } = context;
  if (phase.kind === 'draining' || phase.kind === 'stopping') {
    if (goal === 'down') return report(change(gone, { phase: { kind: 'stopped', finished: null } }), { kind: 'stopped' });
    if (phase.kind === 'draining' || phase.notReady !== true) return launch(gone, context);
    // It was stopped because it did not become ready: a crash that says nothing by its code, and a run that never served.
    return follow(gone, context, decideRestart({ settings, history, exit: { ...exit, code: null }, uptimeMs: 0, nowMs }));
  }
  return follow(gone, context, decideRestart({ settings, history, exit, uptimeMs, nowMs }));
}

function follow(now: Step, { nowMs, settings }: Context, decision: RestartDecision): Step {
  const { history } = decision;
  switch (decision.kind) {
    case 'restart': {
      const { delayMs, crash, of } = decision;
      const waiting = change(now, { history, phase: { kind: 'backoff', untilMs: nowMs + delayMs } });
      // Through a timer even without a delay, so that a waiting stop is served first.
      return arm(report(waiting, { kind: 'will-restart', delayMs, crash, of }), 'restart', delayMs);
    }
    case 'finish': {
      const finished = change(now, { goal: 'down', history, phase: { kind: 'stopped', finished: decision.reason } });
      return report(finished, { kind: 'finished', reason: decision.reason });
    }
    case 'give-up': {
      const { reason, crashes, spanMs } = decision;
      const { erroredRetryMs, maxRestarts } = settings;
      const facts = { kind: 'errored', reason, crashes, spanMs, ...(erroredRetryMs > 0 ? { retryMs: erroredRetryMs } : {}) } as const;
      const errored = report(change(now, { goal: 'down', history, phase: facts }), { ...facts, maxRestarts });
      return erroredRetryMs > 0 ? arm(errored, 'retry', erroredRetryMs) : errored;
    }
    default:
      return decision satisfies never;
  }
}

/** The armed timer fired: it is gone, whatever follows. */
function elapsed(now: Step, context: Context, timer: TimerKind): Step {
  const fired = change(now, { timer: null });
  switch (timer) {
    case 'listen':
      return missListenTimeout(fired, context);
    case 'healthy':
      return fired.next.phase.kind === 'starting' ? becomeOnline(fired, context, { kind: 'online' }) : becomeHealthy(fired, context);
    case 'drain':
      return signalStop(fired, context);
    case 'kill': {
      const escalated = escalate(fired);
      return emit(report(escalated, { kind: 'kill-timeout', afterMs: context.settings.killTimeoutMs }), { type: 'signal', how: 'kill' });
    }
    case 'restart':
      return launch(fired, context);
    case 'retry': {
      const { phase } = fired.next;
      const afterMs = phase.kind === 'errored' ? (phase.retryMs ?? 0) : 0;
      return launch(forget(report(fired, { kind: 'second-chance', afterMs })), context);
    }
    default:
      return timer satisfies never;
  }
}

/** A plain start goes on with a warning; in a rollout nothing is taken away for one that is not ready. */
function missListenTimeout(now: Step, context: Context): Step {
  const { waitsFor, listenTimeoutMs: afterMs, onListenTimeout } = context.settings;
  const waitedFor = waitsFor === 'ready' || waitsFor === 'probe' ? waitsFor : 'listen';
  if (onListenTimeout === 'accept') return becomeOnline(now, context, { kind: 'not-ready', afterMs, waitedFor, outcome: 'accepted' });
  return signalStop(report(now, { kind: 'not-ready', afterMs, waitedFor, outcome: 'failed' }), context, { notReady: true });
}

function aliveMs(instance: Instance, { nowMs }: Context): Ms {
  return instance.startedAtMs === null ? 0 : nowMs - instance.startedAtMs;
}

function change(now: Step, fields: Partial<Instance>): Step {
  return { ...now, next: { ...now.next, ...fields } };
}

function emit(now: Step, ...effects: readonly Effect[]): Step {
  return { ...now, effects: [...now.effects, ...effects] };
}

function report(now: Step, body: Report): Step {
  return emit(now, { type: 'report', body });
}

function arm(now: Step, timer: TimerKind, delayMs: Ms): Step {
  const token = now.next.lastToken + 1;
  return emit(change(now, { timer: { kind: timer, token }, lastToken: token }), { type: 'arm', timer, token, delayMs });
}

function disarm(now: Step): Step {
  return now.next.timer === null ? now : emit(change(now, { timer: null }), { type: 'disarm' });
}
