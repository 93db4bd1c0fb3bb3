// The methods of the programmatic API that change apps: start, stop, restart, reload, delete, scale, reset.
import fs from 'node:fs';
import path from 'node:path';
import { nameOfSite } from '../config/static-server.ts';
import type { OperationRequest } from '../model/api.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { STATIC_SERVER_WORD } from '../model/static-site.ts';
import { readConfig, readTargets, wordOf } from './api-specs.ts';
import { carryOut, findEntries, listEntries } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import type { JlistEntry } from './jlist.ts';
import type { ActionOptions, Config, Methods, Proc, ServeOptions, StartOptions, Success, Target } from './pm2-types.ts';
import type { Action } from './api-call.ts';

type Changes = 'start' | 'stop' | 'restart' | 'reload' | 'delete' | 'scale' | 'reset' | 'serve';

/** The methods, for one manager. */
export function createAppActions(world: ApiWorld): Record<Changes & keyof Methods, Action> {
  return {
    start: (what: Target | Config, options: StartOptions & ActionOptions = {}) => start(world, what, options),
    stop: async (what: Target | Config) => {
      const targets = await readTargets(world, 'stop', { what, options: {} });
      await carryOut(world, { action: 'stop', targets });
      return (await listEntries(world, targets)).map(brief);
    },
    restart: (what: Target | Config, options: ActionOptions = {}) => renew(world, 'restart', { what, options }),
    reload: (what: Target | Config, options: ActionOptions = {}) => renew(world, 'reload', { what, options }),
    delete: async (what: Target | Config) => {
      const targets = await readTargets(world, 'delete', { what, options: {} });
      const entries = await listEntries(world, targets);
      await carryOut(world, { action: 'delete', targets });
      return entries.map((entry) => brief({ ...entry, pm2_env: { ...entry.pm2_env, status: 'stopped', restart_time: 0 } }));
    },
    serve: (folder = '.', port: number | string = 8080, options: ServeOptions = {}) =>
      start(world, siteOf(world, { folder, port, options }), {}),
    async scale(name: string, amount: number | string): Promise<Success> {
      const isChange = /^[+-]/.test(String(amount));
      await carryOut(world, { action: 'scale', app: name, ...(isChange ? { change: Number(amount) } : { count: Number(amount) }) });
      return { success: true };
    },
    async reset(target: Target): Promise<Success> {
      await carryOut(world, { action: 'reset', targets: [String(target)] });
      return { success: true };
    },
  };
}

function siteOf(
  world: ApiWorld,
  { folder, port, options }: { folder: string; port: number | string; options: ServeOptions },
): StartOptions {
  const { spa, basicAuthUsername: user, basicAuthPassword: password } = options;
  return {
    name: nameOfSite(port),
    script: STATIC_SERVER_WORD,
    env: {
      PM2_SERVE_PATH: path.resolve(world.cwd, folder),
      PM2_SERVE_PORT: String(port),
      ...(spa === true ? { PM2_SERVE_SPA: 'true' } : {}),
      ...(user === undefined ? {} : { PM2_SERVE_BASIC_AUTH: 'true', PM2_SERVE_BASIC_AUTH_USERNAME: user }),
      ...(password === undefined ? {} : { PM2_SERVE_BASIC_AUTH_PASSWORD: password }),
    },
  };
}

/** Options of the action itself. */
const NO_ATTRIBUTES: readonly string[] = ['force', 'updateEnv', 'only'];

/** A config is applied; a word that is no file and names an app restarts it; anything else is a script. */
async function start(world: ApiWorld, what: Target | Config, options: StartOptions & ActionOptions): Promise<Proc[]> {
  const word = wordOf(what);
  if (word === null) return applySpecs(world, await readConfig(world, 'start', { what, options }), 'restart');
  const isFile = /[./]/.test(word) && fs.existsSync(path.resolve(world.cwd, word));
  if (!isFile && (await findEntries(world, [word])).length > 0) {
    await carryOut(world, { action: 'restart', targets: [word] });
    return (await listEntries(world, [word])).map(brief);
  }
  const attributes = Object.fromEntries(Object.entries(options).filter(([name]) => !NO_ATTRIBUTES.includes(name)));
  const specs = await readConfig(world, 'start', { what: { ...attributes, script: word }, options: {} });
  return applySpecs(world, specs, options.force === true || (await areDown(world, specs)) ? 'restart' : 'refuse');
}

/** A stopped or errored app of the same script is started again. */
async function areDown(world: ApiWorld, specs: readonly AppSpec[]): Promise<boolean> {
  const names = specs.map(({ name }) => name);
  const known = (await world.client().apps({ full: true })).apps.filter(({ name }) => names.includes(name));
  return known.every(
    ({ spec, instances }) =>
      specs.some(({ name, script }) => name === spec?.name && script === spec.script) &&
      instances.every(({ status }) => status === 'stopped' || status === 'errored'),
  );
}

async function renew(
  world: ApiWorld,
  action: 'restart' | 'reload',
  { what, options }: { what: Target | Config; options: ActionOptions },
): Promise<Proc[]> {
  const word = wordOf(what);
  if (word === null) return applySpecs(world, await readConfig(world, action, { what, options }), action);
  const targets = [word];
  const entries = await listEntries(world, targets);
  if (options.updateEnv === true) return applySpecs(world, await renewedSpecs(world, targets), action);
  await carryOut(world, { action, targets });
  return (await findEntries(world, [...new Set(entries.map(({ pm_id: id }) => String(id)))])).map(brief);
}

/** Whole apps, with what this process has in its environment. */
async function renewedSpecs(world: ApiWorld, targets: readonly string[]): Promise<readonly AppSpec[]> {
  const { apps } = await world.client().apps({ targets, full: true });
  const { renewInherited } = await import('../config/update-env.ts');
  return apps.flatMap(({ spec }) => (spec === undefined ? [] : [renewInherited(spec, world.env)]));
}

type Existing = Extract<OperationRequest, { action: 'apply' }>['existing'];

async function applySpecs(world: ApiWorld, specs: readonly AppSpec[], existing: Existing): Promise<Proc[]> {
  if (specs.length === 0) return [];
  const names = specs.map(({ name }) => name);
  const before = (await listEntries(world)).map(({ pm_id: id }) => id);
  await carryOut(world, { action: 'apply', specs: specs.map((spec) => ({ ...spec })), existing });
  const entries = (await listEntries(world)).filter(({ name }) => names.includes(name));
  return entries.map((entry) => (before.includes(entry.pm_id) ? brief(entry) : started(entry)));
}

/** PM2's short form. */
function brief({ pm2_env: env, name, pm_id: id }: JlistEntry): Proc {
  const { namespace, status, restart_time: restarts } = env;
  const head = { name, namespace, pm_id: id, status, restart_time: restarts };
  return { ...head, pm2_env: { ...head, env: { ...env.env } } };
}

/** PM2 answers with its own child object here; what programs read of that is its pid. */
function started(entry: JlistEntry): Proc {
  return { ...brief(entry), pid: entry.pid, process: { pid: entry.pid }, pm2_env: { ...entry.pm2_env, env: { ...entry.pm2_env.env } } };
}
