// What `startup` and `unstartup` are asked for: init system, user, home and name of the unit, read from their words and options.
import path from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import { shellWord } from '../model/shell-word.ts';
import { findHomeOf, findUserName } from '../startup/account.ts';
import { isBooted } from '../startup/install.ts';
import type { Systemd } from '../startup/install.ts';
import { valued } from './command.ts';
import type { Given, Option } from './command.ts';
import type { Context } from './context.ts';

/** PM2's words for it; distributions that have it stand for it there. */
const SYSTEMD_WORDS = ['systemd', 'ubuntu', 'centos', 'arch', 'oracle'];
const OTHER_WORDS = [
  ...['upstart', 'launchd', 'rcd', 'rcd-openbsd', 'openrc', 'systemv', 'smf', 'ubuntu14', 'amazon', 'centos6'],
  ...['macos', 'darwin', 'freebsd', 'openbsd', 'sunos', 'solaris'],
];

/** The options that name user, home and unit. */
export const STARTUP_OPTIONS: readonly Option[] = [
  { ...valued('user', 'name', 'who the apps run as (who types this; root under sudo)'), short: 'u' },
  valued('hp', 'folder', "that user's home folder, which has .holdfast in it"),
  valued('service-name', 'name', 'of the unit (holdfast-USER)'),
];

/** Under PM2's name the home is PM2's, with the files that scripts look for there. */
type HomeVariable = 'HOLDFAST_HOME' | 'PM2_HOME';

/** Everything is filled in. */
export interface StartupRequest {
  readonly user: string;
  /** The user's home folder. */
  readonly userHome: string;
  /** The folder of Holdfast's state, and the variable that names it. */
  readonly homeRoot: string;
  readonly homeVariable: HomeVariable;
  /** Name of the unit, without `.service`. */
  readonly unit: string;
}

/** Throws UNSUPPORTED_PLATFORM for init systems that are not systemd, USAGE for what is wrong otherwise. */
export function readStartupRequest(ctx: Context, { words, options }: Given, systemd: Systemd): StartupRequest {
  checkPlatform(words[0], systemd);
  const user = textOf(options['user']) ?? findUserName(ctx.uid) ?? ctx.env['USER'] ?? String(ctx.uid);
  if (!/^[\w.][\w.@$-]*$/.test(user)) throw wrong('--user', user, 'the name of a user');
  const unit = (textOf(options['service-name']) ?? `holdfast-${user}`).replace(/\.service$/, '');
  if (!/^[\w.-]+$/.test(unit)) throw wrong('--service-name', unit, 'a name of letters, digits, dots and dashes');
  const userHome = textOf(options['hp']) ?? findHomeOf(user);
  if (userHome === null)
    throw new HoldfastError('USAGE', `Cannot set up startup for ${JSON.stringify(user)}: there is no such user in /etc/passwd.`, {
      hint: `holdfast startup -u ${shellWord(user)} --hp /home/${shellWord(user)}, for one that another directory knows`,
    });
  if (!/^\/[^\0-\x1f]*$/.test(userHome)) throw wrong('--hp', userHome, 'an absolute path');
  const homeRoot = chosenHome(ctx) ?? path.join(userHome, ctx.asPm2 ? '.pm2' : '.holdfast');
  return { user, userHome, homeRoot, homeVariable: homeVariable(ctx), unit };
}

/** The line to copy for who is not root: sudo drops the environment, so what counts of it is said again. */
export function sudoLine(ctx: Context, verb: string, { user, userHome }: StartupRequest, { options }: Given): string {
  const home = chosenHome(ctx);
  const name = textOf(options['service-name']);
  return [
    'sudo env',
    `PATH="$PATH":${shellWord(path.dirname(ctx.nodePath))}`,
    ...(home === null ? [] : [`${homeVariable(ctx)}=${shellWord(home)}`]),
    `${shellWord(ctx.programPath)} ${verb} systemd -u ${shellWord(user)} --hp ${shellWord(userHome)}`,
    ...(name === null ? [] : [`--service-name ${shellWord(name)}`]),
    ...(options['wait-ip'] === undefined ? [] : ['--wait-ip']),
  ].join(' ');
}

function homeVariable({ asPm2, env }: Context): HomeVariable {
  return asPm2 && (env['HOLDFAST_HOME'] ?? '') === '' ? 'PM2_HOME' : 'HOLDFAST_HOME';
}

function chosenHome({ env, cwd, asPm2 }: Context): string | null {
  const home = env['HOLDFAST_HOME'] || (asPm2 && env['PM2_HOME']) || '';
  return home === '' ? null : path.resolve(cwd, home);
}

function checkPlatform(word: string | undefined, systemd: Systemd): void {
  if (word === undefined ? isBooted(systemd) : SYSTEMD_WORDS.includes(word)) return;
  if (word !== undefined && !OTHER_WORDS.includes(word)) throw wrong('the init system', word, 'systemd');
  const what =
    word === undefined
      ? `set up startup: this machine does not run systemd (there is no ${systemd.bootedMark}), and`
      : `set up startup for ${word}:`;
  throw new HoldfastError('UNSUPPORTED_PLATFORM', `Cannot ${what} systemd is the only init system so far.`, {
    hint: 'have yours run at boot, as the user of the apps: holdfast resurrect',
  });
}

function wrong(what: string, found: string, accepted: string): HoldfastError {
  return new HoldfastError('USAGE', `Cannot set up startup: ${what} is ${JSON.stringify(found)}, which is not ${accepted}.`, {
    hint: 'holdfast startup --help',
  });
}

function textOf(value: Given['options'][string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
