// The public door of the config stage: what the user named becomes app specs, with every problem found on the way.
import type { AppSpec } from '../model/app-spec.ts';
import type { StartFlags } from './flags.ts';
import type { Problem } from './problem.ts';

/** What the command line asked for. Nothing else is read from the environment of the process. */
export interface SpecRequest {
  /** What the user named, in order: script paths, commands, shell lines, config files. */
  readonly targets: readonly string[];
  readonly flags: StartFlags;
  /** What stood after `--`. */
  readonly scriptArgs: readonly string[];
  /** Absolute. */
  readonly callerCwd: string;
  readonly callerEnv: Readonly<Record<string, string | undefined>>;
  /** Absolute folder of log files that have no path of their own. */
  readonly logsFolder: string;
  /** The Node that runs apps: `process.execPath` of the CLI. */
  readonly nodePath: string;
  /** How many cores `max` means. */
  readonly cpuCount: number;
}

/** Start nothing while `errors` is not empty. Print each problem with `printProblem`. */
export interface SpecsResult {
  readonly specs: readonly AppSpec[];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly notes: readonly Problem[];
}
