// The reference pages of commands and errors, printed from their tables. UPDATE_DOCS=1 rewrites them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { allCommands } from '../../test/run-cli.ts';
import { ERROR_CODES } from '../model/errors.ts';
import { GLOBAL_OPTIONS } from './command.ts';
import type { Command, Option } from './command.ts';
import { loadAll } from './parse.ts';
import { printOption, usageOf } from './render/help.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/reference');

const PRINTED = '<!-- Printed by src/cli/reference.test.ts. UPDATE_DOCS=1 npm run test:unit rewrites it. -->';

it('docs/reference/commands.md is what the commands say of themselves', async () => {
  const commands = await loadAll(allCommands());
  expectPage('commands.md', printCommands(commands));
});

it('docs/reference/errors.md has every error', () => {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, exitCode, summary }]) => `| \`${code}\` | ${summary} | ${status} | ${exitCode} |`,
  );
  const intro =
    'Every error has one of these codes. The command line prints its message, `Cannot <verb> <what>: <reason>.`, and what to type next; the API answers with `{ "error": { "code", "message", "hint" } }`.';
  expectPage(
    'errors.md',
    ['# Errors', '', PRINTED, '', intro, '', '| code | meaning | HTTP status | exit code |', '|---|---|--:|--:|', ...rows, ''].join('\n'),
  );
});

function expectPage(name: string, text: string): void {
  const file = path.join(FOLDER, name);
  if (process.env['UPDATE_DOCS'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, text);
  }
  expect(readFileSync(file, 'utf8')).toBe(text);
}

function printCommands(commands: readonly Command[]): string {
  const intro = [
    'Options may stand before or after the command. `--` ends them: what follows goes to the script of `start`, and is taken as it is by all others.',
    'A target is an id, a name, a namespace, `/a regular expression/` or `all`. The exit code is 0, or 1 for every failure.',
    'Without words, holdfast prints its help and ends with 1.',
  ];
  const everywhere = ['## Options of every command', '', ...optionTable(GLOBAL_OPTIONS)];
  return ['# Commands', '', PRINTED, '', ...intro, '', ...everywhere, ...commands.flatMap(printCommand)].join('\n');
}

function printCommand(command: Command): string[] {
  return [
    `## ${command.name}`,
    '',
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    '',
    '```',
    usageOf(command).replace('Usage: ', ''),
    '```',
    '',
    ...(command.aliases.length === 0 ? [] : [`Also: ${command.aliases.map((alias) => `\`${alias}\``).join(', ')}.`, '']),
    ...command.notes.flatMap((note) => [note, '']),
    ...(command.options.length === 0 ? [] : optionTable(command.options)),
    '| example | does |',
    '|---|---|',
    ...command.examples.map(({ line, does }) => `| \`${line}\` | ${cell(does)} |`),
    '',
  ];
}

function optionTable(options: readonly Option[]): string[] {
  const rows = options.map((option) => {
    const aliases = option.aliases.map((alias) => ` (also \`--${alias}\`)`).join('');
    return `| \`${printOption(option)
      .trim()
      .replaceAll('|', String.raw`\|`)}\`${aliases} | ${cell(option.help)} |`;
  });
  return ['| option | meaning |', '|---|---|', ...rows, ''];
}

/** Words in angle brackets would be taken for HTML. */
function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;');
}
