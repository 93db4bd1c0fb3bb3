// Tells config files from scripts by name, and finds the one of a folder.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG_NAME = /(?:\.config\.[cm]?[jt]s|\.json[5c]?|\.ya?ml)$/i;
const DEFAULT_NAMES: readonly string[] = ['js', 'cjs', 'mjs', 'ts', 'json', 'yaml', 'yml'].map(
  (extension) => `ecosystem.config.${extension}`,
);

/** The target that means a config on standard input. */
export const STANDARD_INPUT = '-';

/** Whether a name is that of a config file: *.config.{js,cjs,mjs,ts}, *.json (package.json too), *.yml, *.yaml, or `-`. It need not exist, unless it has blanks and could be a shell line. */
export function isConfigFile(name: string): boolean {
  if (name === STANDARD_INPUT) return true;
  return CONFIG_NAME.test(name) && (!/\s/.test(name) || isFile(name));
}

/** The config file that `start` without arguments means: ecosystem.config.* of `folder`, else a package.json with `pm2` or `apps`; absolute, or null. */
export function findConfig(folder: string): string | null {
  const named = DEFAULT_NAMES.map((name) => join(folder, name)).find(isFile);
  if (named !== undefined) return named;
  const manifest = join(folder, 'package.json');
  return isFile(manifest) && hasApps(manifest) ? manifest : null;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function hasApps(manifest: string): boolean {
  try {
    const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
    return typeof content === 'object' && content !== null && ('pm2' in content || 'apps' in content);
  } catch {
    return false; // a package.json that cannot be read names no apps; `start package.json` says what is wrong with it
  }
}
