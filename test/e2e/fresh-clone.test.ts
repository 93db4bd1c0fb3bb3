// `npm start` in a copy of the sources with nothing installed and an empty HOME: what the README promises a newcomer.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesWith } from '../../scripts/leftovers.mjs';
import { freePort } from './kit/ports.ts';
import { killAll } from './kit/processes.ts';
import { certificatesForNpm, run } from './kit/run.ts';
import type { RunResult } from './kit/run.ts';
import { ROOT } from './kit/site.ts';

describe('npm start in a fresh clone', { timeout: 180_000 }, () => {
  let place: string;
  let clone: string;
  let port: number;
  let env: NodeJS.ProcessEnv;
  const start = (): Promise<RunResult> => run('npm', ['start', '--silent'], { cwd: clone, env, timeoutMs: 170_000 });
  const ours = (): ReturnType<typeof processesWith> => processesWith('HOME', env['HOME']!);

  beforeAll(async () => {
    place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-')));
    clone = path.join(place, 'clone');
    const left = new Set(['node_modules', 'dist', '.git'].map((name) => path.join(ROOT, name)));
    fs.cpSync(ROOT, clone, { recursive: true, filter: (file) => !left.has(file) });
    // The example's port may be in use on this machine by the example itself.
    port = await freePort();
    const config = path.join(clone, 'examples/track-backend/ecosystem.config.js');
    fs.writeFileSync(config, fs.readFileSync(config, 'utf8').replace('PORT: 10000', `PORT: ${port}`));
    const cache = (await run('npm', ['config', 'get', 'cache'])).stdout.trim();
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|npm_|NODE_(?!DISABLE_COMPILE_CACHE)|HOLDFAST_HOME$|PORT$)/.test(name),
    );
    env = {
      ...Object.fromEntries(kept),
      ...certificatesForNpm(),
      HOME: path.join(place, 'home'),
      npm_config_cache: cache,
      npm_config_prefer_offline: 'true',
    };
    fs.mkdirSync(env['HOME']!);
  });

  afterAll(async () => {
    await killAll(ours);
    fs.rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  });

  it('names who holds the port before it starts anything', async () => {
    const holder = net.createServer().listen(port);
    await once(holder, 'listening');
    try {
      const result = await start();
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(`port ${port} is in use by pid ${process.pid}`);
      expect(ours()).toEqual([]);
    } finally {
      holder.close();
    }
  });

  it('installs, builds, starts the example and leaves it serving, with commands that can be typed as they stand', async () => {
    const result = await start();
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/track-backend.*online[^]*track-backend.*online/);
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toMatchObject({ ok: true });
    for (const command of ['node dist/cli.cjs ls', 'node dist/cli.cjs describe track-backend']) {
      expect(result.stdout).toContain(command);
      const [file, ...args] = command.split(' ');
      expect(await run(file!, args, { cwd: clone, env })).toMatchObject({ code: 0 });
    }
  });

  it('does no harm the second time', async () => {
    const before = await pids();
    const result = await start();
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toContain('track-backend runs already');
    expect(await pids()).toEqual(before);
  });

  it('ends everything with the command that it names', async () => {
    expect(await run('node', ['dist/cli.cjs', 'kill'], { cwd: clone, env })).toMatchObject({ code: 0 });
    expect(ours()).toEqual([]);
  });

  async function pids(): Promise<readonly number[]> {
    const listed = await run('node', ['dist/cli.cjs', 'jlist'], { cwd: clone, env });
    return (JSON.parse(listed.stdout) as { pid: number }[]).map(({ pid }) => pid);
  }
});
