// The command line from its arguments to its exit code. It knows no command by name, and no process.
import { VERSION } from '../model/version.ts';
import type { CommandEntry } from './command.ts';
import type { Context, Shell } from './context.ts';
import { exitCodeOf, renderError } from './errors.ts';
import { parseCommandLine } from './parse.ts';
import type { Parsed } from './parse.ts';
import { pm2Variable } from './pm2-variable.ts';
import { createPalette, wantsColour } from './render/colour.ts';

/** Runs one command line; resolves to the exit code and never rejects. */
export async function main(argv: readonly string[], shell: Shell, entries: readonly CommandEntry[]): Promise<number> {
  try {
    return await run(argv, shell, entries);
  } catch (error) {
    const colour = wantsColour({ refused: argv.includes('--no-color'), isTTY: shell.errIsTTY, env: shell.env });
    shell.err(renderError(error, createPalette(colour)));
    return exitCodeOf(error);
  }
}

async function run(argv: readonly string[], shell: Shell, entries: readonly CommandEntry[]): Promise<number> {
  const parsed = await parseCommandLine(argv, entries);
  switch (parsed.kind) {
    case 'version':
      shell.out(`${VERSION}\n`);
      return 0;
    case 'nothing':
      return printHelp(shell, { entries, exitCode: 1 });
    case 'help':
      if (parsed.command === null) return printHelp(shell, { entries, exitCode: 0 });
      shell.out((await import('./render/help.ts')).renderCommandHelp(parsed.command));
      return 0;
    case 'run':
      return runCommand(createContext(shell, parsed), parsed);
    default:
      return parsed satisfies never;
  }
}

async function runCommand(ctx: Context, { command, given, missed }: Extract<Parsed, { kind: 'run' }>): Promise<number> {
  if (missed.length > 0) {
    const { renderWarning } = await import('./render/operation.ts');
    for (const { name, help } of missed) ctx.err(renderWarning(`--${name} has ${help}.`, ctx.errPalette));
  }
  try {
    return await command.run(ctx, given);
  } finally {
    const met = ctx.daemonVersion();
    if (met !== null && met !== VERSION && !ctx.silent)
      ctx.err(
        `${ctx.errPalette.dim('[holdfast] Note:')} the daemon runs version ${met}, this is ${VERSION}; holdfast update brings it up to date\n`,
      );
  }
}

async function printHelp(shell: Shell, { entries, exitCode }: { entries: readonly CommandEntry[]; exitCode: number }): Promise<number> {
  const { renderHelp } = await import('./render/help.ts');
  shell.out(renderHelp(await Promise.all(entries.map((entry) => entry.load()))));
  return exitCode;
}

function createContext(shell: Shell, { silent: isAsked, colourRefused }: { silent: boolean; colourRefused: boolean }): Context {
  const silent = isAsked || /^(true|1)$/.test(pm2Variable(shell, 'PM2_SILENT') ?? '');
  const paletteFor = (isTTY: boolean): Context['palette'] => createPalette(wantsColour({ refused: colourRefused, isTTY, env: shell.env }));
  return {
    ...shell,
    silent,
    palette: paletteFor(shell.isTTY),
    errPalette: paletteFor(shell.errIsTTY),
    say: (text) => (silent ? undefined : shell.out(text)),
  };
}
