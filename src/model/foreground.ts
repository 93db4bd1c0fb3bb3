// What `holdfast run` was asked for: the form that crosses from the command line to the foreground runtime, and to the process that reads configs for it.
import type { EventLevel } from './event.ts';
import type { Ms } from './units.ts';

/**
 * How lines look. `plain`: as the app wrote them. `prefixed`: `id|name | ` before each. `json` and `key-value`: as PM2's pm2-runtime
 * prints them with --json and --format.
 */
export type LineStyle = 'plain' | 'prefixed' | 'json' | 'key-value';

/** What was named on the command line. Plain data: it is sent to another process. */
export interface Named {
  readonly words: readonly string[];
  readonly scriptArgs: readonly string[];
  readonly options: Readonly<Record<string, string | true | readonly string[]>>;
  readonly silent: boolean;
  /** Whether the command is used in place of PM2. */
  readonly asPm2: boolean;
}

/** Colours, or none. */
export interface Paint {
  readonly prefix: (text: string) => string;
  readonly event: (text: string, level: EventLevel) => string;
}

export interface ForegroundRequest {
  readonly named: Named;
  /** Null: `plain` for one app, `prefixed` for several. */
  readonly style: LineStyle | null;
  /** Leave when no app is left. */
  readonly autoExit: boolean;
  /** How long everything may take to stop. */
  readonly stopTimeoutMs: Ms;
  /** Before anything is started. */
  readonly delayMs: Ms;
  readonly paint: Paint;
}
