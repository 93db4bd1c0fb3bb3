// A home of its own for a benchmark, driven through the built CLI.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const cli = path.join(root, 'dist/cli.cjs');
const execute = promisify(execFile);

/** Runs `use(site)` and ends everything the site started, whatever happens. */
export async function withSite(use) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hfb-')));
  const env = { ...process.env, HOLDFAST_HOME: path.join(folder, 'home') };
  const site = {
    folder,
    home: env.HOLDFAST_HOME,
    env,
    holdfast: async (...args) => (await execute(process.execPath, [cli, ...args], { cwd: folder, env, maxBuffer: 2 ** 26 })).stdout,
    json: async (...args) => JSON.parse(await site.holdfast(...args, '--json')),
    async start(...apps) {
      const file = path.join(folder, 'ecosystem.config.json');
      fs.writeFileSync(file, JSON.stringify({ apps }));
      await site.holdfast('start', file);
    },
    async instances() {
      return (await site.json('ls')).apps.flatMap((app) => app.instances);
    },
    /** Pids of the daemon and of all hosts. */
    async managers() {
      const { daemon, hosts } = await site.json('info');
      return [daemon.pid, ...hosts.map(({ pid }) => pid)];
    },
    read: (name) => fs.readFileSync(path.join(site.home, name), 'utf8'),
  };
  try {
    return await use(site);
  } finally {
    try {
      execFileSync(process.execPath, [cli, 'kill'], { env, stdio: 'ignore' });
    } catch (error) {
      console.error(`holdfast kill failed: ${error.message}`);
    }
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
