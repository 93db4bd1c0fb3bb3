// Help pages, from the commands themselves. Pure.
import { VERSION } from '../../model/version.ts';
import { GLOBAL_OPTIONS } from '../command.ts';
import type { Command, Option } from '../command.ts';

/** The page of all commands. */
export function renderHelp(commands: readonly Command[]): string {
  return [
    `holdfast ${VERSION}: starts apps, keeps them running, spreads their traffic.\n`,
    'Usage: holdfast <command> [options]\n',
    'Commands:',
    listing(commands.map((command) => [wordsOf(command), command.summary])),
    'Options of every command:',
    listing(GLOBAL_OPTIONS.map((option) => [printOption(option), option.help])),
    'A target is an id, a name, a namespace, /a regular expression/ or all.',
    'More, with examples: holdfast help <command>\n',
  ].join('\n');
}

/** The first example of each command. */
export function renderExamples(commands: readonly Command[]): string {
  return listing(commands.flatMap(({ examples: [first] }) => (first === undefined ? [] : [[first.line, first.does] as const])));
}

/** The page of one command. */
export function renderCommandHelp(command: Command): string {
  const options = [...command.options, ...GLOBAL_OPTIONS];
  const aliases = command.aliases.length === 0 ? [] : [`Also: ${command.aliases.join(', ')}\n`];
  return [
    `${usageOf(command)}\n`,
    `${capitalize(command.summary)}.\n`,
    ...aliases,
    ...command.notes.map((note) => `${wrap(note, PAGE_WIDTH).join('\n')}\n`),
    'Options:',
    listing(options.map((option) => [printOption(option), option.help])),
    'Examples:',
    examples(command).trimEnd(),
    '',
  ].join('\n');
}

/** `holdfast start [options] [target...] [-- script args]`. */
export function usageOf(command: Command): string {
  const script = command.afterDashes === 'script' ? '[-- script args]' : '';
  return ['Usage: holdfast', command.name, command.args.usage, '[options]', script].filter((part) => part !== '').join(' ');
}

/** `-n, --name <name>`. */
export function printOption(option: Option): string {
  const short = option.short === null ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${printValue(option)}`;
}

function printValue({ takes, placeholder }: Option): string {
  if (placeholder === null) return '';
  return takes === 'maybe' ? `[=${placeholder}]` : takes === 'maybes' ? ` [${placeholder}]` : ` <${placeholder}>`;
}

function wordsOf(command: Command): string {
  return [command.name, ...command.aliases].join('|') + (command.args.usage === '' ? '' : ` ${command.args.usage}`);
}

function examples(command: Command): string {
  return command.examples.map((example) => `  ${example.line}\n      ${wrap(example.does, PAGE_WIDTH - 6).join('\n      ')}\n`).join('');
}

/** Two columns; what is too long for the first stands on a line of its own. */
function listing(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  const indent = `\n  ${' '.repeat(width)}  `;
  const lines = rows.map(([left, right]) => {
    const text = wrap(right, PAGE_WIDTH - width - 4).join(indent);
    return left.length > width ? `  ${left}${indent}${text}` : `  ${left.padEnd(width)}  ${text}`;
  });
  return `${lines.join('\n')}\n`;
}

const PAGE_WIDTH = 80;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
