// Takes in what a dead host has left of an app: each instance as it was, living or not. What becomes of it is decided by policy/inheritance.ts.
import type { Exit } from '../model/instance.ts';
import type { RecordedInstance } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import { decideInheritance } from '../policy/inheritance.ts';
import type { Inheritance } from '../policy/inheritance.ts';
import type { Event } from '../policy/lifecycle.ts';
import type { Instances } from './instances.ts';
import { adopt } from './launching.ts';
import type { ChildFact } from './launching.ts';
import type { Live } from './live.ts';
import { presentRelease } from './releases.ts';
import type { RotationKeeper } from './rotation.ts';
import type { Timers } from './timers.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export interface InheritContext {
  readonly world: World;
  readonly instances: Instances;
  readonly timers: Timers;
  readonly traffic: Traffic;
  readonly rotation: RotationKeeper;
  /** The app's own. */
  readonly release: Release;
  readonly releases: readonly Release[];
  /** As in policy/inheritance.ts. */
  readonly mayOverlap: boolean;
  /** Steps the lifecycle now. */
  readonly advance: (live: Live, event: Event) => void;
  readonly post: (live: Live, event: Event) => void;
  readonly happened: (live: Live, generation: number, fact: ChildFact) => void;
  /** It goes on as it is. */
  readonly kept: (live: Live) => void;
}

const UNSEEN: Exit = { code: null, signal: null, error: null, launchError: null, unknown: 'host-died' };

/** Takes one instance in. True where its process lives. */
export function inheritInstance(left: RecordedInstance, context: InheritContext): boolean {
  const { world, instances, release } = context;
  const releaseOf = (number: number | null): Release | null => context.releases.find((one) => one.number === number) ?? null;
  const { spec } = releaseOf(left.release) ?? release;
  const lives = left.process !== null && world.processes.isAlive(left.process);
  const fate = decideInheritance({
    ...left,
    ...left.machine,
    lives,
    mayOverlap: context.mayOverlap,
    erroredRetryMs: spec.erroredRetryMs,
    nowMs: world.clock.monotonicMs(),
  });
  if (fate.kind === 'forget') return false;
  const { role, forget, createdAt, askedAt = createdAt, startedAt, lastDelayMs, tally, nodeVersion, hasListened } = left;
  // Its rollout has ended with its host: nobody else would forget it.
  const isForgotten = forget || role !== 'current';
  const live = Object.assign(instances.create(left, role), {
    forget: isForgotten,
    createdAt,
    askedAt,
    startedAt,
    lastDelayMs,
    tally,
    nodeVersion,
    hasListened,
  });
  Object.assign(live, { release: releaseOf(left.release), next: releaseOf(left.next) });
  live.machine = { ...left.machine, timer: null, lastToken: 0 };
  if (lives) goOn(live, left, context);
  follow(live, fate, context);
  return lives;
}

/** As one that is online and has shown all it had to: it has served, or could have, until now. */
function goOn(live: Live, { process, listens }: RecordedInstance, { world, traffic, rotation, release, happened }: InheritContext): void {
  const { spec } = presentRelease(live, release);
  const { generation } = live.machine;
  live.log = world.openLog(spec, live, (isHeld) => live.run?.child?.holdOutput(isHeld));
  live.outlived = true;
  live.machine = { ...live.machine, phase: { kind: 'online' } };
  live.signs = { spawned: true, told: true, listening: live.hasListened, probe: 'passed' };
  const run = adopt(live, process!, { generation, mode: spec.mode, world, happened: (fact) => happened(live, generation, fact) });
  run.listens = listens;
  if (spec.mode === 'cluster') traffic.addAlone(live);
  rotation.open(live);
}

function follow(live: Live, fate: Exclude<Inheritance, { kind: 'forget' }>, context: InheritContext): void {
  const { generation } = live.machine;
  switch (fate.kind) {
    case 'keep':
      awaitHealth(live, context);
      return context.kept(live);
    case 'end':
      return context.advance(live, { type: fate.again ? 'restart' : 'stop' });
    case 'ended':
      return context.advance(live, { type: 'exited', generation, exit: UNSEEN });
    case 'wait':
      return arm(live, fate.timer, fate.untilMs, context);
    case 'rest':
      return;
    default:
      return fate satisfies never;
  }
}

function awaitHealth(live: Live, context: InheritContext): void {
  const { healthy, startedAtMs } = live.machine;
  if (!healthy) arm(live, 'healthy', (startedAtMs ?? 0) + presentRelease(live, context.release).spec.minUptimeMs, context);
}

function arm(live: Live, kind: 'healthy' | 'restart' | 'retry', untilMs: number, { timers, post, world }: InheritContext): void {
  const token = live.machine.lastToken + 1;
  live.machine = { ...live.machine, timer: { kind, token }, lastToken: token };
  timers.arm(live.key, Math.max(0, untilMs - world.clock.monotonicMs()), () => post(live, { type: 'elapsed', timer: kind, token }));
}
