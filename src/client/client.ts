// The client of the daemon's control API: what every user interface talks through. It holds no state and knows no terminal.
import type {
  FlushRequest,
  InputRequest,
  InspectionRequest,
  MessageRequest,
  OperationRequest,
  PingReply,
  ProfileRequest,
  TriggerRequest,
} from '../model/api.ts';
import type { HoldfastEvent } from '../model/event.ts';
import type {
  AppMessageUpdate,
  AppsReply,
  FlushReply,
  InputReply,
  InspectionReply,
  LogEntry,
  LogSourceUpdate,
  ManagerView,
  MessageReply,
  OperationUpdate,
  OperationView,
  ProfileReply,
  ReopenReply,
  RolloutPlansReply,
  TriggerReply,
} from '../model/view.ts';
import type { AppsQuery } from './apps.ts';
import { createClientOver } from './client-over.ts';
import type { ConnectorOptions } from './connect.ts';
import type { EventsQuery } from './events.ts';
import type { LogsQuery } from './logs.ts';
import type { MessagesQuery } from './messages.ts';
import { dialByNet } from './net-dial.ts';

/** `socketPath` is the daemon's; `launch` starts a daemon and is called at most once per request, when none listens. */
export type ClientOptions = ConnectorOptions;

/** Every call rejects with a `HoldfastError`: the daemon's own refusal, or DAEMON_UNREACHABLE. */
export interface Client {
  /** The daemon's sign of life. */
  ping(): Promise<PingReply>;
  /** Version, home, daemon and hosts. */
  manager(): Promise<ManagerView>;
  /** Apps by target (all when none is given) with their instances and the open alerts. `full` adds the specs, which carry the environment. */
  apps(query?: AppsQuery): Promise<AppsReply>;
  /** Starts a long action; it is answered at once and then watched. Never sent twice. */
  operate(request: OperationRequest): Promise<OperationView>;
  /** What an operation would do, step by step; nothing is begun. */
  plan(request: OperationRequest): Promise<RolloutPlansReply>;
  /** What happens during an operation; the last update carries it in a final state. An aborted signal ends the iteration quietly. */
  watch(id: string, signal?: AbortSignal): AsyncIterable<OperationUpdate>;
  /** The last lines, then, with `follow`, the new ones until the signal is aborted. */
  logs(query: LogsQuery): AsyncIterable<LogEntry>;
  /** What has happened lately, then, with `follow`, what happens until the signal is aborted. */
  events(query?: EventsQuery): AsyncIterable<HoldfastEvent>;
  /** Writes a line to the standard input of instances. Never sent twice. */
  send(request: InputRequest): Promise<InputReply>;
  /** Sends a JSON value to instances over Node's message channel. Never sent twice. */
  message(request: MessageRequest): Promise<MessageReply>;
  /** Has instances do an action that they have told of, and waits for what each returns. Never sent twice. */
  trigger(request: TriggerRequest): Promise<TriggerReply>;
  /** Opens Node's inspector in one instance, or finds the one that is open. */
  inspect(request: InspectionRequest): Promise<InspectionReply>;
  /** A profile of the daemon itself, when so much time has passed. */
  profile(request: ProfileRequest): Promise<ProfileReply>;
  /** What apps say over Node's message channel from now on, until the signal is aborted. */
  messages(query?: MessagesQuery): AsyncIterable<AppMessageUpdate>;
  /** The files to read logs from; with `follow` also when these change, and the events and the lines that go to no file. */
  logSources(query: LogsQuery): AsyncIterable<LogSourceUpdate>;
  /** Empties the log files of these apps, or of all. */
  flush(request: FlushRequest): Promise<FlushReply>;
  /** Has every log file opened anew, after somebody has moved them. */
  reopenLogs(): Promise<ReopenReply>;
  /** Whether a daemon answers now; starts none. */
  isRunning(): Promise<boolean>;
}

/** Makes a client. Nothing is opened before the first call; each request has a connection of its own. */
export function createClient(options: ClientOptions): Client {
  return createClientOver(dialByNet, options);
}
