// `profile:cpu` and `profile:mem`: a profile of the daemon, in a file of the working folder.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { parseDuration, printDuration } from '../../model/units.ts';
import type { Ms } from '../../model/units.ts';
import { JSON_OPTION } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';

const USUAL_MS: Ms = 10_000;
/** As the API takes it. */
const LONGEST_MS: Ms = 600_000;

const KINDS = {
  cpu: { summary: 'find out where the daemon spends processor time', ending: 'cpuprofile', panel: 'Performance' },
  mem: { summary: 'find out what holds memory in the daemon', ending: 'heapprofile', panel: 'Memory' },
} as const;

/** See the first line of this file. */
export function createProfile(kind: keyof typeof KINDS): Command {
  const { summary, ending, panel } = KINDS[kind];
  return {
    name: `profile:${kind}`,
    aliases: [],
    summary,
    args: { usage: '[time]', min: 0, max: 1 },
    options: [JSON_OPTION],
    examples: [{ line: `holdfast profile:${kind} 30s`, does: 'a profile of the next 30 seconds; of 10 where nothing is said' }],
    notes: [
      `It is for defects of Holdfast itself, and apps do not feel it. An app is profiled by Node: --node-args="--${kind === 'cpu' ? 'cpu-prof' : 'heap-prof'}", or holdfast inspect.`,
    ],
    afterDashes: 'words',
    async run(ctx, { words, options }) {
      const durationMs = readTime(words[0], kind);
      const file = path.join(ctx.cwd, `daemon-${new Date(ctx.clock.epochMs()).toISOString().slice(0, 19).replaceAll(':', '-')}.${ending}`);
      refuseFolder(ctx);
      const isJson = options['json'] !== undefined;
      if (!isJson) ctx.say(`${ctx.palette.green('[holdfast]')} profiling the daemon for ${printDuration(durationMs)}\n`);
      const { profile } = await ctx.client().profile({ kind, durationMs });
      write(file, JSON.stringify(profile));
      ctx.out(
        isJson
          ? `${JSON.stringify({ file })}\n`
          : `${ctx.palette.green('[holdfast]')} profile in ${file}: Chrome opens it (developer tools, ${panel})\n`,
      );
      return 0;
    },
  };
}

function readTime(word: string | undefined, kind: string): Ms {
  const durationMs = word === undefined ? USUAL_MS : parseDuration(word);
  if (durationMs !== undefined && durationMs >= 1 && durationMs <= LONGEST_MS) return Math.round(durationMs);
  throw new HoldfastError('USAGE', `Cannot profile for ${JSON.stringify(word)}: it is a time up to 10m; a bare number is milliseconds.`, {
    hint: `holdfast profile:${kind} 10s`,
  });
}

/** Before the time is spent. */
function refuseFolder({ cwd }: Context): void {
  try {
    fs.accessSync(cwd, fs.constants.W_OK);
  } catch (error) {
    throw new HoldfastError('OPERATION_FAILED', `Cannot write a profile into ${cwd}: ${(error as Error).message}.`, {
      hint: 'cd /tmp',
      cause: error,
    });
  }
}

function write(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new HoldfastError('OPERATION_FAILED', `Cannot write ${file}: ${(error as Error).message}.`, { cause: error });
  }
}
