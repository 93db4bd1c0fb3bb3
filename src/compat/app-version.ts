// The version of the package that a script belongs to, as PM2's list shows it.
import fs from 'node:fs';
import path from 'node:path';

/** The `version` in the package.json nearest above an absolute path; null where there is none, or it cannot be read. */
export function versionOf(script: string): string | null {
  for (let folder = path.dirname(script); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (fs.existsSync(manifest)) return readVersion(manifest);
    if (path.dirname(folder) === folder) return null;
  }
}

function readVersion(manifest: string): string | null {
  try {
    const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    // Not ours to complain about: the list says N/A.
    return null;
  }
}
