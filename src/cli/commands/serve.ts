// `serve`: a folder of static files, served by an app like any other.
import fs from 'node:fs';
import path from 'node:path';
import { IDLE_FLAGS, MISSED_FLAGS, START_FLAGS } from '../../config/flags.ts';
import { nameOfSite } from '../../config/static-server.ts';
import { HoldfastError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell-word.ts';
import { readStaticSite, STATIC_SERVER_WORD } from '../../model/static-site.ts';
import type { StaticSite } from '../../model/static-site.ts';
import { JSON_OPTION, NO_WAIT_OPTION, toggle, valued } from '../command.ts';
import type { Command, Given } from '../command.ts';
import type { Context } from '../context.ts';
import { carryOutAll } from '../operate.ts';
import { freeNames } from '../plan-start.ts';
import { portProblem } from '../port-problem.ts';
import { readAppSpecs } from '../read-specs.ts';
import { printable } from '../render/width.ts';

/** What says which program runs and how; here that is settled. And `--host` is an address here. */
const SETTLED = ['interpreter', 'execute-command', 'env', 'only', 'host'];
const APP_FLAGS = START_FLAGS.filter(({ name }) => !SETTLED.includes(name));

/** See the first line of this file. */
export const serve: Command = {
  name: 'serve',
  aliases: ['expose'],
  summary: 'serve the static files of a folder over HTTP',
  args: { usage: '[path] [port]', min: 0, max: 2 },
  options: [
    valued('port', 'port', 'port to listen on (8080)'),
    valued('host', 'address', 'address to listen on (0.0.0.0: all of this machine)'),
    toggle('spa', 'a single-page application: paths that lead nowhere get index.html'),
    toggle('ftp', 'list folders that have no index.html'),
    valued('basic-auth-username', 'name', 'ask for this user name, and a password'),
    valued(
      'basic-auth-password',
      'password',
      'the password; better in the variable PM2_SERVE_BASIC_AUTH_PASSWORD, which no list of processes shows',
    ),
    { ...toggle('monitor', "no effect: it belongs to the paid service of PM2's makers"), takes: 'maybe', missed: true },
    ...APP_FLAGS,
    ...IDLE_FLAGS,
    ...MISSED_FLAGS,
    toggle('force', 'start even where an app of that name runs: it gets the new settings', 'f'),
    NO_WAIT_OPTION,
    JSON_OPTION,
  ],
  examples: [
    { line: 'holdfast serve', does: 'this folder on port 8080' },
    { line: 'holdfast serve dist 3000 --spa --name site', does: 'a single-page application on port 3000, as the app site' },
    { line: 'holdfast serve /srv/files 8000 --ftp --host 127.0.0.1', does: 'with lists of folders, for this machine only' },
    { line: 'holdfast serve public -i 2', does: 'two instances in cluster mode, whose reload has no gap' },
  ],
  notes: [
    'It is an app like any other: static-page-server-PORT in the list, unless --name says otherwise.',
    'Ranges, ETags and compression work (app.js.br and app.js.gz beside app.js are used where the client takes them). A 404.html is what is sent for what is not there. Files that begin with a dot are not served, except those in .well-known; links that lead out of the folder lead nowhere.',
    'In a config file: script: "serve" with the variables PM2_SERVE_PATH, _PORT, _HOST, _SPA, _FTP, _HOMEPAGE, _BASIC_AUTH_USERNAME and _BASIC_AUTH_PASSWORD, or static: [{ path, port, spa, ftp, basic_auth: { username, password } }] beside apps.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    const variables = variablesOf(ctx, given);
    const site = readSite(ctx, variables);
    const options = Object.fromEntries(Object.entries(given.options).filter(([name]) => APP_FLAGS.some((flag) => flag.name === name)));
    const own = { words: [], scriptArgs: [], options: { name: nameOfSite(site.port), ...options } };
    const specs = await readAppSpecs(ctx, { verb: 'serve', targets: [STATIC_SERVER_WORD], given: own, commandVariables: variables });
    const isFree = await freeNames(ctx, specs, given);
    if (isFree) await refuseTakenPort(site);
    const title = `serving ${printable(site.folder)}`;
    const request = {
      action: 'apply' as const,
      specs: specs.map((spec) => ({ ...spec })),
      existing: isFree ? ('refuse' as const) : ('restart' as const),
    };
    const exitCode = await carryOutAll(ctx, [{ verb: 'start', title, request }], given);
    if (exitCode === 0 && given.options['json'] === undefined && given.options['no-wait'] === undefined)
      sayWhere(ctx, site, specs[0]!.name);
    return exitCode;
  },
};

/** What was said here, over what this shell says in its own variables. */
function variablesOf(ctx: Context, { words, options }: Given): Record<string, string> {
  const [folder = ctx.env['PM2_SERVE_PATH'] ?? '.', port] = words;
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const said: Readonly<Record<string, string | undefined>> = {
    PATH: path.resolve(ctx.cwd, folder),
    PORT: text('port') ?? port ?? ctx.env['PM2_SERVE_PORT'] ?? '8080',
    HOST: text('host'),
    SPA: options['spa'] === undefined ? undefined : 'true',
    FTP: options['ftp'] === undefined ? undefined : 'true',
    BASIC_AUTH_USERNAME: text('basic-auth-username'),
    BASIC_AUTH_PASSWORD: text('basic-auth-password'),
  };
  const present = Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [`PM2_SERVE_${name}`, value]));
}

/** Everything that is wrong comes to light before anything is started. */
function readSite(ctx: Context, variables: Readonly<Record<string, string>>): StaticSite {
  const site = readStaticSite({ ...ctx.env, ...variables });
  const folder = variables['PM2_SERVE_PATH']!;
  const fail = (reason: string, hint = 'holdfast serve --help'): HoldfastError =>
    new HoldfastError('USAGE', `Cannot serve ${folder}: ${reason}`, { hint });
  if (!('folder' in site)) {
    const reasons = site.map(({ variable, found, text, accepted }) => {
      const name = variable === 'PM2_SERVE_PORT' ? 'the port' : variable;
      return `${name}${found === null ? '' : ` is ${JSON.stringify(found)}, which`} ${text}; accepted: ${accepted}.`;
    });
    throw fail(reasons.join(' '));
  }
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined && /^\d+$/.test(path.basename(folder)))
    throw fail('there is no such folder.', `holdfast serve . ${path.basename(folder)} for this folder on that port`);
  if (stat === undefined) throw fail('there is no such folder.', 'holdfast serve PATH PORT');
  if (!stat.isDirectory()) throw fail('it is no folder.', `holdfast serve ${shellWord(path.dirname(folder))}`);
  return site;
}

async function refuseTakenPort({ folder, host, port }: StaticSite): Promise<void> {
  const problem = await portProblem(host, port);
  if (problem === null) return;
  throw new HoldfastError('USAGE', `Cannot serve ${folder}: ${problem}.`, { hint: `holdfast serve ${shellWord(folder)} ${port + 1}` });
}

function sayWhere(ctx: Context, { folder, host, port, account }: StaticSite, name: string): void {
  const address = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  ctx.say(`\nServing ${printable(folder)} at http://${address}:${port}/${account === null ? '' : ' (with a password)'}\n`);
  ctx.say(`Logs: holdfast logs ${shellWord(name)}\n`);
}
