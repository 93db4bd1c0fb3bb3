// What a config says of the static file server: the `static` section as apps, and whether what an app of it is told can work.
import { resolve } from 'node:path';
import { readStaticSite } from '../model/static-site.ts';
import { isFolder } from './lookup.ts';
import type { Report } from './report.ts';
import type { RawApp } from './shape.ts';

/** Keys of an entry of `static` that become variables of the server; all others are attributes of its app. */
const VARIABLES: Readonly<Record<string, string>> = {
  port: 'PM2_SERVE_PORT',
  host: 'PM2_SERVE_HOST',
  path: 'PM2_SERVE_PATH',
  spa: 'PM2_SERVE_SPA',
  ftp: 'PM2_SERVE_FTP',
  directory: 'PM2_SERVE_DIRECTORY',
  homepage: 'PM2_SERVE_HOMEPAGE',
};

/** One entry of `static` as an app. */
export function staticApp(entry: RawApp, report: Report): RawApp {
  const { basic_auth: account, monitor, env, ...others } = entry;
  if (monitor !== undefined && monitor !== null && monitor !== false)
    report.warn("monitor has no effect: it belongs to the paid service of PM2's makers", { key: 'monitor' });
  const isVariable = (key: string): boolean => Object.hasOwn(VARIABLES, key);
  const given = Object.entries(others).filter(([key, value]) => isVariable(key) && value !== undefined && value !== null);
  const rest = Object.entries(others).filter(([key]) => !isVariable(key));
  return {
    name: nameOfSite(entry['port']),
    script: 'serve',
    ...Object.fromEntries(rest),
    env: {
      ...(typeof env === 'object' ? env : {}),
      ...Object.fromEntries(given.map(([key, value]) => [VARIABLES[key], value])),
      ...variablesOfAccount(account, report),
    },
  };
}

/** As PM2 calls it. */
export function nameOfSite(port: unknown): string {
  return `static-page-server-${typeof port === 'number' || typeof port === 'string' ? port : '8080'}`;
}

function variablesOfAccount(account: unknown, report: Report): Readonly<Record<string, unknown>> {
  if (account === undefined || account === null || account === false) return {};
  if (typeof account === 'object' && !Array.isArray(account)) {
    const { username, password } = account as RawApp;
    return { PM2_SERVE_BASIC_AUTH: true, PM2_SERVE_BASIC_AUTH_USERNAME: username, PM2_SERVE_BASIC_AUTH_PASSWORD: password };
  }
  report.error('basic_auth is no user name with a password', { key: 'basic_auth', accepted: '{ username: "ann", password: "..." }' });
  return {};
}

/** Reports what would make the server give up at once. */
export function checkStaticSite(env: Readonly<Record<string, string>>, cwd: string, report: Report): void {
  const site = readStaticSite(env);
  if (!('folder' in site)) {
    for (const { variable, found, text, accepted } of site)
      report.error(`${variable}${found === null ? '' : ` is ${JSON.stringify(found)}, which`} ${text}`, { key: variable, found, accepted });
    return;
  }
  const folder = resolve(cwd, site.folder);
  if (!isFolder(folder))
    report.error(`there is no folder ${folder} to serve`, {
      key: 'PM2_SERVE_PATH',
      found: site.folder,
      accepted: 'a folder, absolute or relative to cwd',
    });
}
