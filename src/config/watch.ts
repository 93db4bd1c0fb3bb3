// Decides which files an app watches, and how, from all that its settings say of it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WatchSpec } from '../model/app-spec.ts';
import { settingOf } from './attributes.ts';
import { expandHome } from './lookup.ts';
import type { Report } from './report.ts';
import type { Settings } from './schema.ts';
import { readValue } from './values.ts';
import type { Reading } from './values.ts';

const COMPANIONS = ['ignore_watch', 'watch_delay', 'watch_options', 'watch_extensions'] as const;
/** Options of chokidar, the library PM2 passes them to, that ask for nothing which is not so here. */
const SETTLED = new Set([
  'persistent',
  'ignoreInitial',
  'ignorePermissionErrors',
  'atomic',
  'alwaysStat',
  'binaryInterval',
  'cwd',
  'useFsEvents',
]);
/** As in chokidar. */
const POLL_MS = 100;

export interface WatchPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Off where nothing is said. Mistakes are reported. */
export function decideWatch(settings: Settings, { cwd, env }: WatchPlace, report: Report): WatchSpec {
  const watch = settings.watch ?? null;
  const paths = (watch ?? []).map((path) => expandHome(path, env));
  if (watch === null)
    for (const key of COMPANIONS)
      if (settings[key] !== undefined)
        report.note(`${key} has no effect without watch`, { key, suggestion: 'Write watch: true, or take it out.' });
  reportMissing(paths, cwd, report);
  const { ignore, ...how } = readOptions(settings.watch_options, report);
  return {
    isOn: watch !== null,
    paths,
    ignore: [...(settings.ignore_watch ?? []), ...ignore],
    extensions: readExtensions(settings.watch_extensions),
    delayMs: settingOf(settings, 'watch_delay'),
    ...how,
  };
}

function reportMissing(paths: readonly string[], cwd: string, report: Report): void {
  for (const path of paths) {
    if (existsSync(resolve(cwd, path)) || /[*?[\]{}()!]/.test(path)) continue;
    report.warn(`watch names ${path}, which is not there`, {
      key: 'watch',
      found: path,
      suggestion: `Paths count from ${cwd}. It is watched once it is there.`,
    });
  }
}

function readExtensions(words: Settings['watch_extensions']): string[] | null {
  const all = (words ?? []).flatMap((word) => word.split(/[\s,]+/)).map((word) => word.replace(/^\*?\./, ''));
  const named = [...new Set(all.filter((word) => word !== ''))];
  return named.length === 0 ? null : named;
}

function readOptions(options: Settings['watch_options'] = {}, report: Report): Pick<WatchSpec, 'ignore' | 'followsLinks' | 'pollMs'> {
  const key = (name: string): string => `watch_options.${name}`;
  const take = <T>(name: string, reading: Reading<T>, otherwise: T): T => {
    if (reading.ok) return reading.value;
    const found = JSON.stringify(options[name]) ?? 'none';
    report.error(`${key(name)} is ${found}, ${reading.why}`, { key: key(name), found, accepted: reading.accepted });
    return otherwise;
  };
  const { usePolling = false, interval = POLL_MS, followSymlinks = false, ignored = [], ...others } = options;
  for (const name of Object.keys(others).filter((one) => !SETTLED.has(one)))
    report.warn(`${key(name)} has no effect here`, { key: key(name) });
  const polls = take('usePolling', readValue('flag', usePolling), false);
  const intervalMs = take('interval', readValue('duration', interval), POLL_MS);
  return {
    ignore: take('ignored', readValue('patterns', ignored), []),
    followsLinks: take('followSymlinks', readValue('flag', followSymlinks), false),
    pollMs: polls ? Math.max(intervalMs, 1) : null,
  };
}
