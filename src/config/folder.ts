// Decides the folder an app runs in: relative to the caller as in PM2, or to the config file where only its folder fits.
import { resolve } from 'node:path';
import { expandHome, isFile, isFolder } from './lookup.ts';
import type { Report } from './report.ts';
import type { Settings } from './schema.ts';

export interface FolderSources {
  readonly callerCwd: string;
  /** Null for a script named on the command line. */
  readonly configFolder: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The absolute working folder; null after reporting that it does not exist. */
export function findFolder(settings: Settings, sources: FolderSources, report: Report): string | null {
  const { callerCwd, configFolder } = sources;
  if (settings.cwd !== undefined) return findNamedFolder(expandHome(settings.cwd.trim(), sources.env), sources, report);
  const script = settings.script?.trim() ?? '';
  const isOnlyBesideConfig = configFolder !== null && script !== '' && !exists(callerCwd, script) && isFile(resolve(configFolder, script));
  if (!isOnlyBesideConfig) return callerCwd;
  report.note(`it runs in ${configFolder}, the folder of the config file: ${callerCwd} has no ${script}`, { key: 'cwd' });
  return configFolder;
}

function findNamedFolder(named: string, { callerCwd, configFolder }: FolderSources, report: Report): string | null {
  const folder = resolve(callerCwd, named);
  if (isFolder(folder)) return folder;
  const other = configFolder === null ? folder : resolve(configFolder, named);
  if (isFolder(other)) {
    report.note(`cwd ${named} is taken from ${configFolder}, the folder of the config file: ${callerCwd} has none`, { key: 'cwd' });
    return other;
  }
  report.error(`cwd ${folder} ${isFile(folder) ? 'is a file, not a folder' : 'does not exist'}`, {
    key: 'cwd',
    found: named,
    suggestion: configFolder === null ? null : 'For the folder of the config file write cwd: __dirname.',
  });
  return null;
}

function exists(folder: string, script: string): boolean {
  const path = resolve(folder, script);
  return isFile(path) || isFolder(path);
}
