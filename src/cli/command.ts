// What a command of the command line is, as data: its words, its options, its examples and the function that runs it.
import type { Context } from './context.ts';

/** One option. The table of start options in `config/flags.ts` has this shape too. */
export interface Option {
  /** Long spelling without the dashes; for a negative option including its `no-`. */
  readonly name: string;
  /** Other long spellings, not shown in the help. */
  readonly aliases: readonly string[];
  /** One letter, or null. */
  readonly short: string | null;
  /**
   * `values` may be given several times; `maybe` takes a value only in the same word (`--timestamp=HH:mm`). `maybes` may be given several times, with
   * a value or without: the next word is one where another is left for the command to act on.
   */
  readonly takes: 'value' | 'values' | 'maybe' | 'maybes' | 'nothing';
  /** How the value is called in the help; null for a switch. */
  readonly placeholder: string | null;
  /** It is taken, and what it asks for does not come about: the help says why, and so does a warning. */
  readonly missed?: true;
  readonly help: string;
}

/** A command line that works as it stands, and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What stands after the command, as the help shows it, and how many words that may be. */
export interface Arguments {
  readonly usage: string;
  readonly min: number;
  readonly max: number;
}

/** What the user gave: long name of an option to its value, `true` for a switch, a list for `takes: 'values'` and `'maybes'`. */
export interface Given {
  readonly words: readonly string[];
  /** What stood after `--`, for a command that hands it to a script; empty for all others. */
  readonly scriptArgs: readonly string[];
  readonly options: Readonly<Record<string, string | true | readonly string[]>>;
}

/** One command. */
export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line, without a full stop. */
  readonly summary: string;
  readonly args: Arguments;
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** Paragraphs for its help page. */
  readonly notes: readonly string[];
  /** Where `--` ends our words: what follows belongs to the script, or is one of our words that begins with a dash. */
  readonly afterDashes: 'script' | 'words';
  /** Does it and resolves to the exit code. */
  run(ctx: Context, given: Given): Promise<number>;
}

/** The words that call a command, and how to get at it. The command itself is loaded when it is used. */
export interface CommandEntry {
  /** Its name, then its aliases. */
  readonly words: readonly string[];
  load(): Promise<Command>;
}

/** No words at all. */
export const NO_ARGUMENTS: Arguments = { usage: '', min: 0, max: 0 };

/** At least one target. */
export const TARGETS: Arguments = { usage: '<target...>', min: 1, max: Infinity };

/** A switch. */
export function toggle(name: string, help: string, short: string | null = null): Option {
  return { name, aliases: [], short, takes: 'nothing', placeholder: null, help };
}

/** An option with a value, called `placeholder` in the help. */
export function valued(name: string, placeholder: string, help: string): Option {
  return { name, aliases: [], short: null, takes: 'value', placeholder, help };
}

/** The machine-readable form of what would be printed as a table. */
export const JSON_OPTION: Option = toggle('json', 'print JSON instead');

/** For commands that wait until what they asked for has happened. */
export const NO_WAIT_OPTION: Option = toggle('no-wait', 'return as soon as it was asked for');

/** Options that every command has, before or after its name. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  toggle('help', 'this help', 'h'),
  toggle('version', 'print the version', 'v'),
  toggle('silent', 'print errors, and otherwise only what was asked for (a list, a page, logs)', 's'),
  toggle('no-color', 'no colours on a terminal (NO_COLOR and FORCE_COLOR work too)'),
];
