// The command line understood: which command, with which words and options; PM2's grammar, where options may stand before the command.
import { GLOBAL_OPTIONS } from './command.ts';
import type { Command, CommandEntry, Given, Option } from './command.ts';
import { HoldfastError } from '../model/errors.ts';
import { cutArguments } from './tokens.ts';
import type { OptionToken, Tokens } from './tokens.ts';

/** What the user wants. */
export type Parsed =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'version' }
  /** Null: of all commands. */
  | { readonly kind: 'help'; readonly command: Command | null }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly given: Given;
      readonly silent: boolean;
      readonly colourRefused: boolean;
      /** What was asked for and does not come about. */
      readonly missed: readonly Option[];
    };

/** Reads the command line. Throws USAGE for what it cannot understand, naming it. Loads one command, or all where an option stands before it. */
export async function parseCommandLine(argv: readonly string[], entries: readonly CommandEntry[]): Promise<Parsed> {
  if (argv.length === 0) return { kind: 'nothing' };
  const first = argv[0]!.startsWith('-') ? null : await loadCommand(argv[0]!, entries);
  const tokens = first === null ? await cutUnknown(argv, entries) : cutArguments(argv, [...GLOBAL_OPTIONS, ...first.options]);
  if (isGiven(tokens, 'version')) return { kind: 'version' };
  const command = first ?? (tokens.words.length === 0 ? null : await loadCommand(tokens.words[0]!, entries));
  if (isGiven(tokens, 'help')) return { kind: 'help', command };
  if (command === null) return withoutCommand(tokens);
  await checkOptions(command, tokens, entries);
  const given = gather(command, tokens);
  checkWords(command, given.words);
  const missed = command.options.filter((option) => option.missed === true && isGiven(tokens, option.name));
  return { kind: 'run', command, given, silent: isGiven(tokens, 'silent'), colourRefused: isGiven(tokens, 'no-color'), missed };
}

/** Options stand before the command: only all of them together tell which of the words is the command. */
async function cutUnknown(argv: readonly string[], entries: readonly CommandEntry[]): Promise<Tokens> {
  const globally = cutArguments(argv, GLOBAL_OPTIONS);
  if (globally.options.every((token) => token.option !== null)) return globally;
  const commands = await loadAll(entries);
  return cutArguments(argv, [...GLOBAL_OPTIONS, ...commands.flatMap((command) => command.options)]);
}

function withoutCommand(tokens: Tokens): Parsed {
  const unknown = tokens.options.find((token) => !GLOBAL_OPTIONS.includes(token.option!));
  if (unknown === undefined) return { kind: 'nothing' };
  throw new HoldfastError('USAGE', `Cannot run holdfast ${unknown.typed}: there is no command.`, { hint: 'holdfast help' });
}

/** The command of a word; USAGE when there is none. */
export async function loadCommand(word: string, entries: readonly CommandEntry[]): Promise<Command> {
  const entry = entries.find((candidate) => candidate.words.includes(word));
  if (entry !== undefined) return entry.load();
  const absent = (await import('./absent.ts')).absence(word);
  if (absent !== null) throw absent;
  const { suggest } = await import('../config/suggest.ts');
  const meant = suggest(
    word,
    entries.flatMap((candidate) => candidate.words),
  );
  const question = meant === null ? '' : ` Did you mean ${meant}?`;
  throw new HoldfastError('USAGE', `Cannot run holdfast ${word}: there is no such command.${question}`, {
    hint: meant === null ? 'holdfast help' : `holdfast ${meant}`,
  });
}

/** Every command, in the order of the table. */
export function loadAll(entries: readonly CommandEntry[]): Promise<Command[]> {
  return Promise.all(entries.map((entry) => entry.load()));
}

function isGiven(tokens: Tokens, name: string): boolean {
  return tokens.options.some((token) => token.option?.name === name);
}

async function checkOptions(command: Command, tokens: Tokens, entries: readonly CommandEntry[]): Promise<void> {
  const vocabulary = [...GLOBAL_OPTIONS, ...command.options];
  for (const token of tokens.options) {
    const option = token.option === null ? undefined : vocabulary.find((known) => known.name === token.option!.name);
    if (option === undefined) throw await unknownOption(command, token, entries);
    checkValue(command, { token, option, vocabulary });
  }
}

function checkValue(
  command: Command,
  { token, option, vocabulary }: { token: OptionToken; option: Option; vocabulary: readonly Option[] },
): void {
  if (option.takes === 'maybe' || option.takes === 'maybes') return;
  if (option.takes === 'nothing') {
    if (token.value !== undefined) throw misused(command, `${token.typed} takes no value, and was given ${JSON.stringify(token.value)}.`);
    return;
  }
  if (token.value === undefined || token.value === '')
    throw misused(command, `${token.typed} needs a value (${token.typed} <${option.placeholder}>).`);
  const swallowed = !token.inline && vocabulary.some((known) => spellings(known).includes(token.value!));
  if (swallowed)
    throw misused(
      command,
      `${token.typed} needs a value, and ${token.value} follows; write ${token.typed}=${token.value} if that is the value.`,
    );
}

async function unknownOption(command: Command, token: OptionToken, entries: readonly CommandEntry[]): Promise<HoldfastError> {
  const owners = (await loadAll(entries)).filter((other) => other.options.some((option) => spellings(option).includes(token.typed)));
  if (owners.length > 0)
    return misused(
      command,
      `it has no option ${token.typed}; ${owners.map((owner) => owner.name).join(', ')} ${owners.length === 1 ? 'has' : 'have'} one.`,
    );
  const absent = (await import('./absent.ts')).absentOption(token.typed);
  if (absent !== null)
    return new HoldfastError('USAGE', `Cannot run holdfast ${command.name}: there is no ${token.typed}; ${absent.why}.`, {
      hint: absent.instead,
    });
  const { suggest } = await import('../config/suggest.ts');
  const long = token.typed.startsWith('--')
    ? suggest(
        token.typed.slice(2),
        [...GLOBAL_OPTIONS, ...command.options].map((option) => option.name),
      )
    : null;
  const script = command.afterDashes === 'script' ? ' Options of your script come after --.' : '';
  return misused(command, `it has no option ${token.typed}.${long === null ? script : ` Did you mean --${long}?`}`);
}

function misused(command: Command, reason: string): HoldfastError {
  return new HoldfastError('USAGE', `Cannot run holdfast ${command.name}: ${reason}`, { hint: `holdfast ${command.name} --help` });
}

function spellings(option: Option): string[] {
  return [`--${option.name}`, ...option.aliases.map((alias) => `--${alias}`), ...(option.short === null ? [] : [`-${option.short}`])];
}

function gather(command: Command, tokens: Tokens): Given {
  const options: Record<string, string | true | readonly string[]> = {};
  for (const { option, value } of tokens.options) {
    const name = option!.name;
    if (GLOBAL_OPTIONS.some((global) => global.name === name)) continue;
    const isList = option!.takes === 'values' || option!.takes === 'maybes';
    const soFar = (options[name] as readonly string[] | undefined) ?? [];
    options[name] = isList ? [...soFar, ...(value === undefined ? [] : [value])] : (value ?? true);
  }
  const words = tokens.words.slice(1);
  return command.afterDashes === 'script'
    ? { words, scriptArgs: tokens.afterDashes, options }
    : { words: [...words, ...tokens.afterDashes], scriptArgs: [], options };
}

function checkWords(command: Command, words: readonly string[]): void {
  const { min, max, usage } = command.args;
  if (words.length < min) throw misused(command, `it needs ${usage}.`);
  if (words.length > max)
    throw misused(command, `${JSON.stringify(words[max])} is one word too many${usage === '' ? '' : `, it takes ${usage}`}.`);
}
