// The command line as a whole: help, version, errors. Nothing of it may touch the home directory or the daemon.
import { describe, expect, it } from 'vitest';
import { allCommands, runCli } from '../../test/run-cli.ts';
import type { Command } from './command.ts';
import type { Shell } from './context.ts';
import { main } from './main.ts';
import { loadAll } from './parse.ts';

const entries = allCommands();

describe('holdfast', () => {
  it('without words prints the help, and ends with 1', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    for (const { words } of entries) expect(stdout).toContain(`\n  ${words.join('|')}`);
  });

  it.each([[['--help']], [['-h']], [['help']], [['-s', '--help']]])('%s prints the same help, and ends with 0', async (argv) => {
    expect(await runCli(argv)).toEqual({ ...(await runCli([])), code: 0 });
  });

  it.each([[['--version']], [['-v']], [['ls', '--version']]])('%s prints the version', async (argv) => {
    expect(await runCli(argv)).toEqual({ code: 0, stdout: '0.0.0-source\n', stderr: '' });
  });

  it('has a page for each command, under each of its words, within 80 columns', async () => {
    for (const command of await loadAll(entries)) {
      const page = await runCli([command.name, '--help']);
      expect(page).toMatchObject({ code: 0, stderr: '' });
      expect(page.stdout).toContain(`Usage: holdfast ${command.name}`);
      for (const option of command.options) expect(page.stdout).toContain(`--${option.name}`);
      for (const { line } of command.examples) expect(page.stdout).toContain(`  ${line}\n`);
      for (const line of page.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      for (const word of [command.name, ...command.aliases]) {
        expect(await runCli(['help', word])).toEqual(page);
        expect(await runCli([word, '-h'])).toEqual(page);
      }
    }
  });

  it('examples has a line of every command', async () => {
    const { code, stdout } = await runCli(['examples']);
    expect(code).toBe(0);
    for (const { examples } of await loadAll(entries)) expect(stdout).toContain(`  ${examples[0]!.line}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints the page of scale as it is', async () => {
    expect((await runCli(['scale', '--help'])).stdout).toBe(`Usage: holdfast scale <name> <n|+n|-n> [options]

Set or change how many instances an app has.

Options:
      --no-wait   return as soon as it was asked for
      --json      print JSON instead
  -h, --help      this help
  -v, --version   print the version
  -s, --silent    print errors, and otherwise only what was asked for (a list, a
                  page, logs)
      --no-color  no colours on a terminal (NO_COLOR and FORCE_COLOR work too)

Examples:
  holdfast scale api 4
      four instances
  holdfast scale api +2
      two more
  holdfast scale api -1
      one less; the highest slot goes first
`);
  });

  it('says of a defect that it is one, with its place', async () => {
    const { code, stdout, stderr } = await runCli(['ls']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^\[holdfast\] Cannot go on: this is a defect of Holdfast itself\. Please report it/);
    expect(stderr).toContain('the home directory was touched');
    expect(stderr).toMatch(/run-cli\.ts:\d+/);
  });

  it('colours errors on a terminal, unless that is refused', async () => {
    expect((await runCli(['strat'], { errIsTTY: true })).stderr).toContain('\u001b[31m[holdfast]\u001b[39m Cannot run');
    expect((await runCli(['--no-color', 'strat'], { errIsTTY: true })).stderr).not.toContain('\u001b');
    expect((await runCli(['strat'], { errIsTTY: true, env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001b');
  });

  it.each([
    ['true', true, ''],
    ['1', true, ''],
    ['false', true, 'said'],
    ['true', false, 'said'],
  ])("PM2_SILENT is --silent under PM2's name", async (value, asPm2, stdout) => {
    const say: Command = { ...(await loadAll(entries))[0]!, run: (ctx) => (ctx.say('said'), Promise.resolve(0)) };
    const told = await runCli(['say'], {
      entries: [{ words: ['say'], load: () => Promise.resolve(say) }],
      asPm2,
      env: { PM2_SILENT: value },
    });
    expect(told.stdout).toBe(stdout);
  });

  it('reports what is thrown that is no error at all', async () => {
    const shell = { errIsTTY: false, env: {}, err: (text: string) => void (told += text) } as unknown as Shell;
    let told = '';
    expect(await main(['ls'], shell, [{ words: ['ls'], load: () => Promise.reject('a string') }])).toBe(1);
    expect(told).toContain('a string');
  });
});
