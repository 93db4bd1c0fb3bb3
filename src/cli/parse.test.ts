// The grammar of the command line: PM2's, with mistakes named.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allCommands } from '../../test/run-cli.ts';
import { runCli } from '../../test/run-cli.ts';
import { GLOBAL_OPTIONS } from './command.ts';
import type { Given, Option } from './command.ts';
import { isHoldfastError } from './errors.ts';
import { loadAll, parseCommandLine } from './parse.ts';

const entries = allCommands();

async function given(line: string): Promise<Given & { command: string; silent: boolean; colourRefused: boolean }> {
  const parsed = await parseCommandLine(line.split(' '), entries);
  if (parsed.kind !== 'run') throw new Error(`not run: ${parsed.kind}`);
  return { command: parsed.command.name, ...parsed.given, silent: parsed.silent, colourRefused: parsed.colourRefused };
}

describe('the command line', () => {
  it.each([
    ['start app.js -i 4 --name api', ['app.js'], { instances: '4', name: 'api' }],
    ['--name api start -i 4 app.js', ['app.js'], { instances: '4', name: 'api' }],
    ['-i max start app.js', ['app.js'], { instances: 'max' }],
    ['start app.js -i -1', ['app.js'], { instances: '-1' }],
    ['start app.js -i4', ['app.js'], { instances: '4' }],
    ['start app.js --instances=-1', ['app.js'], { instances: '-1' }],
    ['start app.js --no-autorestart', ['app.js'], { 'no-autorestart': true }],
    ['start a.js b.js --name x --name y', ['a.js', 'b.js'], { name: 'y' }],
    ['start app.js --interpreter-args --harmony', ['app.js'], { 'node-args': '--harmony' }],
    ['start app.js --stop-exit-codes 0 --stop-exit-codes 143', ['app.js'], { 'stop-exit-codes': ['0', '143'] }],
    ['start -fn api app.js', ['app.js'], { force: true, name: 'api' }],
  ])('%s', async (line, words, options) => {
    expect(await given(line)).toMatchObject({ command: 'start', words, options, scriptArgs: [] });
  });

  it('hands what stands after -- to the script, untouched', async () => {
    expect(await given('start app.js --name api -- --name other -i -- x')).toMatchObject({
      words: ['app.js'],
      options: { name: 'api' },
      scriptArgs: ['--name', 'other', '-i', '--', 'x'],
    });
  });

  it('takes what stands after -- as words where there is no script', async () => {
    expect(await given('stop -- -odd')).toMatchObject({ words: ['-odd'], scriptArgs: [] });
  });

  it('takes a negative number as a word', async () => {
    expect(await given('scale api -1')).toMatchObject({ words: ['api', '-1'], options: {} });
    expect(await given('scale api -12 --json')).toMatchObject({ words: ['api', '-12'], options: { json: true } });
  });

  it('knows the options of every command, anywhere', async () => {
    expect(await given('-s --no-color ls')).toMatchObject({ command: 'list', silent: true, colourRefused: true, options: {} });
    expect(await given('ls')).toMatchObject({ silent: false, colourRefused: false });
  });
});

describe('a mistake on the command line', () => {
  it.each([
    ['strat app.js', 'Cannot run holdfast strat: there is no such command. Did you mean start?', 'holdfast start'],
    ['frobnicate', 'Cannot run holdfast frobnicate: there is no such command.', 'holdfast help'],
    ['start app.js --nmae x', 'Cannot run holdfast start: it has no option --nmae. Did you mean --name?', 'holdfast start --help'],
    [
      'start app.js --port-of-app 1',
      'Cannot run holdfast start: it has no option --port-of-app. Options of your script come after --.',
      'holdfast start --help',
    ],
    [
      'start app.js --container',
      "Cannot run holdfast start: there is no --container; PM2's Docker mode is not there.",
      'holdfast run in the container, as its first process',
    ],
    ['stop api -q', 'Cannot run holdfast stop: it has no option -q.', 'holdfast stop --help'],
    ['ls --lines 3', 'Cannot run holdfast list: it has no option --lines; logs has one.', 'holdfast list --help'],
    ['--lines 3 ls', 'Cannot run holdfast list: it has no option --lines; logs has one.', 'holdfast list --help'],
    ['start app.js --name', 'Cannot run holdfast start: --name needs a value (--name <name>).', 'holdfast start --help'],
    ['start app.js --name=', 'Cannot run holdfast start: --name needs a value (--name <name>).', 'holdfast start --help'],
    [
      'start --name --json a.js',
      'Cannot run holdfast start: --name needs a value, and --json follows; write --name=--json if that is the value.',
      'holdfast start --help',
    ],
    ['ls --json=yes', 'Cannot run holdfast list: --json takes no value, and was given "yes".', 'holdfast list --help'],
    ['stop', 'Cannot run holdfast stop: it needs <target|config...>.', 'holdfast stop --help'],
    ['scale api', 'Cannot run holdfast scale: it needs <name> <n|+n|-n>.', 'holdfast scale --help'],
    ['scale api 1 2', 'Cannot run holdfast scale: "2" is one word too many, it takes <name> <n|+n|-n>.', 'holdfast scale --help'],
    ['ls api', 'Cannot run holdfast list: "api" is one word too many.', 'holdfast list --help'],
    ['--name api', 'Cannot run holdfast --name: there is no command.', 'holdfast help'],
    ['help strat', 'Cannot run holdfast strat: there is no such command. Did you mean start?', 'holdfast start'],
  ])('%s', async (line, message, hint) => {
    expect(await runCli(line.split(' '))).toEqual({ code: 1, stdout: '', stderr: `[holdfast] ${message}\n  Next: ${hint}\n` });
  });

  it('is the only thing that any words can lead to, besides a command', async () => {
    const word = fc.oneof(
      fc.constantFrom('start', 'ls', 'stop', '--', '-', '-i', '--name', '--json', '-1', '--no-color', 'app.js', '__proto__', 'constructor'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
        try {
          await parseCommandLine(argv, entries);
        } catch (error) {
          expect(isHoldfastError(error) && error.code).toBe('USAGE');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the table of commands', () => {
  it('has the words of its commands, each once', async () => {
    const commands = await loadAll(entries);
    expect(entries.map((entry) => entry.words)).toEqual(commands.map((command) => [command.name, ...command.aliases]));
    const words = entries.flatMap((entry) => entry.words);
    expect(new Set(words).size).toBe(words.length);
  });

  it('gives an option the same letter and kind in every command, for it may stand before the command', async () => {
    const options = [...GLOBAL_OPTIONS, ...(await loadAll(entries)).flatMap((command) => command.options)];
    const kinds = new Map<string, string>();
    // What may stand alone is cut alike, with a value or without.
    const kindOf = (option: Option): string => `--${option.name} ${['nothing', 'maybe', 'maybes'].includes(option.takes)}`;
    for (const option of options) {
      for (const spelling of [option.name, ...option.aliases, ...(option.short === null ? [] : [`-${option.short}`])]) {
        expect(`${spelling}: ${kinds.get(spelling) ?? kindOf(option)}`).toBe(`${spelling}: ${kindOf(option)}`);
        kinds.set(spelling, kindOf(option));
      }
    }
  });

  it('has an example for every command, and every example can be understood', async () => {
    for (const command of await loadAll(entries)) {
      expect(command.examples).not.toEqual([]);
      for (const { line } of command.examples) {
        const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
        expect(words[0]).toBe('holdfast');
        expect(await parseCommandLine(words.slice(1), entries)).toMatchObject({ kind: 'run', command: { name: command.name } });
      }
    }
  });
});
