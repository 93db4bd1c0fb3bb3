// What the daemon and a host say to each other: one JSON object a line, over hosts/NAME.sock. The daemon dials.
import type { HoldfastEvent } from './event.ts';
import type { Goal, Instance, Phase, Tally } from './instance.ts';
import type { Release } from './release.ts';
import type { RolloutCause, RolloutState } from './rollout.ts';
import type { AppMessage, SelfReport } from './self-report.ts';
import type { Ms } from './units.ts';

/** Raised when a message changes its meaning. Both sides name theirs in the first message. */
export const PROTOCOL = 2;

/** A slot of an app: its stable index and the id shown by `ls` (PM2's pm_id). The daemon hands out ids. */
export interface SlotId {
  readonly slot: number;
  readonly id: number;
}

/** A process that outlived its host, known by pid and kernel start time (a pid alone is never trusted). */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)); a string, for it may pass 2^53. */
  readonly startTime: string;
}

/** `current` serves the slot; `successor` is on its way to take it over; `leaving` was replaced and drains or stops. */
export type InstanceRole = 'current' | 'successor' | 'leaving';

/** How a probe of an instance fares. Told when it changes, not at every look. */
export interface ProbeState {
  readonly passing: boolean;
  /** What the latest look that differed said: `200`, `503 Service Unavailable`, `no answer within 2 s`. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** All that a host reports about one instance. Each fact carries the whole row: the registry replaces, never patches. */
export interface InstanceRow {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  /** Unique within the host's life: a successor in the same slot has another key. */
  readonly key: number;
  readonly role: InstanceRole;
  readonly goal: Goal;
  readonly phase: Phase;
  readonly generation: number;
  readonly process: ProcessId | null;
  /** Epoch milliseconds of the last launch; null before the first. */
  readonly startedAt: number | null;
  readonly createdAt: number;
  /** When it was last started, restarted or reset because somebody asked for it, or created; a host of an earlier version does not say. */
  readonly askedAt?: number;
  readonly healthy: boolean;
  /** Null where no balancer is involved (fork mode). */
  readonly inRotation: boolean | null;
  /** It could serve at once, and is kept for when another one cannot any more. */
  readonly standby: boolean;
  readonly restarts: number;
  readonly unstable: number;
  readonly lastDelayMs: Ms;
  readonly tally: readonly Tally[];
  readonly nodeVersion: string | null;
  /** Number of the release it was launched from; 0 before the first launch. */
  readonly release: number;
  /** Null without a readiness probe, or before its first look. The same for liveness. */
  readonly readiness: ProbeState | null;
  readonly liveness: ProbeState | null;
  /** Fork mode: it listens with `reusePort`, so that a second one may listen beside it. */
  readonly reusesPort: boolean;
  readonly outPath: string | null;
  readonly errorPath: string | null;
}

/** A line of an app, as kept in the ring. */
export interface LogLine {
  readonly at: number;
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly stream: 'out' | 'err';
  readonly text: string;
}

/** The build whose hosts follow. */
export interface NextHost {
  /** Absolute path of the Node that runs it. */
  readonly node: string;
  /** Absolute path of its host.cjs. */
  readonly script: string;
}

/** Daemon to host. Every command with a ticket is answered by one `reply`. */
export type HostCommand =
  | { readonly type: 'hello'; readonly protocol: number; readonly version: string }
  /** Creates the app or replaces its release and its set of slots: new slots start when `start` says so, missing ones are stopped and forgotten. */
  | {
      readonly type: 'apply';
      readonly ticket: number;
      readonly release: Release;
      readonly slots: readonly SlotId[];
      readonly start: boolean;
      readonly orphans: readonly ProcessId[];
    }
  | {
      readonly type: 'start' | 'stop' | 'restart' | 'reset';
      readonly ticket: number;
      readonly app: string;
      readonly slots: readonly number[];
    }
  /**
   * Brings the app to `release` and to `slots`, one by one without a gap: `replace` are slots that get a new instance, slots it does not have
   * are added, those not in `slots` are removed. Answered when it has begun, or refused; how it goes is told by facts.
   */
  | {
      readonly type: 'rollout';
      readonly ticket: number;
      readonly app: string;
      readonly cause: RolloutCause;
      readonly release: Release;
      readonly slots: readonly SlotId[];
      readonly replace: readonly number[];
      /** How many slots at a time. */
      readonly parallel: number;
      readonly surge: 'one' | 'all';
    }
  /** Stops and forgets these slots; the app too when none is left. */
  | { readonly type: 'remove'; readonly ticket: number; readonly app: string; readonly slots: readonly number[] }
  /** Writes a line to the standard input of the instance that holds the slot, and its end, `\n` where nothing is said; refused with the reason. */
  | {
      readonly type: 'input';
      readonly ticket: number;
      readonly app: string;
      readonly slot: number;
      readonly line: string;
      readonly end?: string;
    }
  /**
   * Sends a message to the app in the slot over Node's channel. The reply has an `answer`: at once, or, where `awaits` names an action, when the app has
   * replied to it or `limitMs` are over.
   */
  | {
      readonly type: 'message';
      readonly ticket: number;
      readonly app: string;
      readonly slot: number;
      readonly message: unknown;
      readonly awaits: string | null;
      readonly limitMs: Ms;
    }
  /** What the instances of this host have told of themselves. */
  | { readonly type: 'self-reports'; readonly ticket: number }
  | { readonly type: 'tail'; readonly ticket: number; readonly app: string; readonly slots: readonly number[]; readonly lines: number }
  /** Switches the live stream of lines on or off for this connection. */
  | { readonly type: 'follow'; readonly on: boolean }
  /** The same with what apps say over Node's channel. */
  | { readonly type: 'hear'; readonly on: boolean }
  /** Facts up to this number are safely recorded by the daemon. */
  | { readonly type: 'ack'; readonly seq: number }
  /** Go on in the log files that their paths name now: somebody has moved them. */
  | { readonly type: 'reopen'; readonly ticket: number }
  /**
   * Come to rest, write down how the next host is started, and end without ending anything: the next one goes on with all of it. Answered with null
   * just before the end, or with the reason why it goes on as before.
   */
  | { readonly type: 'hand-over'; readonly ticket: number; readonly to: NextHost }
  /** Stop every app, then exit (`holdfast kill`). */
  | { readonly type: 'shutdown'; readonly ticket: number }
  /** The daemon leaves on purpose: do not bring it back. */
  | { readonly type: 'goodbye' };

type WithoutTicket<C> = C extends unknown ? Omit<C, 'ticket'> : never;

/** A command that is answered, before it has its ticket. */
export type HostRequest = WithoutTicket<Extract<HostCommand, { readonly ticket: number }>>;

/** One numbered fact. `row` replaces what was known of that key; `removed` forgets it. */
export interface Fact {
  readonly type: 'fact';
  readonly seq: number;
  readonly event: HoldfastEvent | null;
  readonly row: InstanceRow | null;
  readonly removed: { readonly app: string; readonly key: number } | null;
  /** The rollout of an app has moved on. `release`: the one that is the app's from now on, where the state is `done`; null before, and where it failed. */
  readonly rollout: { readonly app: string; readonly state: RolloutState; readonly release: Release | null } | null;
}

/** What an app looks like to its host. */
export interface AppSnapshot {
  /** What the next launch that nobody asked something else for is made from: a rollout that is done has changed it. */
  readonly release: Release;
  /** The one that runs, or the latest since the host began. */
  readonly rollout: RolloutState | null;
  readonly rows: readonly InstanceRow[];
}

/** Host to daemon. */
export type HostMessage =
  /** First message after `hello`: all that is, then the facts not yet acknowledged follow. `missed` counts facts that fell out of the ring. */
  | {
      readonly type: 'snapshot';
      readonly protocol: number;
      readonly version: string;
      readonly name: string;
      readonly process: ProcessId;
      readonly seq: number;
      readonly missed: number;
      /** It knows `message`, `self-reports` and `hear`. Missing in hosts from before these: a command that they do not know would be taken for another. */
      readonly talks?: true;
      /** It knows the `end` of an `input`; hosts from before end every line with `\n`. */
      readonly endsLines?: true;
      readonly apps: readonly AppSnapshot[];
    }
  | Fact
  | {
      readonly type: 'reply';
      readonly ticket: number;
      readonly error: string | null;
      readonly lines?: readonly LogLine[];
      /** To `message`. */
      readonly answer?: CallAnswer;
      readonly selfReports?: readonly KeyedSelfReport[];
    }
  | { readonly type: 'lines'; readonly lines: readonly LogLine[]; readonly dropped: number }
  | { readonly type: 'messages'; readonly messages: readonly AppMessage[]; readonly dropped: number };

/** What became of a message: `data` is what the app has replied, null where nothing was waited for. The reason completes "Cannot send to app:0: ". */
export type CallAnswer =
  | { readonly kind: 'answered'; readonly data: unknown }
  | { readonly kind: 'not-called' | 'silent'; readonly reason: string };

/** Of the instance with that key. */
export interface KeyedSelfReport {
  readonly app: string;
  readonly key: number;
  readonly report: SelfReport;
}

/**
 * hosts/NAME.json: all that the next host of that name needs to go on where this one ended, without any daemon; and what a daemon needs to find
 * its processes. Moments of the monotonic clock in it hold for the whole boot.
 */
export interface HostRecord {
  readonly version: typeof RECORD_VERSION;
  readonly name: string;
  readonly bootId: string;
  readonly process: ProcessId;
  readonly launch: HostLaunch;
  /** Epoch milliseconds at which a host took over from a dead one, oldest first; only those that still count. */
  readonly takeovers: readonly number[];
  /** Epoch milliseconds before which the instances start no other host. */
  readonly nextTakeoverAt: number;
  /** It has given way to another: its end is no death, and nothing that it had read is lost. */
  readonly gaveWay: boolean;
  readonly apps: readonly RecordedApp[];
}

/** Raised when a field changes its meaning: a host goes on only from a record that it understands. */
export const RECORD_VERSION = 2;

/** How the host itself was started, so that the next one is started in the same way and never with the variables of an app. */
export interface HostLaunch {
  /** The Node that ran it. */
  readonly file: string;
  /** All of them, script, home and name included. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface RecordedApp {
  readonly name: string;
  /** Number of the app's own release. */
  readonly release: number;
  /** With those that instances run or are to run. */
  readonly releases: readonly Release[];
  readonly rollout: RolloutState | null;
  readonly instances: readonly RecordedInstance[];
}

/** One instance, living or at rest. */
export interface RecordedInstance extends SlotId {
  readonly role: InstanceRole;
  /** It is to be forgotten when it has ended. */
  readonly forget: boolean;
  /** Null where nothing runs. */
  readonly process: ProcessId | null;
  readonly machine: Omit<Instance, 'timer' | 'lastToken'>;
  /** Number of the release of its latest run, and of the next where that was said; null before the first. */
  readonly release: number | null;
  readonly next: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Not in the record of an earlier version. */
  readonly askedAt?: number;
  readonly startedAt: number | null;
  readonly lastDelayMs: Ms;
  readonly tally: readonly Tally[];
  readonly nodeVersion: string | null;
  readonly hasListened: boolean;
  /** Fork mode: what its preload said of its servers. */
  readonly listens: { readonly port: number | null; readonly reusesPort: boolean } | null;
}
