// What npm would publish, installed into an empty place, does the main job there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { certificatesForNpm, run } from './kit/run.ts';
import { createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';

describe('the published package', { timeout: 120_000 }, () => {
  let place: string;
  let site: Site;

  beforeAll(async () => {
    place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-')));
    // The download cache is shared, so that this asks the registry for nothing it has; everything else is empty.
    const cache = (await npm(ROOT, process.env, 'config', 'get', 'cache')).trim();
    const env = {
      ...process.env,
      ...certificatesForNpm(),
      HOME: path.join(place, 'home'),
      npm_config_cache: cache,
      npm_config_prefix: path.join(place, 'prefix'),
    };
    fs.mkdirSync(env.HOME);
    await npm(ROOT, env, 'pack', '--ignore-scripts', '--pack-destination', place);
    const [tarball] = fs.readdirSync(place).filter((name) => name.endsWith('.tgz'));
    await npm(place, env, 'install', '--global', '--prefer-offline', path.join(place, tarball!));
    site = createSite({ cli: path.join(place, 'prefix/lib/node_modules/holdfast/dist/cli.cjs') });
    site.env['HOME'] = env.HOME;
  }, 120_000);

  afterAll(async () => {
    await site.dispose();
    fs.rmSync(place, { recursive: true, force: true });
  });

  it('carries the product, its licence and the notices of what it contains, and nothing else', () => {
    const folder = path.join(place, 'prefix/lib/node_modules/holdfast');
    const top = fs.readdirSync(folder).filter((name) => name !== 'node_modules');
    expect(top.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const files = fs.readdirSync(path.join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining(['cli.cjs', 'daemon.cjs', 'host.cjs', 'preload-cluster.cjs', 'preload-fork.cjs', 'THIRD-PARTY-NOTICES.txt']),
    );
    expect(
      files.filter((name) => !/\.(cjs|cjs\.map|d\.cts|txt)$/.test(name) && fs.statSync(path.join(folder, 'dist', name)).isFile()),
    ).toEqual([]);
  });

  it('puts both commands into the prefix', async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    for (const name of ['holdfast', 'hold']) {
      const result = await run(path.join(place, 'prefix/bin', name), ['--version'], { env: site.env });
      expect(result).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  it('starts an app from a configuration, lists it, serves it and ends it', async () => {
    const port = await freePort();
    const config = site.ecosystem({
      name: 'web',
      script: fixture('http-server.cjs'),
      instances: 2,
      exec_mode: 'cluster',
      env: { PORT: port },
    });
    const started = await site.run('start', config);
    expect(started, started.stderr).toMatchObject({ code: 0 });
    expect((await site.instances('web')).map(({ status }) => status)).toEqual(['online', 'online']);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(await answer.json()).toMatchObject({ pid: expect.any(Number) as number });
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(site.processes()).toEqual([]);
  });
});

async function npm(cwd: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string> {
  const result = await run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, env, timeoutMs: 100_000 });
  if (result.code !== 0) throw new Error(`npm ${args.join(' ')} ended with code ${result.code}: ${result.stderr}`);
  return result.stdout;
}
