// A live instance: the lifecycle machine's state together with what the shell holds for it (child, log, tally).
import type { Instance, Tally } from '../model/instance.ts';
import type { InstanceRole, InstanceRow, ProbeState, ProcessId } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { SelfReport } from '../model/self-report.ts';
import type { Ms } from '../model/units.ts';
import type { Signs, Trial } from '../policy/readiness.ts';
import type { Child, ChildEnd } from '../platform/child.ts';
import type { Place } from '../probe/target.ts';
import type { Waiting } from './calls.ts';
import type { LastWords } from './last-words.ts';
import type { InstanceLog } from './world.ts';

/** How many ends of a child are remembered for `describe`. */
export const MAX_TALLY = 10;

/** Mutable; only the supervisor's mailbox changes it. */
export interface Live {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly key: number;
  role: InstanceRole;
  machine: Instance;
  run: Run | null;
  /** Forget the instance as soon as it is at rest. */
  forget: boolean;
  /** What was last said about traffic; the balancer itself is asked for the truth. */
  saidServing: boolean;
  createdAt: number;
  /** When it was last started, restarted or reset because somebody asked for it, or created. */
  askedAt: number;
  startedAt: number | null;
  lastDelayMs: Ms;
  tally: readonly Tally[];
  nodeVersion: string | null;
  /** What the latest run was launched from, and what it is launched from again when it ends by itself. */
  release: Release | null;
  /** What its next launch is made from instead, because a command or a rollout has said so. */
  next: Release | null;
  /** Not null while it has to prove itself in a rollout: it gets no traffic, and not being ready in time is a failure. */
  trial: Trial | null;
  /** What its present run has shown. */
  signs: Signs;
  /** Its present run was launched by a host that is dead. */
  outlived: boolean;
  /** It has listened in this run or an earlier one. */
  hasListened: boolean;
  /** What it has written lately, while a rollout minds it. */
  words: LastWords | null;
  /** Of the latest run. */
  log: InstanceLog | null;
}

/** One launch: from the spawn to the last byte of its output. */
export interface Run {
  readonly generation: number;
  child: Child | null;
  process: ProcessId | null;
  /** What the preload said of the error that is ending the process. */
  uncaught: string | null;
  /** It has said that it exits: it takes no connection any more. */
  isExiting: boolean;
  /** The child itself is gone and only descendants of it are waited for. */
  lastExit: ChildEnd | null;
  /** Fork mode: what it says of its servers, the port of the first one, and whether others may listen beside all of them. Null where it has none or cannot say so. */
  listens: { readonly port: number | null; readonly reusesPort: boolean } | null;
  /** Where a look has found it. */
  readonly found: { place: Place | null };
  /** Who waits for a message of the app. */
  readonly listeners: Set<(message: unknown) => void>;
  /** What it has told of itself. */
  report: SelfReport;
  /** Whose calls it has yet to answer, oldest first. */
  readonly waiting: Set<Waiting>;
}

/** What the host tells the daemon of an instance. */
export function rowOf(
  live: Live,
  seen: {
    readonly inRotation: boolean | null;
    readonly standby: boolean;
    readonly readiness: ProbeState | null;
    readonly liveness: ProbeState | null;
  },
): InstanceRow {
  const { machine } = live;
  return {
    app: live.app,
    slot: live.slot,
    id: live.id,
    key: live.key,
    role: live.role,
    goal: machine.goal,
    phase: machine.phase,
    generation: machine.generation,
    process: live.run?.process ?? null,
    startedAt: live.startedAt,
    createdAt: live.createdAt,
    askedAt: live.askedAt,
    healthy: machine.healthy,
    inRotation: seen.inRotation,
    standby: seen.standby,
    restarts: machine.history.restarts,
    unstable: machine.history.unstable,
    lastDelayMs: live.lastDelayMs,
    tally: live.tally,
    nodeVersion: live.nodeVersion,
    release: live.release?.number ?? 0,
    readiness: seen.readiness,
    liveness: seen.liveness,
    reusesPort: live.run?.listens?.reusesPort ?? false,
    outPath: live.log?.outPath ?? null,
    errorPath: live.log?.errorPath ?? null,
  };
}

/** Nothing runs and nothing will run by itself. */
export function isAtRest(live: Live): boolean {
  return live.run === null && (live.machine.phase.kind === 'stopped' || live.machine.phase.kind === 'errored');
}

/** Somebody wants it to serve, and it has not been given up. */
export function isWanted(live: Live): boolean {
  return live.machine.goal === 'up' && live.machine.phase.kind !== 'errored';
}
