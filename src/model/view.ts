// What users see of apps, instances and the manager: computed by the daemon for every answer, never stored.
import type { AppSpec } from './app-spec.ts';
import type { HoldfastEvent } from './event.ts';
import type { Tally } from './instance.ts';
import type { InstanceRole, ProbeState } from './protocol.ts';
import type { AppMessage, SelfReport } from './self-report.ts';
import type { Overlap, RolloutAction, RolloutCause, RolloutState } from './rollout.ts';
import type { Bytes, Ms } from './units.ts';

/** The word shown. Derived from goal and phase by `daemon/seen-rows.ts`. */
export type Status =
  | 'starting'
  | 'online'
  | 'standby'
  | 'draining'
  | 'stopping'
  | 'waiting restart'
  | 'waiting'
  | 'stopped'
  | 'errored'
  | 'unsupervised';

export interface InstanceView {
  readonly id: number;
  readonly app: string;
  readonly namespace: string;
  readonly slot: number;
  readonly role: InstanceRole;
  readonly mode: AppSpec['mode'];
  readonly status: Status;
  /** Null without a process. */
  readonly pid: number | null;
  readonly uptimeMs: Ms | null;
  readonly startedAt: number | null;
  readonly createdAt: number;
  /** When it was last started, restarted or reset because somebody asked for it, or created; a daemon of an earlier version does not say. */
  readonly askedAt?: number;
  readonly healthy: boolean;
  readonly inRotation: boolean | null;
  readonly restarts: number;
  readonly unstable: number;
  readonly lastDelayMs: Ms;
  /** Milliseconds until the waiting restart, or the second chance of an errored one; null when none waits. */
  readonly restartInMs: Ms | null;
  /** Percent of one core over the last sampling period, process tree. */
  readonly cpu: number;
  /** RSS of the process tree. */
  readonly memory: Bytes;
  readonly tally: readonly Tally[];
  readonly nodeVersion: string | null;
  /** Number of the release it runs; 0 before its first launch. */
  readonly release: number;
  readonly readiness: ProbeState | null;
  readonly liveness: ProbeState | null;
  readonly outPath: string | null;
  readonly errorPath: string | null;
  /** Its metrics, its actions and how its library is configured. Only where asked for (`full`); null where it has told of none. */
  readonly selfReport: SelfReport | null;
}

/** What an app waits for before it is started (`depends_on`). */
export interface WaitingView {
  readonly for: readonly {
    readonly app: string;
    readonly condition: AppSpec['dependsOn'][number]['condition'];
    /** Completes "which": `is starting`. */
    readonly text: string;
  }[];
  readonly sinceMs: Ms;
  /** When this has passed it is given up. */
  readonly limitMs: Ms;
}

export interface AppView {
  readonly name: string;
  readonly namespace: string;
  readonly mode: AppSpec['mode'];
  readonly host: string;
  /** Who its instances run as; null: the user of the manager. */
  readonly uid: number | null;
  /** When its schedule is due next, epoch milliseconds; null without one, or when all of it is stopped. */
  readonly nextRunAt: number | null;
  /** Whether a change of its files restarts it: not while all of it is stopped. `paused`: it changed them itself, again and again. */
  readonly watch: 'on' | 'off' | 'paused';
  readonly instances: readonly InstanceView[];
  /** Null unless it waits. */
  readonly waiting: WaitingView | null;
  /** Oldest first; the current one is among them. */
  readonly releases: readonly ReleaseView[];
  /** The one that runs, or the latest one that is known. */
  readonly rollout: RolloutState | null;
  /** Only where asked for (`full`): it carries the environment. */
  readonly spec?: AppSpec;
}

/** A release that is remembered. */
export interface ReleaseView {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Without symlinks. */
  readonly cwd: string;
  readonly script: string;
  /** An instance of it has reached `min_uptime`, or a rollout to it was done. */
  readonly healthy: boolean;
  readonly current: boolean;
}

/** What a rollout would do: POST /v1/rollout-plans. */
export interface RolloutPlanView {
  readonly app: string;
  readonly cause: RolloutCause;
  readonly overlap: Overlap;
  /** One after the other; the slots of a wave at the same time, each by its steps in order. */
  readonly waves: readonly (readonly { readonly slot: number; readonly actions: readonly RolloutAction[] }[])[];
}

/** What POST /v1/rollout-plans answers to the request of an operation. */
export interface RolloutPlansReply {
  readonly plans: readonly RolloutPlanView[];
  /** What would happen besides, as sentences: `job is not in the list: it is started.` */
  readonly notes: readonly string[];
}

/** An open alert: an event of level `alert` that still holds. */
export interface AlertView {
  readonly app: string | null;
  readonly slot: number | null;
  readonly at: number;
  readonly text: string;
}

export interface AppsReply {
  readonly apps: readonly AppView[];
  readonly alerts: readonly AlertView[];
}

export interface HostView {
  readonly pid: number;
  readonly name: string;
  readonly apps: readonly string[];
  readonly version: string;
}

/** Which log files were emptied, and what was put aside of each before and stays. */
export interface FlushReply {
  readonly files: readonly {
    readonly path: string;
    /** Null for the manager's own. */
    readonly app: string | null;
    readonly bytes: Bytes;
    readonly kept: { readonly files: number; readonly bytes: Bytes };
  }[];
}

/** Who got a line of input. */
export interface InputReply {
  readonly sent: readonly { readonly app: string; readonly slot: number; readonly id: number }[];
}

/** Who was sent a message. */
export interface MessageReply {
  readonly sent: readonly { readonly app: string; readonly slot: number; readonly id: number }[];
}

/** What one instance has answered to an action, or why it has not. `called`: it was told to do it, and may have done so. */
export type TriggerAnswer = { readonly app: string; readonly namespace: string; readonly slot: number; readonly id: number } & (
  | { readonly called: true; readonly error: null; readonly at: number; readonly returned: unknown }
  | { readonly called: boolean; readonly error: string }
);

export interface TriggerReply {
  readonly answers: readonly TriggerAnswer[];
}

/** Where a debugger connects to an instance. */
export interface InspectionReply {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly pid: number;
  /** `ws://127.0.0.1:9229/` and a key that nobody else can guess. */
  readonly url: string;
}

/** A profile of the daemon, as a .cpuprofile or .heapprofile file has it. */
export interface ProfileReply {
  readonly profile: object;
}

/** What GET /v1/messages streams. */
export type AppMessageUpdate =
  | { readonly type: 'message'; readonly message: AppMessage }
  | { readonly type: 'left-out'; readonly count: number };

/** `holdfast info --json`. */
export interface ManagerView {
  readonly version: string;
  readonly home: string;
  readonly daemon: { readonly pid: number; readonly uptimeMs: Ms; readonly version: string };
  readonly hosts: readonly HostView[];
}

/** A line of `holdfast logs`: of an app, or an event of the manager. */
export interface LogEntry {
  /** Epoch milliseconds; null for a line read back from a file that carries no times. */
  readonly at: number | null;
  readonly app: string | null;
  readonly slot: number | null;
  readonly id: number | null;
  readonly stream: 'out' | 'err' | 'event';
  readonly level: 'info' | 'warn' | 'error' | 'alert';
  readonly text: string;
}

/** A log file of an app that can be read. Instances that share it cannot be told apart in it, nor can its two streams where both go to it. */
export interface LogFileView {
  /** Absolute; what was put aside of it lies beside it. */
  readonly path: string;
  readonly app: string;
  /** Null where instances share it. */
  readonly slot: number | null;
  readonly id: number | null;
  /** What goes to it; `out` is the first where both do. */
  readonly streams: readonly ('out' | 'err')[];
  /** What stands before each line (`log_date_format`); null for nothing. */
  readonly dateFormat: string | null;
  /** Each line is a JSON object with the message in it (`log_type: json`). */
  readonly json: boolean;
}

/** Where the events of the manager are kept, and which of them are meant. */
export interface EventFileView {
  readonly path: string;
  /** With the ids of the slots that are meant. */
  readonly apps: readonly { readonly name: string; readonly slots: readonly { readonly slot: number; readonly id: number }[] }[];
  /** Whether those that are of no app are meant too. */
  readonly own: boolean;
}

/** What GET /v1/log-sources streams: the files first and whenever they change; then what is in no file, or is quicker known than read. */
export type LogSourceUpdate =
  | { readonly type: 'files'; readonly files: readonly LogFileView[]; readonly events: EventFileView }
  | { readonly type: 'entry'; readonly entry: LogEntry };

/** How one instance fared in an operation. */
export interface OutcomeView {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly ok: boolean;
  /** `online`, `stopped`, or the reason of the failure. */
  readonly text: string;
}

/** A long action: answered at once with its id, then watched. */
export interface OperationView {
  readonly id: string;
  readonly action: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcomes: readonly OutcomeView[];
  /** Set when the whole failed for a reason that is no instance's. */
  readonly error: string | null;
  readonly warnings: readonly string[];
  /** What it waits behind before it begins: `reload of api`; null once it has begun. */
  readonly waitsFor: string | null;
  /** Its rollouts so far, one an app; each change of one is a new update of the operation. A failed one carries its reason and last lines. */
  readonly rollouts: readonly AppRolloutView[];
}

/** The rollout of one app within an operation. */
export interface AppRolloutView {
  readonly app: string;
  readonly rollout: RolloutState;
}

/** What a stream of an operation carries, one JSON object an SSE `data:` line; ends with `operation` in a final state. */
export type OperationUpdate =
  | { readonly type: 'event'; readonly event: HoldfastEvent }
  | { readonly type: 'operation'; readonly operation: OperationView };

/** POST /v1/log-reopenings. */
export interface ReopenReply {
  /** The hosts whose apps' log files are opened anew. */
  readonly hosts: readonly string[];
}
