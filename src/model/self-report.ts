// What an app tells of itself over Node's message channel, in the words of `pmx` and `@pm2/io`, and what else it says there. No behaviour.

/** A metric: `value` with what the app says besides of it, `unit`, `type`, `historic`. */
export type Metric = Readonly<Record<string, unknown>>;

/** Something that the app does when it is told to. */
export interface AppAction {
  readonly action_name: string;
  readonly [more: string]: unknown;
}

/** What an instance has told of itself in its present run. */
export interface SelfReport {
  /** By name, the latest of each. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** In the order in which they were told, one a name. */
  readonly actions: readonly AppAction[];
  /** What its library was configured with. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Of each of the three so many are kept, and none whose JSON is longer than so many characters. */
export const MAX_ENTRIES = 100;
export const MAX_ENTRY_CHARS = 1024;

/** A message of an app, as it came. */
export interface AppMessage {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly app: string;
  readonly slot: number;
  readonly id: number;
  readonly message: unknown;
}

/** What an app says that is longer as JSON is not handed on. */
export const MAX_MESSAGE_CHARS = 2 ** 20;

/** In a second so many messages of an instance, and so many characters, are handed on to those who hear them. */
export const MESSAGES_PER_SECOND = { count: 100, chars: MAX_MESSAGE_CHARS } as const;
