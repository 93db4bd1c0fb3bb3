// `completion` with files of a home: what it writes and where, what it answers a Tab, what it refuses.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView } from '../../../test/canned-views.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';

let home: string;
beforeEach(() => void (home = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(home, { recursive: true }));

const run = (argv: readonly string[], env: NodeJS.ProcessEnv = {}, more: Surroundings = {}): Promise<CliResult> =>
  runCli(['completion', ...argv], { env: { HOME: home, SHELL: '/usr/bin/bash', ...env }, ...more });
const read = (name: string): string => fs.readFileSync(path.join(home, name), 'utf8');

describe('completion install and uninstall', () => {
  it('writes through a link, keeps the mode, and takes out what it has put in', async () => {
    fs.mkdirSync(path.join(home, 'dotfiles'));
    fs.writeFileSync(path.join(home, 'dotfiles/bashrc'), 'mine\n', { mode: 0o600 });
    fs.symlinkSync('dotfiles/bashrc', path.join(home, '.bashrc'));
    expect(await run(['install'])).toMatchObject({ code: 0, stderr: '' });
    expect(fs.lstatSync(path.join(home, '.bashrc')).isSymbolicLink()).toBe(true);
    expect(fs.statSync(path.join(home, '.bashrc')).mode & 0o777).toBe(0o600);
    expect(read('.bashrc')).toMatch(
      /^mine\n# >>> holdfast completion >>>\n[^]*complete -o default -F _holdfast_completion holdfast hold\n# <<</,
    );
    expect(await run(['uninstall'])).toMatchObject({ code: 0, stderr: '' });
    expect(read('.bashrc')).toBe('mine\n');
    expect(fs.readdirSync(path.join(home, 'dotfiles'))).toEqual(['bashrc']);
  });

  it('goes where each shell looks', async () => {
    await run(['install', 'zsh'], { ZDOTDIR: path.join(home, 'z') });
    await run(['install', 'fish'], { XDG_CONFIG_HOME: path.join(home, 'xdg') });
    expect(read('z/.zshrc')).toContain('compdef _holdfast_completion holdfast hold\n');
    expect(read('xdg/fish/conf.d/holdfast-completion.fish')).toContain('complete -c hold -n ');
    await run(['uninstall', 'fish'], { XDG_CONFIG_HOME: path.join(home, 'xdg') });
    expect(fs.readdirSync(path.join(home, 'xdg/fish/conf.d'))).toEqual([]);
  });

  it('answers as pm2 where it is called pm2', async () => {
    await run(['install'], {}, { programPath: '/usr/local/bin/pm2' });
    expect(read('.bashrc')).toContain('# >>> pm2 completion >>>\n_pm2_completion() {');
  });

  it.each([
    [['install', 'tcsh'], {}, '"tcsh" is none of bash, zsh, fish'],
    [['install'], { SHELL: '' }, 'SHELL does not say in which shell'],
    [['install'], { SHELL: '/bin/dash' }, '"dash" is none of bash, zsh, fish'],
    [['bash', 'zsh'], {}, '"zsh" is one word too many'],
    [['remove'], {}, '"remove" is none of bash, zsh, fish'],
    [['install'], { HOME: '' }, 'HOME does not say'],
  ])('refuses %j', async (argv, env, text) => {
    expect(await run(argv, env)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(text) as string });
    expect(fs.readdirSync(home)).toEqual([]);
  });

  it('leaves a file whose marks do not match as it is', async () => {
    fs.writeFileSync(path.join(home, '.bashrc'), '# >>> holdfast completion >>>\nmine\n');
    expect(await run(['install'])).toMatchObject({ code: 1, stderr: expect.stringContaining('do not match') as string });
    expect(read('.bashrc')).toBe('# >>> holdfast completion >>>\nmine\n');
  });
});

describe('completion words', () => {
  it('asks the daemon for names where a target is meant, and only there', async () => {
    const daemon = await startCannedDaemon({
      'GET /v1/ping': { status: 200, json: {} },
      'GET /v1/apps': { status: 200, json: appsReply([instanceView({ app: 'api' }), instanceView({ app: 'web' })]) },
    });
    try {
      expect((await run(['words', '--', 'holdfast', 'restart', 'a'], {}, { home: daemon.home })).stdout).toBe('api\tapp\nall\tevery app\n');
      const asked = daemon.asked.length;
      expect((await run(['words', '--', 'holdfast', 'restart', '--upd'], {}, { home: daemon.home })).stdout).toMatch(/^--update-env\t/);
      expect((await run(['words', '--', 'holdfast', 'kil'], {}, { home: daemon.home })).stdout).toMatch(/^kill\t/);
      expect(daemon.asked.length).toBe(asked);
    } finally {
      await daemon.close();
    }
  });

  it('is silent where there is no daemon, no such command, no usable home', async () => {
    expect(await run(['words', '--', 'holdfast', 'restart', ''], {}, { home })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await run(['words', '--', 'holdfast', 'restart', ''])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await run(['words', '--', 'holdfast', 'nonsense', ''])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
