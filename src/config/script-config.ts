// Recognises a config file that was named like a script, by a look at its text.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const MAX_BYTES = 65_536;
const EXPORTS_APPS = /module\.exports\s*=\s*\{\s*apps\s*:|exports\.apps\s*=|export\s+const\s+apps\s*=|export\s+default\s*\{\s*apps\s*[:,}]/;

/** Whether a script exports a list of apps. Only small .js and .ts files are looked at. */
export function looksLikeConfig(script: string, folder: string): boolean {
  const file = resolve(folder, script);
  if (!/\.[cm]?[jt]s$/.test(file)) return false;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > MAX_BYTES) return false;
  try {
    return EXPORTS_APPS.test(readFileSync(file, 'utf8'));
  } catch {
    return false; // a script that may not be read is reported when it is resolved or started
  }
}
