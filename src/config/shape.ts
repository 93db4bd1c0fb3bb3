// Finds the apps in the value of a config file, whatever its shape: { apps }, a list, one bare app, a mapping, a package.json. Pure.
import type { Report } from './report.ts';
import { findAttribute } from './schema.ts';
import { staticApp } from './static-server.ts';
import { suggest } from './suggest.ts';

/** The attributes of one app as they were written. */
export type RawApp = Readonly<Record<string, unknown>>;

const TOP_LEVEL: readonly string[] = ['apps', 'deploy', 'static', 'pm2'];

/** The apps of a config value, in order; what is odd is reported. `isManifest`: the file is a package.json, its other keys are none of ours. */
export function listApps(value: unknown, isManifest: boolean, report: Report): readonly RawApp[] {
  if (Array.isArray(value)) return keepApps(value, report);
  if (!isObject(value)) {
    report.error(`must be an object with apps, a list of apps, or one app; it is ${describe(value)}`, {
      accepted: 'module.exports = { apps: [{ name, script }] }',
    });
    return [];
  }
  if (isManifest) return listManifestApps(value, report);
  if ('apps' in value) return [...listSectionApps(value, report), ...listStaticApps(value['static'], report)];
  if ('pm2' in value) return listApps(value['pm2'], false, report);
  if ('static' in value) return listStaticApps(value['static'], report);
  if (Object.keys(value).some((key) => findAttribute(key) !== undefined)) return [value];
  reportNoApps(value, report);
  return [];
}

function listManifestApps(value: RawApp, report: Report): readonly RawApp[] {
  if ('apps' in value) return listSection(value['apps'], report);
  if ('pm2' in value) return listApps(value['pm2'], false, report);
  report.error('has neither a pm2 nor an apps section', { accepted: '"pm2": { "script": "server.js" }' });
  return [];
}

function listSectionApps(value: RawApp, report: Report): readonly RawApp[] {
  for (const key of Object.keys(value)) reportNeighbour(key, value, report);
  return listSection(value['apps'], report);
}

function listSection(apps: unknown, report: Report): readonly RawApp[] {
  if (Array.isArray(apps)) {
    if (apps.length === 0) report.error('apps is an empty list', { key: 'apps' });
    return keepApps(apps, report);
  }
  if (!isObject(apps)) {
    report.error(`apps is ${describe(apps)}, which is no list`, { key: 'apps', accepted: 'a list of apps' });
    return [];
  }
  if (Object.keys(apps).some((key) => findAttribute(key) === 'script')) {
    report.note('apps is one app, not a list; taken as a list of one', { key: 'apps' });
    return [apps];
  }
  report.note('apps is a mapping; its keys are taken as names', { key: 'apps' });
  return keepApps(
    Object.entries(apps).map(([name, app]) => (isObject(app) ? { name, ...app } : app)),
    report,
  );
}

/** The folders that are to be served. */
function listStaticApps(section: unknown, report: Report): readonly RawApp[] {
  if (section === undefined || section === null) return [];
  if (Array.isArray(section) || isObject(section))
    return keepApps(Array.isArray(section) ? section : [section], report, 'static').map((entry) => staticApp(entry, report));
  report.error(`static is ${describe(section)}, which is no list`, { key: 'static', accepted: 'static: [{ path: "public", port: 8080 }]' });
  return [];
}

/** Leaves out what a condition left empty (`cond && app`). */
function keepApps(items: readonly unknown[], report: Report, key: 'apps' | 'static' = 'apps'): readonly RawApp[] {
  const apps: RawApp[] = [];
  items.forEach((item, index) => {
    if (item === undefined || item === null || item === false || item === '' || item === 0) return;
    if (isObject(item) && !Array.isArray(item)) apps.push(item);
    else
      report.error(`${key}[${index}] is ${describe(item)}, which is no ${key === 'apps' ? 'app' : 'folder to serve'}`, {
        key,
        accepted: key === 'apps' ? 'an object such as { name: "api", script: "server.js" }' : '{ path: "public", port: 8080 }',
      });
  });
  return apps;
}

function reportNeighbour(key: string, value: RawApp, report: Report): void {
  if (isComment(key) || TOP_LEVEL.includes(key)) return;
  if (findAttribute(key) !== undefined) {
    report.warn(`${key} stands beside apps, where it has no effect`, { key, suggestion: 'Move it into each app.' });
  } else if (Object.prototype.toString.call(value) !== '[object Module]') {
    const near = suggest(key, TOP_LEVEL);
    report.warn(`${key} is not known beside apps, ignored`, { key, suggestion: near === null ? null : `Did you mean ${near}?` });
  }
}

function reportNoApps(value: RawApp, report: Report): void {
  const keys = Object.keys(value);
  const near = keys.map((key) => [key, suggest(key, ['apps', 'script'])] as const).find(([, known]) => known !== null);
  report.error(`has neither apps nor a script${keys.length === 0 ? ': it exports nothing' : ` (it has ${keys.slice(0, 5).join(', ')})`}`, {
    accepted: 'module.exports = { apps: [{ name, script }] }',
    suggestion: near === undefined ? null : `Did you mean ${near[1]} by ${near[0]}?`,
  });
}

/** Keys people use for comments in data files, and for what is only there to be repeated (`x-base: &base`, as in a compose file). */
export function isComment(key: string): boolean {
  return /^(\/\/|\$schema$|_?comments?$|#|x-)/.test(key);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return value === null || value === undefined ? 'empty' : `a ${typeof value}`;
}
