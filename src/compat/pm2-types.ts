// The types of PM2's programmatic API, as programs in TypeScript see them: published as they stand here, so nothing is imported.

/** Node's way to answer: the error or null, then the result. */
export type Callback<R> = (error: Error | null, result: R) => void;

/** A name, a namespace, `all`, `/a regular expression/`, an id, or the path of a config file. */
export type Target = string | number;

/** The attributes of an app, PM2's and Holdfast's: docs/reference/configuration.md. */
export interface StartOptions {
  script?: string;
  name?: string;
  namespace?: string;
  cwd?: string;
  args?: string | string[];
  interpreter?: string;
  interpreter_args?: string | string[];
  node_args?: string | string[];
  exec_mode?: 'fork' | 'cluster' | 'fork_mode' | 'cluster_mode';
  instances?: number | string;
  env?: Record<string, string | number | boolean>;
  autorestart?: boolean;
  max_restarts?: number;
  min_uptime?: number | string;
  max_memory_restart?: number | string;
  restart_delay?: number | string;
  kill_timeout?: number | string;
  wait_ready?: boolean;
  listen_timeout?: number | string;
  cron_restart?: string;
  out_file?: string;
  error_file?: string;
  merge_logs?: boolean;
  [attribute: string]: unknown;
}

/** What may be given beside a target or a config file. */
export interface ActionOptions {
  /** The `env_<name>` block of a config file. */
  env?: string;
  /** Only these apps of a config file, with commas between them. */
  only?: string;
  /** Restart and reload: what was inherited from the environment is inherited anew from this process. */
  updateEnv?: boolean;
  /** Start: a running app of that name gets these settings. */
  force?: boolean;
  [option: string]: unknown;
}

/** A config as a value: one app, a list, or `{ apps }`. */
export type Config = StartOptions | StartOptions[] | { apps: StartOptions[] };

/** The words for a status. */
export type ProcessStatus = 'launching' | 'online' | 'stopping' | 'stopped' | 'errored' | 'waiting restart';

/** An entry of the list, as `jlist` prints it. */
export interface ProcessDescription {
  pid: number;
  name: string;
  pm2_env: Pm2Env;
  pm_id: number;
  monit: { memory: number; cpu: number };
}

/** The part of an entry that programs read most; there is more. */
export interface Pm2Env {
  name: string;
  namespace: string;
  pm_id: number;
  status: ProcessStatus;
  restart_time: number;
  unstable_restarts: number;
  pm_uptime: number;
  created_at: number;
  exit_code?: number;
  node_version?: string;
  version: string;
  pm_exec_path: string;
  pm_cwd: string;
  exec_mode: 'fork_mode' | 'cluster_mode';
  exec_interpreter: string;
  instances: number;
  pm_out_log_path: string;
  pm_err_log_path: string;
  env: Record<string, string | number | boolean>;
  [key: string]: unknown;
}

/** What `start`, `restart`, `stop`, `reload` and `delete` answer for each instance. One that was started for the first time carries its whole `pm2_env`. */
export interface Proc {
  name: string;
  namespace: string;
  pm_id: number;
  status: ProcessStatus;
  restart_time: number;
  pm2_env: {
    name: string;
    namespace: string;
    pm_id: number;
    status: ProcessStatus;
    restart_time: number;
    env: Record<string, string | number | boolean>;
  };
  /** Of one that was started for the first time. */
  pid?: number;
  process?: { pid: number };
}

export interface Success {
  success: true;
}

/** What a debugger connects to: `ws://127.0.0.1:9229/...`. */
export interface Inspection extends Success {
  url: string;
}

/** Chrome's developer tools open it. */
export interface ProfileFile {
  file: string;
}

export interface Connection {
  /** Whether this call has started the daemon. */
  new_pm2_instance: boolean;
  daemon_mode: boolean;
  rpc_socket_file: string;
  pub_socket_file: string;
  pm2_home: string;
}

/** A message for an app. `id` is the first argument where it is not here. */
export interface DataPacket {
  id?: Target;
  type?: string;
  topic: string;
  data: unknown;
  [field: string]: unknown;
}

export interface SentData {
  success: true;
  data: DataPacket;
}

/** An action of the app with that id, or of those of that name. Without `opts` and `uuid` the app gets the bare name of the action, else all of this. */
export interface ActionRequest {
  id?: Target;
  name?: string;
  msg: string;
  opts?: unknown;
  uuid?: string;
  [field: string]: unknown;
}

/** What an app has returned to an action. */
export interface ActionReply {
  process: { pm_id: number; name: string; namespace: string };
  data: { at: number; action_name: string; return: unknown };
  /** Epoch milliseconds. */
  at: number;
}

/** What methods do: without a callback they answer with a promise. */
export interface Methods {
  connect(callback: Callback<Connection>): void;
  connect(noDaemon: boolean, callback: Callback<Connection>): void;
  connect(noDaemon?: boolean): Promise<Connection>;
  disconnect(callback: Callback<Success>): void;
  disconnect(): Promise<Success>;
  close(callback: Callback<Success>): void;
  close(): Promise<Success>;
  list(callback: Callback<ProcessDescription[]>): void;
  list(): Promise<ProcessDescription[]>;
  describe(target: Target, callback: Callback<ProcessDescription[]>): void;
  describe(target: Target): Promise<ProcessDescription[]>;
  start(what: Target | Config, callback: Callback<Proc[]>): void;
  start(what: Target | Config, options: StartOptions & ActionOptions, callback: Callback<Proc[]>): void;
  start(what: Target | Config, options?: StartOptions & ActionOptions): Promise<Proc[]>;
  stop(target: Target | Config, callback: Callback<Proc[]>): void;
  stop(target: Target | Config): Promise<Proc[]>;
  restart(target: Target | Config, callback: Callback<Proc[]>): void;
  restart(target: Target | Config, options: ActionOptions, callback: Callback<Proc[]>): void;
  restart(target: Target | Config, options?: ActionOptions): Promise<Proc[]>;
  reload(target: Target | Config, callback: Callback<Proc[]>): void;
  reload(target: Target | Config, options: ActionOptions, callback: Callback<Proc[]>): void;
  reload(target: Target | Config, options?: ActionOptions): Promise<Proc[]>;
  delete(target: Target | Config, callback: Callback<Proc[]>): void;
  delete(target: Target | Config): Promise<Proc[]>;
  /** `4` is a total, `'+2'` and `'-1'` are changes. */
  scale(name: string, count: number | string, callback: Callback<Success>): void;
  scale(name: string, count: number | string): Promise<Success>;
  reset(target: Target, callback: Callback<Success>): void;
  reset(target: Target): Promise<Success>;
  dump(callback: Callback<Success>): void;
  dump(force: boolean, callback: Callback<Success>): void;
  dump(force?: boolean): Promise<Success>;
  clearDump(callback: Callback<Success>): void;
  clearDump(): Promise<Success>;
  resurrect(callback: Callback<Success>): void;
  resurrect(): Promise<Success>;
  ping(callback: Callback<{ msg: 'pong' }>): void;
  ping(): Promise<{ msg: 'pong' }>;
  getVersion(callback: Callback<string>): void;
  getVersion(): Promise<string>;
  kill(callback: Callback<Success>): void;
  kill(): Promise<Success>;
  killDaemon(callback: Callback<Success>): void;
  killDaemon(): Promise<Success>;
  flush(callback: Callback<ProcessDescription[]>): void;
  flush(target: Target, callback: Callback<ProcessDescription[]>): void;
  flush(target?: Target): Promise<ProcessDescription[]>;
  reloadLogs(callback: Callback<Success>): void;
  reloadLogs(): Promise<Success>;
  sendSignalToProcessName(signal: string | number, name: Target, callback: Callback<ProcessDescription[]>): void;
  sendSignalToProcessName(signal: string | number, name: Target): Promise<ProcessDescription[]>;
  sendSignalToProcessId(signal: string | number, id: Target, callback: Callback<ProcessDescription[]>): void;
  sendSignalToProcessId(signal: string | number, id: Target): Promise<ProcessDescription[]>;
  sendLineToStdin(id: Target, line: string, callback: Callback<{ pm_id: Target; line: string }>): void;
  sendLineToStdin(id: Target, line: string, separator: string, callback: Callback<{ pm_id: Target; line: string }>): void;
  sendLineToStdin(id: Target, line: string, separator?: string): Promise<{ pm_id: Target; line: string }>;
  /** A message for the app, which gets the whole of it: `process.on('message')`. */
  sendDataToProcessId(packet: DataPacket, callback: Callback<SentData>): void;
  sendDataToProcessId(id: Target, packet: DataPacket, callback: Callback<SentData>): void;
  sendDataToProcessId(packet: DataPacket): Promise<SentData>;
  sendDataToProcessId(id: Target, packet: DataPacket): Promise<SentData>;
  /** Tells apps to do an action that they have told of, and waits for nothing. */
  msgProcess(request: ActionRequest, callback: Callback<{ process_count: number; success: true }>): void;
  msgProcess(request: ActionRequest): Promise<{ process_count: number; success: true }>;
  /** The same, and waits for what each returns. */
  trigger(target: Target, action: string, callback: Callback<ActionReply[]>): void;
  trigger(target: Target, action: string, params: unknown, callback: Callback<ActionReply[]>): void;
  trigger(target: Target, action: string, params?: unknown): Promise<ActionReply[]>;
  /** Opens Node's inspector in one running instance. */
  inspect(target: Target, callback: Callback<Inspection>): void;
  inspect(target: Target): Promise<Inspection>;
  /** A profile of the daemon, in a file of the working folder. */
  profile(kind: 'cpu' | 'mem', callback: Callback<ProfileFile>): void;
  profile(kind: 'cpu' | 'mem', milliseconds: number, callback: Callback<ProfileFile>): void;
  profile(kind: 'cpu' | 'mem', milliseconds?: number): Promise<ProfileFile>;
  /** What a bug report needs, as text. PM2 prints it. */
  report(callback: Callback<string>): void;
  report(): Promise<string>;
  /** Sets nothing up: logs are rotated without it. */
  logrotate(options: object, callback: Callback<Success>): void;
  logrotate(options?: object): Promise<Success>;
  /** Calls a method by its name: `remote('restart', { name: 'api' })`. */
  remote(method: string, options: { name?: Target }, callback: Callback<never>): void;
  remote(method: string, options?: { name?: Target }): Promise<unknown>;
  /** The same with all arguments: `remoteV2('scale', { args: ['api', 4] })`. */
  remoteV2(method: string, options: { args?: unknown[] }, callback: Callback<never>): void;
  remoteV2(method: string, options?: { args?: unknown[] }): Promise<unknown>;
  getPID(callback: Callback<number[]>): void;
  getPID(name: string, callback: Callback<number[]>): void;
  getPID(name?: string): Promise<number[]>;
  getProcessIdByName(name: string, callback: Callback<number[]>): void;
  getProcessIdByName(name: string): Promise<number[]>;
  /** The variables of an instance. PM2 prints them instead. */
  env(target: Target, callback: Callback<Record<string, string>>): void;
  env(target: Target): Promise<Record<string, string>>;
  /** A module setting (`pm2-logrotate:max_size`), all of a module, or all there are. PM2 prints them instead. */
  get(callback: Callback<unknown>): void;
  get(key: string, callback: Callback<unknown>): void;
  get(key?: string): Promise<unknown>;
  conf(callback: Callback<unknown>): void;
  conf(key: string, callback: Callback<unknown>): void;
  conf(key?: string): Promise<unknown>;
  set(key: string, value: string | number | boolean, callback: Callback<Success>): void;
  set(key: string, value: string | number | boolean): Promise<Success>;
  /** `'key value key value'`. */
  multiset(pairs: string, callback: Callback<Success>): void;
  multiset(pairs: string): Promise<Success>;
  unset(key: string, callback: Callback<Success>): void;
  unset(key: string): Promise<Success>;
  /** Serves static files, as an app. What PM2 takes besides is ignored. */
  serve(folder: string, port: number | string, callback: Callback<Proc[]>): void;
  serve(folder: string, port: number | string, options: ServeOptions, callback: Callback<Proc[]>): void;
  serve(folder: string, port: number | string, options: ServeOptions, commander: unknown, callback: Callback<Proc[]>): void;
  serve(folder?: string, port?: number | string, options?: ServeOptions): Promise<Proc[]>;
  /** What this process reads goes to the instance, what that prints is printed here, until the input ends. */
  attach(id: Target, callback: Callback<void>): void;
  attach(id: Target, separator: string, callback: Callback<void>): void;
  attach(id: Target, separator?: string): Promise<void>;
  /** Has the saved apps come back at boot. Without root's rights it is an error that says what root has to type. */
  startup(platform: string, callback: Callback<Success>): void;
  startup(platform: string, options: StartupOptions, callback: Callback<Success>): void;
  startup(platform?: string, options?: StartupOptions): Promise<Success>;
  uninstallStartup(platform: string, callback: Callback<Success>): void;
  uninstallStartup(platform: string, options: StartupOptions, callback: Callback<Success>): void;
  uninstallStartup(platform?: string, options?: StartupOptions): Promise<Success>;
  /** Moves everything that runs to the version that is installed. */
  update(callback: Callback<Success>): void;
  update(): Promise<Success>;
  /** Does nothing, as in PM2. */
  autodump(callback: Callback<Success>): void;
  autodump(): Promise<Success>;
  /** Kills the daemon and removes its home directory, unless that is where PM2 or Holdfast live by themselves. */
  destroy(callback: Callback<Success>): void;
  destroy(): Promise<Success>;
}

/** What PM2 has and this has not: an error with the code USAGE and a hint. */
export type AbsentMethods =
  | 'install'
  | 'uninstall'
  | 'package'
  | 'publish'
  | 'generateModuleSample'
  | 'launchModules'
  | 'deploy'
  | 'pullAndReload'
  | 'pullAndRestart'
  | 'pullCommitId'
  | 'forward'
  | 'backward'
  | 'link'
  | 'unlink'
  | 'agentInfos'
  | 'killAgent'
  | 'monitorState';

export interface ServeOptions {
  /** Paths that lead nowhere get index.html. */
  spa?: boolean;
  basicAuthUsername?: string;
  basicAuthPassword?: string;
  [option: string]: unknown;
}

export interface StartupOptions {
  user?: string;
  /** The user's home folder. */
  hp?: string;
  serviceName?: string;
  waitIp?: boolean;
  [option: string]: unknown;
}

/** PM2's daemon past its API. */
export interface RemoteClient {
  /** Calls something of the daemon by PM2's name for it: `getMonitorData`, `restartProcessId`. */
  executeRemote(method: string, argument: unknown, callback: Callback<never>): void;
  executeRemote(method: string, argument?: unknown): Promise<unknown>;
  launchBus: Pm2['launchBus'];
  close: Methods['close'];
}

/** Where a manager of one's own lives. */
export interface CustomOptions {
  /** Its home directory; without it that of the environment. */
  pm2_home?: string;
  /** Where relative paths begin. */
  cwd?: string;
}

/** What happened to an instance. */
export interface ProcessEvent {
  event: 'start' | 'online' | 'exit' | 'restart' | 'restart overlimit' | 'stop' | 'reload';
  /** By a command. */
  manually: boolean;
  process: Omit<Pm2Env, 'env'>;
  /** Epoch milliseconds. */
  at: number;
}

/** A line that an instance has printed, with its end. */
export interface LogData {
  process: { pm_id: number; name: string; rev: null; namespace: string };
  at: number;
  data: string;
}

/** What an app has said: `data` of a message with a type, of any other `raw`, the whole of it. */
export interface MessageData {
  process: { pm_id: number; name: string; namespace: string };
  at: number;
  data?: unknown;
  raw?: unknown;
}

/** What happens, by topic: `process:event`, `log:out`, `log:err`, and whatever apps send. `holdfast:left-out` has the `count` of messages that are missing. A `*` in a pattern stands for any part of a topic, which the handler gets first. */
export interface Bus {
  on(topic: 'process:event', handler: (happened: ProcessEvent) => void): void;
  on(topic: 'process:msg' | 'process:exception' | 'human:event', handler: (message: MessageData) => void): void;
  on(topic: 'axm:reply', handler: (reply: ActionReply) => void): void;
  on(topic: 'log:out' | 'log:err', handler: (line: LogData) => void): void;
  on(pattern: string, handler: (...args: unknown[]) => void): void;
  off(pattern: string): void;
  close(): void;
  /** Emits `reconnect attempt` while no daemon is there, and `close`. */
  readonly sock: { on(event: string, listener: (...args: unknown[]) => void): unknown; close(): void };
}

/** PM2's programmatic API. */
export interface Pm2 extends Methods, Record<AbsentMethods, (...args: unknown[]) => Promise<never>> {
  launchBus(callback: (error: Error | null, bus: Bus, socket: Bus['sock']) => void): void;
  launchBus(): Promise<Bus>;
  /** Makes the API of another manager: `new pm2.custom({ pm2_home })`. */
  readonly custom: new (options?: CustomOptions) => Pm2;
  readonly pm2_home: string;
  readonly cwd: string;
  readonly daemon_mode: boolean;
  readonly Client: RemoteClient;
  /** What PM2's `conf.js` says; here nothing does. */
  readonly user_conf: Record<string, never>;
  /** Where things are: those of PM2's names that something of ours stands for. */
  readonly _conf: Readonly<Record<string, string>>;
}
