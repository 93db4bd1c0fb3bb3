// A script with the options of the command line as an app of a config file. Pure.
import { overridesOf } from './drafts.ts';
import type { StartFlags } from './flags.ts';

/** What was typed: paths in it begin where it was typed. */
export interface TypedScript {
  readonly script: string;
  readonly name: string;
  readonly flags: StartFlags;
  readonly scriptArgs: readonly string[];
}

/** The text of a config file that starts the same app, with what was said and nothing else. */
export function printConfig({ script, name, flags, scriptArgs }: TypedScript): string {
  const said = overridesOf(flags, () => true).map(({ attribute, value }) => [attribute, value] as const);
  const args = scriptArgs.length === 0 ? {} : { args: scriptArgs };
  return `${JSON.stringify({ script, ...Object.fromEntries(said), name, ...args }, null, 2)}\n`;
}
