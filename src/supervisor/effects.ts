// The only interpreter of the lifecycle's effects: what policy decided is done here, and nothing is decided.
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody } from '../model/event.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Release } from '../model/release.ts';
import type { Effect, Event, Report } from '../policy/lifecycle.ts';
import { NO_SIGNS } from '../policy/readiness.ts';
import { launch } from './launching.ts';
import type { ChildFact } from './launching.ts';
import { MAX_TALLY } from './live.ts';
import type { Live } from './live.ts';
import { bodyOf } from './reports.ts';
import { chooseLaunch, upcomingRelease } from './releases.ts';
import type { RotationKeeper } from './rotation.ts';
import type { Timers } from './timers.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export interface EffectContext {
  /** Of the instance's present run. */
  readonly specOf: (live: Live) => AppSpec;
  /** The app's own. */
  readonly release: Release;
  readonly world: World;
  readonly timers: Timers;
  readonly traffic: Traffic;
  readonly rotation: RotationKeeper;
  readonly say: (live: Live, body: EventBody) => void;
  readonly post: (live: Live, event: Event) => void;
  readonly happened: (live: Live, generation: number, fact: ChildFact) => void;
}

/** Does one effect. */
export function perform(effect: Effect, live: Live, context: EffectContext): void {
  switch (effect.type) {
    case 'spawn':
      return spawn(live, effect.generation, context);
    case 'signal':
      return signal(live, effect.how, context);
    case 'arm':
      return context.timers.arm(live.key, effect.delayMs, () =>
        context.post(live, { type: 'elapsed', timer: effect.timer, token: effect.token }),
      );
    case 'disarm':
      return context.timers.disarm(live.key);
    case 'balance':
      return effect.change === 'join' ? context.rotation.open(live) : context.rotation.close(live);
    case 'drain':
      return drain(live, context);
    case 'report':
      return report(effect.body, live, context);
    default:
      return effect satisfies never;
  }
}

const WITHOUT_FIFOS = {
  cluster: 'what it writes is lost while it has no host',
  fork: 'it takes no input and does not outlive its host',
};

function spawn(live: Live, generation: number, context: EffectContext): void {
  const { world } = context;
  const { release, spec, vanished } = chooseLaunch(upcomingRelease(live, context.release), context.release, world.exists);
  Object.assign(live, { release, next: null, signs: NO_SIGNS, outlived: false });
  live.log = world.openLog(spec, live, (isHeld) => live.run?.child?.holdOutput(isHeld));
  live.startedAt = world.clock.epochMs();
  live.nodeVersion = null;
  const plan = world.plan(spec, live);
  if (vanished !== null) context.say(live, { kind: 'release-vanished', ...vanished });
  for (const note of plan.notes) context.say(live, note);
  context.say(live, { kind: 'starting', command: plan.shown });
  const run = launch(live, { generation, plan, world, happened: (fact) => context.happened(live, generation, fact) });
  const bound = run.child?.bound ?? null;
  if (bound !== null) context.say(live, { kind: 'unsupported', what: `no FIFOs can be made (${bound}): ${WITHOUT_FIFOS[spec.mode]}` });
  if (plan.preload !== null) run.child?.sendInternal({ cmd: CMD, act: 'hear', on: world.ears.isOpen() });
  if (plan.preload !== 'cluster' || !run.child) return;
  const succession = world.succession(live.app);
  if (succession !== null) run.child.sendInternal({ cmd: CMD, act: 'succession', ...succession });
  context.traffic.add(live, run.child, spec.user !== null);
}

function signal(live: Live, how: 'stop' | 'kill', { specOf, world }: EffectContext): void {
  const { child } = live.run ?? {};
  const spec = specOf(live);
  if (!child || child.pid === null) return;
  if (how === 'kill') return world.processes.signal(child.pid, 'SIGKILL', spec.treekill);
  if (spec.shutdownWithMessage && child.sendToApp('shutdown')) return;
  world.processes.signal(child.pid, spec.stopSignal, spec.treekill);
}

/** Where nobody else listens, every moment of patience is one in which new connections are refused: time for what is on its way, no more. */
const GAP_IDLE_MS: Ms = 100;

function drain(live: Live, { specOf, post }: EffectContext): void {
  const { mode, drainIdleMs, drainTimeoutMs: timeoutMs } = specOf(live);
  const hasGap = mode === 'fork' && live.run?.listens?.reusesPort !== true;
  const idleMs = hasGap ? Math.min(drainIdleMs, GAP_IDLE_MS) : drainIdleMs;
  const asked = live.run?.child?.sendInternal({ cmd: CMD, act: 'drain', idleMs, timeoutMs });
  if (!asked) post(live, { type: 'drained', generation: live.machine.generation });
}

function report(said: Report, live: Live, context: EffectContext): void {
  if (said.kind === 'exited') remember(live, said, context.world.clock.epochMs());
  if (said.kind === 'will-restart') live.lastDelayMs = said.delayMs;
  const body = bodyOf(said, live, { spec: context.specOf(live), traffic: context.traffic });
  if (body !== null) context.say(live, body);
  if (said.kind === 'exited') live.run = null;
}

function remember(live: Live, { exit, uptimeMs }: Extract<Report, { kind: 'exited' }>, at: number): void {
  const pid = live.run?.process?.pid ?? null;
  live.tally = [...live.tally, { at, exit, uptimeMs, pid }].slice(-MAX_TALLY);
}
