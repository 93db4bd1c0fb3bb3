// Installs the packages of package-lock.json where they are not installed yet. Plain Node: it runs before anything is there.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** True when node_modules holds exactly what package-lock.json names. npm keeps its own record of what it installed beside it. */
export function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const present = packagesIn('node_modules/.package-lock.json');
  if (wanted === null || present === null) return false;
  const same = ([name, { version, integrity }]) => wanted[name]?.version === version && wanted[name]?.integrity === integrity;
  // Packages for other platforms are optional and absent.
  return (
    Object.entries(present).every(same) &&
    Object.entries(wanted).every(([name, { optional, devOptional }]) => name === '' || optional || devOptional || name in present)
  );
}

function packagesIn(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return null; // absent, or cut off by an interrupted installation
  }
}

/** `npm ci` where needed. Returns an error text, or null when all is there. */
export function ensureInstalled() {
  if (isInstalled()) return null;
  console.log('Installing the packages (npm ci) ...');
  // NODE_ENV=production or an `omit` setting would leave out what builds and tests the product.
  const npm = spawnSync(
    'npm',
    ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (npm.error) return `npm cannot be started: ${npm.error.message}.`;
  if (npm.status !== 0) return `npm ci ended with code ${npm.status}; its output is above.`;
  return null;
}
