// What a supervisor needs of the world around it, as interfaces: the host wires the real ones, tests a deterministic world.
import type { Balancer, BalancerEvents } from '../balance/types.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import type { Sink } from '../log/sink.ts';
import type { AppSpec, ProbeSpec } from '../model/app-spec.ts';
import type { FromPreload, Succession, ToPreload } from '../model/preload-protocol.ts';
import type { Fact, ProcessId, SlotId } from '../model/protocol.ts';
import type { Bytes, Ms } from '../model/units.ts';
import type { AdoptedEvents } from '../platform/adopted-child.ts';
import type { Child, ChildEvents, LaunchOptions } from '../platform/child.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { LookResult } from '../probe/look.ts';
import type { LookTarget } from '../probe/target.ts';

/** Processes: how they are started, told apart, signalled and measured. */
export interface Processes {
  launch(options: LaunchOptions, on: ChildEvents): Child;
  /** Minds a process that a host launched which is dead. `leads`: it leads a session and process group of its own. */
  adopt(process: ProcessId, how: { readonly leads: boolean }, on: AdoptedEvents): Child;
  /** The pid with its kernel start time; null when the process is gone already. */
  identify(pid: number): ProcessId | null;
  isAlive(process: ProcessId): boolean;
  /** To the process, or to its whole tree and process group. Never throws for the dead. */
  signal(pid: number, signal: NodeJS.Signals, whole: boolean): void;
  /** Whether anything of its tree, zombies left out, is known to live after a child has ended. */
  isAnythingLeft(pid: number): boolean;
  measure(pids: readonly number[]): ReadonlyMap<number, { readonly rssBytes: Bytes }>;
  /** Who holds a TCP port: `pid 123 (node server.js)`. */
  holderOfPort(port: number): string | null;
  /** Whether the process or a descendant holds a listening socket. */
  listens(pid: number): boolean;
}

/** The log of one run, with the files it goes to. The run ends it with its last byte. */
export interface InstanceLog {
  readonly sink: Sink;
  readonly outPath: string | null;
  readonly errorPath: string | null;
}

/** What a look is to find out, and how long that may take. */
export interface Question {
  readonly check: ProbeSpec['check'];
  readonly timeoutMs: Ms;
}

/** Who hears what apps say over Node's message channel. */
export interface Ears {
  /** Whether anybody does. */
  isOpen(): boolean;
  said(by: { readonly app: string; readonly slot: number; readonly id: number }, message: unknown): void;
  /** So many were not even sent. */
  missed(count: number): void;
}

export interface World {
  readonly clock: Clock;
  readonly random: () => number;
  readonly processes: Processes;
  readonly plan: (spec: AppSpec, instance: SlotId) => LaunchPlan;
  /** `hold`: whether its output is to be left unread for a moment. */
  readonly openLog: (spec: AppSpec, instance: SlotId, hold: (isHeld: boolean) => void) => InstanceLog;
  readonly createBalancer: (spec: AppSpec, on: BalancerEvents) => Balancer;
  /** Looks at an instance once; `done` is called once, within `timeoutMs`, unless cancelled. */
  readonly look: (target: LookTarget, ask: Question, done: (result: LookResult) => void) => Cancel;
  /** As `Survivors.speakTo`. */
  readonly speakTo: (survivor: ProcessId, heard: (message: FromPreload) => void) => (message: ToPreload) => boolean;
  /** What an instance of cluster mode has to know for the time after this host; null where nothing is to follow it. */
  readonly succession: (app: string) => Succession | null;
  readonly ears: Ears;
  readonly publish: (fact: Omit<Fact, 'type' | 'seq'>) => void;
  /** A number no instance of this host has had before. */
  readonly nextKey: () => number;
  /** Leaves the pid where scripts look for it, and takes it away again. Null, or why that was not possible. */
  readonly pidFile: (how: 'write' | 'remove', file: string, pid: number) => string | null;
  /** Whether a file or folder is there. */
  readonly exists: (path: string) => boolean;
}
