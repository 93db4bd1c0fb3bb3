// `completion`: words at the Tab key, for bash, zsh and fish: prints or installs what a shell needs, and answers it.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import type { Command, CommandEntry, Given } from '../command.ts';
import { candidatesFor, commandWord } from '../completion/candidates.ts';
import type { Known } from '../completion/candidates.ts';
import { marksOf, withBlock } from '../completion/block.ts';
import { completionScript, SHELL_NAMES } from '../completion/scripts.ts';
import type { ShellName } from '../completion/scripts.ts';
import type { Context } from '../context.ts';

/** A key was pressed: who does not answer by then is not waited for. */
const PATIENCE_MS = 1000;
const TAKES_FILES = /script|config|path|file/;

/** The command, over the table that it stands in. */
export function createCompletion(entries: () => readonly CommandEntry[]): Command {
  return {
    name: 'completion',
    aliases: [],
    summary: 'complete commands, options and names of apps at the Tab key',
    args: { usage: '[install|uninstall|shell] [shell]', min: 0, max: Infinity },
    options: [],
    examples: [
      { line: 'holdfast completion install', does: 'for the shell in SHELL: a marked block in ~/.bashrc or ~/.zshrc, a file for fish' },
      { line: 'holdfast completion install fish', does: 'for that one' },
      { line: 'holdfast completion uninstall', does: 'takes out exactly that' },
      { line: 'holdfast completion zsh', does: 'prints the lines, to put them where you like' },
    ],
    notes: ['Shells that run already know it after they are started again. No daemon is started for it.'],
    afterDashes: 'words',
    async run(ctx, given) {
      const [word = 'print', ...rest] = given.words;
      if (word === 'words') return printWords(ctx, entries(), rest);
      const isAction = word === 'install' || word === 'uninstall' || word === 'print';
      const shell = readShell(ctx, isAction ? rest : given.words);
      const script = await scriptFor(ctx, shell, entries());
      if (word === 'install' || word === 'uninstall') change(ctx, word, shell, script);
      else ctx.out(script.text);
      return 0;
    },
  };
}

interface Script {
  readonly program: string;
  readonly text: string;
}

/** Under another name (pm2) it answers by that name, whose home it then is. */
async function scriptFor(ctx: Context, shell: ShellName, entries: readonly CommandEntry[]): Promise<Script> {
  const program = path.basename(ctx.programPath) === 'pm2' ? 'pm2' : 'holdfast';
  const commands = await Promise.all(entries.map((entry) => entry.load()));
  const takesFiles = commands.filter(({ args }) => TAKES_FILES.test(args.usage)).flatMap(({ name, aliases }) => [name, ...aliases]);
  return { program, text: completionScript(shell, { program, names: program === 'pm2' ? ['pm2'] : ['holdfast', 'hold'], takesFiles }) };
}

function readShell(ctx: Context, words: Given['words']): ShellName {
  const [word = path.basename(ctx.env['SHELL'] ?? ''), ...more] = words;
  const shell = SHELL_NAMES.find((name) => name === word);
  if (shell !== undefined && more.length === 0) return shell;
  const reason =
    more.length > 0 ? `${JSON.stringify(more[0])} is one word too many` : `${JSON.stringify(word)} is none of ${SHELL_NAMES.join(', ')}`;
  throw new HoldfastError(
    'USAGE',
    `Cannot complete words: ${words.length === 0 && word === '' ? 'SHELL does not say in which shell' : reason}.`,
    {
      hint: 'holdfast completion install bash',
    },
  );
}

function change(ctx: Context, action: 'install' | 'uninstall', shell: ShellName, { program, text }: Script): void {
  const named = rcFile(ctx, { shell, program });
  const file = fs.existsSync(named) ? fs.realpathSync(named) : named; // dotfiles are often links into a repository
  try {
    const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    const after = withBlock(before, program, action === 'install' ? text : null);
    if (after === null)
      throw new HoldfastError('OPERATION_FAILED', `Cannot ${action} the completion: the marks in ${file} do not match.`, {
        hint: `take out what is between ${marksOf(program).begin} and ${marksOf(program).end} by hand`,
      });
    if (shell === 'fish' && after === '') fs.rmSync(file, { force: true });
    else if (after !== before) replace(file, after);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new HoldfastError('OPERATION_FAILED', `Cannot ${action} the completion: ${(error as Error).message}.`, { cause: error });
  }
  const done = action === 'install' ? `${shell} completes ${program}, from its next start: ${file}` : `nothing of it is left in ${file}`;
  ctx.say(`${ctx.palette.green('[holdfast]')} ${done}\n`);
}

function rcFile({ env }: Context, { shell, program }: { readonly shell: ShellName; readonly program: string }): string {
  const home = env['HOME'];
  if (home === undefined || home === '')
    throw new HoldfastError('USAGE', 'Cannot complete words: HOME does not say where the files of the shell are.');
  switch (shell) {
    case 'bash':
      return path.join(home, '.bashrc');
    case 'zsh':
      return path.join(env['ZDOTDIR'] || home, '.zshrc');
    case 'fish':
      return path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'fish/conf.d', `${program}-completion.fish`);
    default:
      return shell satisfies never;
  }
}

/** By a rename: a shell that starts meanwhile reads the old file or the new one. */
function replace(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(fresh, text, { mode: fs.statSync(file, { throwIfNoEntry: false })?.mode ?? 0o644 });
  fs.renameSync(fresh, file);
}

/** Answers a Tab: a line for each word, a tab and what it does behind it. Whatever fails, it is silent. */
async function printWords(ctx: Context, entries: readonly CommandEntry[], typed: readonly string[]): Promise<number> {
  const word = commandWord(typed);
  const entry = entries.find(({ words }) => word !== null && words.includes(word));
  if (word !== null && entry === undefined) return 0;
  const command = (await entry?.load()) ?? null;
  const asksCommands = command === null || command.args.usage.includes('command');
  const commands = asksCommands ? await Promise.all(entries.map((one) => one.load())) : [];
  const isOption = typed.at(-1)?.startsWith('-') === true;
  const known: Known = {
    apps: command !== null && /target|name/.test(command.args.usage) && !isOption ? await knownApps(ctx) : [],
    commands: commands.map(({ name, summary }) => ({ word: name, about: summary })),
  };
  ctx.out(
    candidatesFor(typed, command, known)
      .map((one) => `${one.word}\t${one.about}\n`)
      .join(''),
  );
  return 0;
}

/** Of a daemon that runs; none is started, and no home directory is made. */
async function knownApps(ctx: Context): Promise<Known['apps']> {
  if (!ctx.mayHaveDaemon()) return [];
  const given = new Promise<Known['apps']>((resolve) => void ctx.clock.setTimer(PATIENCE_MS, () => resolve([])));
  const asked = async (): Promise<Known['apps']> => {
    const client = ctx.client();
    return (await client.isRunning()) ? (await client.apps()).apps.map(({ name, namespace }) => ({ name, namespace })) : [];
  };
  return Promise.race([given, asked().catch(() => [])]);
}
