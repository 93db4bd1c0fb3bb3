// Completion in real shells, those that are installed: install, the Tab key, uninstall; and no daemon is started for it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeEach(() => {
  site = createSite();
  fs.mkdirSync(path.join(site.folder, 'bin'));
  fs.symlinkSync(CLI, path.join(site.folder, 'bin/holdfast'));
  Object.assign(site.env, { HOME: site.folder, ZDOTDIR: '', XDG_CONFIG_HOME: '', PATH: `${site.folder}/bin:${process.env['PATH']}` });
});
afterEach(() => site.dispose());

const has = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;
const read = (name: string): string => fs.readFileSync(path.join(site.folder, name), 'utf8');
const inShell = async (shell: string, ...args: string[]): Promise<string> => {
  const { stdout, stderr } = await run(shell, args, { cwd: site.folder, env: site.env });
  return stdout + stderr;
};

/** What bash would offer for this line, with the cursor at its end (bash(1), COMP_LINE). */
const tabInBash = (line: string): Promise<string> =>
  inShell(
    'bash',
    '-c',
    `source ~/.bashrc; COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}; _holdfast_completion; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );

describe('completion', () => {
  it('works in bash: commands, options, apps with odd names; installed twice it is there once, and then it is gone', async () => {
    site.write('.bashrc', 'export MINE=1\n');
    for (let count = 0; count < 2; count += 1)
      expect(await site.run('completion', 'install', 'bash')).toMatchObject({ code: 0, stderr: '' });
    expect(await tabInBash('holdfast resu')).toBe('resurrect\n');
    expect(site.processes()).toEqual([]);
    expect(await tabInBash('holdfast restart sh')).toBe('\n');
    expect(fs.existsSync(site.home)).toBe(false);
    const started = await site.run('start', site.ecosystem({ name: 'shop:web one', script: fixture('idle.cjs') }));
    expect(started, started.stderr).toMatchObject({ code: 0 });
    expect(await tabInBash('holdfast restart sh')).toBe('shop:web\\ one\n');
    expect(await tabInBash('holdfast restart shop:w')).toBe('web\\ one\n');
    expect(await site.run('completion', 'uninstall', 'bash')).toMatchObject({ code: 0, stderr: '' });
    expect(read('.bashrc')).toBe('export MINE=1\n');
  });

  it('has lines for zsh and fish that those shells understand, where they are installed', async () => {
    for (const shell of ['zsh', 'fish']) expect(await site.run('completion', 'install', shell)).toMatchObject({ code: 0, stderr: '' });
    if (has('zsh'))
      expect(await inShell('zsh', '-c', 'zsh -n ~/.zshrc; source ~/.zshrc; print $_comps[holdfast] $_comps[hold]')).toContain(
        '_holdfast_completion _holdfast_completion\n',
      );
    if (has('fish')) {
      expect(await inShell('fish', '-c', 'complete -C "holdfast resu"')).toBe(
        'resurrect\tstart the apps that were saved and are not in the list\n',
      );
      expect(await inShell('fish', '-c', 'complete -C "holdfast ls --js"')).toBe('--json\tprint JSON instead\n');
    }
    for (const shell of ['zsh', 'fish']) expect(await site.run('completion', 'uninstall', shell)).toMatchObject({ code: 0, stderr: '' });
    expect(read('.zshrc')).toBe('');
    expect(fs.existsSync(path.join(site.folder, '.config/fish/conf.d/holdfast-completion.fish'))).toBe(false);
  });
});
