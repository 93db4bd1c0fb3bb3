// startup and unstartup: what they print, what they write, and whom they refuse. The systemd is one of the test's own.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';
import type { Systemd } from '../../startup/install.ts';
import { createStartup } from './startup.ts';
import { createUnstartup } from './unstartup.ts';

const NODE = path.dirname(process.execPath);

let root: string;
let systemd: Systemd;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hf-'));
  systemd = { unitFolder: path.join(root, 'units'), bootedMark: path.join(root, 'booted'), systemctl: path.join(root, 'systemctl') };
  mkdirSync(systemd.unitFolder);
  mkdirSync(systemd.bootedMark);
  writeFileSync(systemd.systemctl, '#!/bin/sh\n');
  chmodSync(systemd.systemctl, 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

const typed = (uid: number, env: Record<string, string>, argv: readonly string[]): Promise<CliResult> =>
  runCli(argv, {
    uid,
    env: { PATH: '/usr/bin:/opt/tools/bin', ...env },
    entries: [
      { words: ['startup'], load: () => Promise.resolve(createStartup(systemd)) },
      { words: ['unstartup'], load: () => Promise.resolve(createUnstartup(systemd)) },
    ],
  });
const asDeploy = (...argv: string[]): Promise<CliResult> => typed(64_321, { USER: 'deploy' }, argv);
const asRoot = (...argv: string[]): Promise<CliResult> => typed(0, {}, argv);
const unit = (name = 'holdfast-deploy'): string => path.join(systemd.unitFolder, `${name}.service`);

describe('who is not root', () => {
  it('gets the line to copy, as the last one, and exit code 1', async () => {
    expect(await asDeploy('startup', '--hp', '/home/deploy')).toEqual({
      code: 1,
      stdout: `[holdfast] to set this up, root has to type:\nsudo env PATH="$PATH":${NODE} /usr/local/bin/holdfast startup systemd -u deploy --hp /home/deploy\n`,
      stderr: '',
    });
    expect(await asDeploy('unstartup', 'ubuntu', '--hp', '/home/deploy')).toEqual({
      code: 1,
      stdout: `[holdfast] to remove this, root has to type:\nsudo env PATH="$PATH":${NODE} /usr/local/bin/holdfast unstartup systemd -u deploy --hp /home/deploy\n`,
      stderr: '',
    });
  });

  it('finds in that line what was asked for, and the home directory that sudo would drop', async () => {
    const { stdout } = await typed(64_321, { USER: 'deploy', HOLDFAST_HOME: '/srv/my apps' }, [
      ...['startup', '--hp', '/home/deploy', '--service-name', 'apps', '--wait-ip'],
    ]);
    expect(stdout).toContain(
      ` HOLDFAST_HOME='/srv/my apps' /usr/local/bin/holdfast startup systemd -u deploy --hp /home/deploy --service-name apps --wait-ip\n`,
    );
  });

  it('can look at the unit', async () => {
    const { code, stdout } = await asDeploy('startup', '--print', '--hp', '/home/deploy');
    expect(code).toBe(0);
    expect(stdout).toContain('\nUser=deploy\nEnvironment=HOLDFAST_HOME=/home/deploy/.holdfast\n');
    expect(stdout).toContain(
      `Environment=PATH=${[...new Set(['/usr/bin', '/opt/tools/bin', NODE, '/usr/local/bin', '/usr/bin', '/bin'])].join(':')}\n`,
    );
    expect(existsSync(unit())).toBe(false);
  });
});

describe('root', () => {
  it('writes and enables the unit, and removes it again', async () => {
    expect(await asRoot('startup', 'systemd', '-u', 'deploy', '--hp', root)).toEqual({
      code: 0,
      stdout: `[holdfast] ${unit()} is enabled: what deploy saves is started at boot\nNothing is saved yet. As deploy: holdfast save\n`,
      stderr: '',
    });
    expect(readFileSync(unit(), 'utf8')).toContain(`\nExecStart=${process.execPath} /usr/local/bin/holdfast resurrect\n`);
    mkdirSync(path.join(root, '.holdfast'));
    writeFileSync(path.join(root, '.holdfast/dump.json'), '{}');
    expect((await asRoot('startup', '-u', 'deploy', '--hp', root)).stdout).not.toContain('Nothing is saved');
    expect((await asRoot('unstartup', '-u', 'deploy', '--hp', root)).stdout).toBe(`[holdfast] ${unit()} is removed\n`);
    expect(existsSync(unit())).toBe(false);
    expect(await asRoot('unstartup', '-u', 'deploy', '--hp', root)).toEqual({
      code: 0,
      stdout: `[holdfast] nothing to remove: there is no ${unit()}\n`,
      stderr: '',
    });
  });

  it('starts its own apps where no user is named', async () => {
    await asRoot('startup', '--service-name', 'site.service', '--wait-ip');
    expect(readFileSync(unit('site'), 'utf8')).toContain('\nAfter=network-online.target\n');
    expect(readFileSync(unit('site'), 'utf8')).toContain('\nUser=root\nEnvironment=HOLDFAST_HOME=/root/.holdfast\n');
  });
});

it("under PM2's name the home is PM2's", async () => {
  const unitOf = async (env: Record<string, string>): Promise<string> =>
    (await runCli(['startup', 'systemd', '--print', '--hp', '/home/deploy'], { env, asPm2: true })).stdout;
  expect(await unitOf({})).toContain('\nEnvironment=PM2_HOME=/home/deploy/.pm2\n');
  expect(await unitOf({ PM2_HOME: '/srv/pm2' })).toContain('\nEnvironment=PM2_HOME=/srv/pm2\n');
});

describe('what cannot be is said in one sentence', () => {
  it.each([
    [['openrc'], 'Cannot set up startup for openrc: systemd is the only init system so far.'],
    [['launchd'], 'Cannot set up startup for launchd: systemd is the only init system so far.'],
    [['sytemd'], 'Cannot set up startup: the init system is "sytemd", which is not systemd.'],
    [['-u', 'nobody-of-that-name'], 'Cannot set up startup for "nobody-of-that-name": there is no such user in /etc/passwd.'],
    [['-u', 'a b'], 'Cannot set up startup: --user is "a b", which is not the name of a user.'],
    [['--hp', 'deploy'], 'Cannot set up startup: --hp is "deploy", which is not an absolute path.'],
    [
      ['--service-name', '../x'],
      'Cannot set up startup: --service-name is "../x", which is not a name of letters, digits, dots and dashes.',
    ],
  ])('startup %j', async (words, sentence) => {
    const { code, stdout, stderr } = await asRoot('startup', ...words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`[holdfast] ${sentence}\n`);
  });

  it('a machine without systemd', async () => {
    rmSync(systemd.bootedMark, { recursive: true });
    const { code, stderr } = await asRoot('startup');
    expect(code).toBe(1);
    expect(stderr).toBe(
      `[holdfast] Cannot set up startup: this machine does not run systemd (there is no ${systemd.bootedMark}), and systemd is the only init system so far.\n  Next: have yours run at boot, as the user of the apps: holdfast resurrect\n`,
    );
    expect((await asRoot('startup', 'systemd')).code).toBe(0);
  });
});
