// What a command sees of the world: the client, its output, its terminal and its place. It reads nothing by itself; bin/cli.ts fills it.
import type { Client } from '../client/client.ts';
import type { ForegroundRequest } from '../model/foreground.ts';
import type { Home } from '../model/home.ts';
import type { OpenLogReader } from '../model/log-request.ts';
import type { Ms } from '../model/units.ts';
import type { Palette } from './render/colour.ts';
import type { Machine } from './render/machine.ts';

/** The clock as the command line needs it. */
export interface Clock {
  /** Epoch milliseconds. */
  epochMs(): number;
  /** Calls `fire` once after the delay unless cancelled. */
  setTimer(delayMs: Ms, fire: () => void): () => void;
}

/** What a command does with a terminal that it has for itself. */
export interface TerminalUse {
  /** Written when it takes the terminal, and when it gives it back, however it ends. */
  readonly enter: string;
  readonly leave: string;
  /** What is typed, as the terminal sends it: nothing of it is shown, nothing has a meaning. */
  typed(text: string): void;
  /** It has another size, or shows something else and is to be drawn anew. */
  resized(): void;
  /** The process is asked to end, or the terminal is gone. */
  ended(exitCode: number): void;
}

/** A terminal that a command has for itself. */
export interface Terminal {
  size(): { readonly columns: number; readonly rows: number };
  /** Gives it back and stops, as Ctrl-Z does; `resized` tells of the end of that. */
  suspend(): void;
  /** Gives it back. */
  close(): void;
}

/** How another program ended; `code` is 1 where a signal has ended it. */
export interface ProgramEnd {
  readonly code: number;
  /** What was taken of its standard output. */
  readonly printed: string;
}

/** What the process gives; the same for every command. */
export interface Shell {
  /** Writes to standard output, at once and whole. */
  out(text: string | Uint8Array): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** Whether standard output is a terminal. */
  readonly isTTY: boolean;
  /** Whether standard error is one. */
  readonly errIsTTY: boolean;
  /** Width of the terminal; of no meaning where there is none. */
  readonly columns: number;
  /** Its height, likewise. */
  readonly rows: number;
  readonly cwd: string;
  /** `process.env` itself: config files may add to it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of standard input. Rejects with the reason where it is a terminal, or cannot be read. */
  readonly readInput: () => Promise<string>;
  /** Number of the user that runs the command. */
  readonly uid: number;
  /** Name of the user of that number; its digits where no list of users has it. */
  userName(uid: number): string;
  /** The version of the package that a script belongs to, by its absolute path; null where there is none. */
  versionOf(script: string): string | null;
  machine(): Machine;
  /** The Node that runs us, and apps where nothing else is said. Absolute. */
  readonly nodePath: string;
  /** Absolute path of the static file server: what the script `serve` means. */
  staticServer(): string;
  /** The command as it was called, links included. Absolute. */
  readonly programPath: string;
  /** Whether it is used in place of PM2, under its name or in its home directory: exit codes are PM2's then. */
  readonly asPm2: boolean;
  readonly clock: Clock;
  /** Whether a process of that number lives. A zombie does not, and nobody may ever take it away (a container without an init). */
  isAlive(pid: number): boolean;
  /** What comes on standard input, line by line without their ends, until it ends or the signal is aborted. To be asked for once. */
  lines(signal: AbortSignal): AsyncIterable<string>;
  /** Opens the file in an editor, which has the terminal until it ends; its exit code. `editor` may have arguments. */
  edit(editor: string, file: string): Promise<number>;
  /** Runs another program, a name in PATH or a path, with its arguments; its output is shown as it comes, or taken. Rejects where it cannot be started. */
  runProgram(words: readonly [string, ...string[]], output: 'shown' | 'taken'): Promise<ProgramEnd>;
  /** The terminal with its keyboard. Rejects with USAGE where standard input or output is none. */
  openTerminal(use: TerminalUse): Promise<Terminal>;
  /** Asks the daemon of this process number to leave; its apps stay. Harmless when it is gone. */
  endDaemon(pid: number): void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Reads log files: what they look like is not known in this folder. */
  readonly openLogReader: OpenLogReader;
  /** The home directory, made where it is missing. Throws HOME_UNUSABLE. */
  home(): Home;
  /** Whether a daemon may answer there: its socket is in place. Nothing is made. */
  mayHaveDaemon(): boolean;
  /** The version of the daemon that has answered last; null when none has. */
  daemonVersion(): string | null;
  /** The client of the daemon of that home. */
  client(): Client;
  /** Runs apps in this very process, without a daemon, until they or a signal end it; resolves to the exit code. */
  foreground(request: ForegroundRequest): Promise<number>;
}

/** The shell as one command sees it, after its global options. */
export interface Context extends Shell {
  readonly silent: boolean;
  readonly palette: Palette;
  readonly errPalette: Palette;
  /** Writes to standard output what nobody asked for by name; nothing with --silent. */
  say(text: string): void;
}
