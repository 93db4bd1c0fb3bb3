// Programs from npm that a test runs: installed once, beside node_modules, and kept for the next run.
import fs from 'node:fs';
import path from 'node:path';
import { certificatesForNpm, run } from './run.ts';
import { ROOT } from './site.ts';

const INSTALL_TIMEOUT_MS = 170_000;

/** How long a hook may take that installs. */
export const INSTALL_HOOK_MS = 180_000;

/** The node_modules folder with these packages (`name@range`). `name` is that of the test file: two files never install into one folder. */
export async function installed(name: string, packages: readonly string[]): Promise<string> {
  const folder = path.join(ROOT, 'node_modules/.cache/e2e', name);
  const done = path.join(folder, 'installed.json');
  const wanted = JSON.stringify(packages);
  if (fs.existsSync(done) && fs.readFileSync(done, 'utf8') === wanted) return path.join(folder, 'node_modules');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  const args = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
  // npm would leave compiled code of its own in the folder for temporary files.
  const env = { ...process.env, ...certificatesForNpm(), NODE_DISABLE_COMPILE_CACHE: '1' };
  const result = await run('npm', args, { cwd: folder, env, timeoutMs: INSTALL_TIMEOUT_MS });
  if (result.code !== 0) throw new Error(`npm install ${packages.join(' ')} ended with code ${result.code}:\n${result.stderr}`);
  fs.writeFileSync(done, wanted);
  return path.join(folder, 'node_modules');
}
