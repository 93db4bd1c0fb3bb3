// The command line cut into words and options, by node:util's parseArgs. It knows which options take a value, not which belong where.
import { parseArgs } from 'node:util';
import type { Option } from './command.ts';

/** One option as it was typed. `option` is null for an unknown one; `value` is what came with it. */
export interface OptionToken {
  readonly typed: string;
  readonly option: Option | null;
  readonly value: string | undefined;
  /** Whether the value was typed in the same word (`--name=api`, `-i4`). */
  readonly inline: boolean;
}

/** The command line in order, apart by kind. */
export interface Tokens {
  readonly words: readonly string[];
  readonly options: readonly OptionToken[];
  /** What stood after `--`. */
  readonly afterDashes: readonly string[];
}

/** Cuts `argv`. Numbers such as `-1` are words, unless they are the value of an option that takes one. */
export function cutArguments(argv: readonly string[], vocabulary: readonly Option[]): Tokens {
  // The usual `holdfast ls` has nothing to cut, and parseArgs costs it half a millisecond.
  if (!argv.some((word) => word.startsWith('-'))) return { words: argv, options: [], afterDashes: [] };
  const { known, config } = indexOptions(vocabulary);
  const { tokens } = parseArgs({ args: [...argv], options: config, strict: false, allowPositionals: true, tokens: true });
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? argv.length;
  const taken = wordsTaken(
    tokens.filter(({ index }) => index < end),
    known,
  );
  const words: string[] = [];
  const options: OptionToken[] = [];
  let lastNumber = -1;
  for (const token of tokens) {
    if (token.index >= end || token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (!taken.has(token.index)) words.push(token.value);
    } else if (/^-\d/.test(argv[token.index]!)) {
      // A cluster such as -12 gives one token per digit, all with the index of the word.
      if (token.index !== lastNumber) words.push(argv[token.index]!);
      lastNumber = token.index;
    } else {
      const value = token.value ?? taken.get(token.index + 1);
      options.push({ typed: token.rawName, option: known.get(token.name) ?? null, value, inline: token.inlineValue === true });
    }
  }
  return { words, options, afterDashes: argv.slice(end + 1) };
}

type ParsedTokens = NonNullable<ReturnType<typeof parseArgs>['tokens']>;

/** The words that are values of a `maybes` option, by their index: those right after one, where the command and something to act on are left. */
function wordsTaken(tokens: ParsedTokens, known: ReadonlyMap<string, Option>): ReadonlyMap<number, string> {
  const words = new Map(tokens.flatMap((token) => (token.kind === 'positional' ? [[token.index, token.value] as const] : [])));
  const taken = new Map<number, string>();
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value !== undefined || known.get(token.name)?.takes !== 'maybes') continue;
    const next = words.get(token.index + 1);
    if (next !== undefined) taken.set(token.index + 1, next);
  }
  return words.size - taken.size >= 2 ? taken : new Map();
}

/** parseArgs knows an option by one name; aliases are options of their own to it. */
function indexOptions(vocabulary: readonly Option[]): {
  known: Map<string, Option>;
  config: Record<string, { type: 'string' | 'boolean'; short?: string }>;
} {
  const known = new Map<string, Option>();
  const config: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const option of vocabulary) {
    const type = ['nothing', 'maybe', 'maybes'].includes(option.takes) ? 'boolean' : 'string';
    config[option.name] = option.short === null ? { type } : { type, short: option.short };
    known.set(option.name, option);
    for (const alias of option.aliases) {
      config[alias] = { type };
      known.set(alias, option);
    }
  }
  return { known, config };
}
