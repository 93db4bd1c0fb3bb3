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

/** The page of one command. */
export function renderCommandHelp(command: Command): string {
  const options = [...command.options, ...GLOBAL_OPTIONS];
  const aliases = command.aliases.length === 0 ? [] : [`Also: ${command.aliases.join(', ')}\n`];
  return [
    `${usageOf(command)}\n`,
    `${capitalize(command.summary)}.\n`,
    ...aliases,
    ...command.notes.map((note) => `${note}\n`),
    'Options:',
    listing(options.map((option) => [printOption(option), option.help])),
    'Examples:',
    listing(command.examples.map((example) => [example.line, example.does])).trimEnd(),
    '',
  ].join('\n');
}

/** `holdfast start [options] [target...] [-- arguments of the script]`. */
export function usageOf(command: Command): string {
  const script = command.afterDashes === 'script' ? '[-- arguments of the script]' : '';
  return ['Usage: holdfast', command.name, command.args.usage, '[options]', script].filter((part) => part !== '').join(' ');
}

/** `-n, --name <name>`. */
export function printOption(option: Option): string {
  const short = option.short === null ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.placeholder === null ? '' : ` <${option.placeholder}>`}`;
}

function wordsOf(command: Command): string {
  return [command.name, ...command.aliases].join('|') + (command.args.usage === '' ? '' : ` ${command.args.usage}`);
}

/** Two columns; what is too long for the first stands on a line of its own. */
function listing(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  const lines = rows.map(([left, right]) => (left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`));
  return `${lines.join('\n')}\n`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
