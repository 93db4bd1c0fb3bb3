// The types of `createClient`, as programs in TypeScript see them: published as they stand here, so nothing is imported.

/** `all`, a name, a namespace, an id, or `/a regular expression/` against names. */
export type Target = string | number;

export type Targets = Target | readonly Target[];

/** An app with the attributes of docs/reference/configuration.md. */
export interface AppConfig {
  script: string;
  name?: string;
  instances?: number | 'max';
  exec_mode?: 'fork' | 'cluster';
  cwd?: string;
  args?: string | readonly string[];
  env?: Readonly<Record<string, string | number | boolean>>;
  [attribute: string]: unknown;
}

/** What a config file may hold; a string is the path of one. */
export type Config = AppConfig | readonly AppConfig[] | { readonly apps: readonly AppConfig[] } | string;

/** Where the daemon is, and whether it may be started. */
export interface ClientOptions {
  /** Its home directory. Without it HOLDFAST_HOME, PM2_HOME, or ~/.holdfast. */
  readonly home?: string;
  /** Its socket, in place of a home directory. Then no daemon is started, and no config is read. */
  readonly socket?: string;
  /** Whether a call starts the daemon where none runs (true). */
  readonly launch?: boolean;
  /** Where relative paths of configs begin (the working folder). */
  readonly cwd?: string;
}

/** The signal ends the waiting, not the operation. */
export interface OperationOptions {
  readonly signal?: AbortSignal;
}

/** Of a config: the `env_<name>` block, and which of its apps. */
export interface ConfigOptions extends OperationOptions {
  readonly env?: string;
  readonly only?: string | readonly string[];
}

/** How instances are replaced: so many at a time, or all new ones beside the old ones first. */
export interface RolloutOptions extends ConfigOptions {
  readonly parallel?: number;
  readonly surge?: 'one' | 'all';
}

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

/** Times are epoch milliseconds, sizes bytes. */
export interface Instance {
  readonly id: number;
  readonly app: string;
  readonly namespace: string;
  readonly slot: number;
  readonly mode: 'fork' | 'cluster';
  readonly status: Status;
  /** Null without a process. */
  readonly pid: number | null;
  readonly uptimeMs: number | null;
  readonly startedAt: number | null;
  readonly createdAt: number;
  readonly healthy: boolean;
  readonly inRotation: boolean | null;
  readonly restarts: number;
  readonly unstable: number;
  /** Percent of one core, of the process and its descendants. */
  readonly cpu: number;
  readonly memory: number;
  readonly nodeVersion: string | null;
  readonly release: number;
  readonly outPath: string | null;
  readonly errorPath: string | null;
}

export interface Release {
  readonly number: number;
  readonly createdAt: number;
  readonly cwd: string;
  readonly script: string;
  readonly healthy: boolean;
  readonly current: boolean;
}

export interface App {
  readonly name: string;
  readonly namespace: string;
  readonly mode: 'fork' | 'cluster';
  /** When its schedule is due next. */
  readonly nextRunAt: number | null;
  readonly instances: readonly Instance[];
  /** Oldest first. */
  readonly releases: readonly Release[];
}

/** An app with everything that was decided about it, its environment too. */
export interface AppDetails extends App {
  readonly spec: AppSpec;
}

/** The part of it that programs read most; there is more. */
export interface AppSpec {
  readonly name: string;
  readonly script: string;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Something that is wrong and lasts. */
export interface Alert {
  readonly app: string | null;
  readonly slot: number | null;
  readonly at: number;
  readonly text: string;
}

export interface Manager {
  readonly version: string;
  readonly home: string;
  readonly daemon: { readonly pid: number; readonly uptimeMs: number; readonly version: string };
  readonly hosts: readonly { readonly pid: number; readonly name: string; readonly apps: readonly string[]; readonly version: string }[];
}

/** How one instance fared in an operation. */
export interface Outcome {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly ok: boolean;
  readonly text: string;
}

export interface OperationState {
  readonly id: string;
  readonly action: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcomes: readonly Outcome[];
  readonly error: string | null;
  readonly warnings: readonly string[];
  /** What it waits behind; null once it has begun. */
  readonly waitsFor: string | null;
}

/** Something that happened; `kind` says which other fields there are. */
export interface HoldfastEvent {
  readonly kind: string;
  readonly at: number;
  /** Null, as `slot`, for what is of no app. */
  readonly app: string | null;
  readonly slot: number | null;
  readonly level: 'info' | 'warn' | 'error' | 'alert';
  /** The event as a sentence. */
  readonly text: string;
}

export type OperationUpdate =
  | { readonly type: 'event'; readonly event: HoldfastEvent }
  | { readonly type: 'operation'; readonly operation: OperationState };

/** Awaited: the end; rejects with OPERATION_FAILED. Iterated: what happens on the way. */
export type Operation = Promise<OperationState> & AsyncIterable<OperationUpdate>;

export interface LogEntry {
  /** Null where it is not known. */
  readonly at: number | null;
  readonly app: string | null;
  readonly slot: number | null;
  readonly id: number | null;
  readonly stream: 'out' | 'err' | 'event';
  readonly level: 'info' | 'warn' | 'error' | 'alert';
  /** Without its end. */
  readonly text: string;
}

/** The last `lines` (15) of each app, then what comes, until the signal is aborted or the loop is left; `follow: false` ends after the last lines. */
export interface LogsOptions {
  readonly targets?: Targets;
  readonly lines?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** The last ones that are remembered (none), then what comes, as with logs. */
export interface EventsOptions {
  readonly last?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** What an app has said over Node's message channel (`process.send`). */
export interface AppMessage {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly at: number;
  readonly message: unknown;
}

/** A message, or the number of those that came faster than they are handed on. */
export type MessageUpdate =
  | { readonly type: 'message'; readonly message: AppMessage }
  | { readonly type: 'left-out'; readonly count: number };

/** What one instance returned to an action, or why it has not. */
export interface Answer {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly error: string | null;
  readonly returned?: unknown;
}

/** Where a debugger connects to an instance. */
export interface Inspection {
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly pid: number;
  /** `ws://127.0.0.1:9229/` and a key that nobody else can guess. */
  readonly url: string;
}

/** What was emptied; of the manager itself where `app` is null. */
export interface Flushed {
  readonly files: readonly { readonly path: string; readonly app: string | null; readonly bytes: number }[];
}

/** What calls reject with. */
export interface HoldfastError extends Error {
  /** One of docs/reference/errors.md. */
  readonly code: string;
  /** What to do or type next. */
  readonly hint: string | undefined;
}

/** For `instanceof`. */
export interface HoldfastErrorConstructor {
  new (code: never, message: string): HoldfastError;
  readonly prototype: HoldfastError;
}

/** Every call rejects with a HoldfastError. */
export interface Client {
  ping(): Promise<{ readonly msg: 'pong'; readonly version: string; readonly pid: number }>;
  manager(): Promise<Manager>;
  /** All apps, or those that are meant. */
  list(targets?: Targets): Promise<readonly App[]>;
  /** The one app that is meant. */
  describe(target: Target): Promise<AppDetails>;
  alerts(): Promise<readonly Alert[]>;
  /** Starts what is in the list and down, or the apps of a config; those of it that are there get their settings and are restarted. */
  start(what: Targets | Config, options?: ConfigOptions): Operation;
  /** Of a config: with its settings. */
  restart(what: Targets | Config, options?: ConfigOptions): Operation;
  /** Replaces instances without a gap; of a config: with its settings. What does not come up changes nothing. */
  reload(what: Targets | Config, options?: RolloutOptions): Operation;
  /** To the latest earlier release that was healthy, or to that of the number `to`. */
  rollback(app: string, options?: OperationOptions & { readonly to?: number }): Operation;
  stop(targets: Targets, options?: OperationOptions): Operation;
  delete(targets: Targets, options?: OperationOptions): Operation;
  /** `4` is a total; `'+2'` and `'-1'` are changes. */
  scale(app: string, instances: number | `+${number}` | `-${number}`, options?: OperationOptions): Operation;
  /** Sets counters to zero. */
  reset(targets: Targets, options?: OperationOptions): Operation;
  signal(targets: Targets, signal: string, options?: OperationOptions): Operation;
  save(options?: OperationOptions & { readonly force?: boolean }): Operation;
  resurrect(options?: OperationOptions): Operation;
  logs(options?: LogsOptions): AsyncIterable<LogEntry>;
  events(options?: EventsOptions): AsyncIterable<HoldfastEvent>;
  /** Writes a line to the standard input of instances. */
  send(target: Target, line: string): Promise<void>;
  /** Sends a JSON value to instances, which they get as `process.on('message')`. */
  message(target: Target, message: unknown): Promise<void>;
  /** What apps say from now on. */
  messages(options?: OperationOptions): AsyncIterable<MessageUpdate>;
  /** Has instances do an action that they have told of (`@pm2/io`), and waits for what each returns. */
  trigger(target: Target, action: string, params?: unknown): Promise<readonly Answer[]>;
  /** Opens Node's inspector in the one instance that is meant, until its process ends, or finds the one that is open. */
  inspect(target: Target): Promise<Inspection>;
  /** A profile of the daemon over so many milliseconds (10 000, at most 600 000), as a .cpuprofile or .heapprofile file has it. */
  profile(kind: 'cpu' | 'mem', durationMs?: number): Promise<object>;
  /** Empties the log files of these apps, or of all. */
  flush(targets?: Targets): Promise<Flushed>;
  /** Has every log file opened anew, after somebody has moved it. */
  reopenLogs(): Promise<void>;
}
