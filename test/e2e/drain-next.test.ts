// A Next.js site as it starts itself, reloaded under both loads. Where it does not install or build here, the error is that of npm or of Next.js, and is shown.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { deploy } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { certificatesForNpm, run } from './kit/run.ts';
import type { RunResult } from './kit/run.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';

const INSTALL_TIMEOUT_MS = 120_000;
const BUILD_TIMEOUT_MS = 120_000;
/** It answers a few hundred requests a second where the processor is its own. */
const LOAD_TIMEOUT_MS = 120_000;

/** It leaves compiled code of its own in the folder for temporary files. */
const QUIET = { NEXT_TELEMETRY_DISABLED: '1', NODE_DISABLE_COMPILE_CACHE: '1' };

const PROGRAM = {
  'package.json': '{ "private": true }',
  'app/layout.js': 'export default ({ children }) => <html><body>{children}</body></html>;',
  'app/page/page.js': "export const dynamic = 'force-dynamic';\nexport default () => <p>page of {process.pid}</p>;",
  'app/route.js': "export const dynamic = 'force-dynamic';\nexport const GET = () => new Response(`ok ${process.pid}`);",
  'app/slow/route.js':
    "export const dynamic = 'force-dynamic';\nexport const GET = () => new Promise((resolve) => setTimeout(() => resolve(new Response('slow')), 500));",
};

const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-next-'));
afterAll(() => fs.rmSync(folder, { recursive: true, maxRetries: 3 }));
let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

/** Null when it is there, or what went wrong. */
async function build(): Promise<string | null> {
  for (const [name, text] of Object.entries(PROGRAM)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const env = { ...site.env, ...certificatesForNpm(), ...QUIET };
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', 'next@16', 'react@19', 'react-dom@19'];
  const steps = [
    { what: 'npm install', file: 'npm', args: install, timeoutMs: INSTALL_TIMEOUT_MS },
    { what: 'next build', file: process.execPath, args: ['node_modules/next/dist/bin/next', 'build'], timeoutMs: BUILD_TIMEOUT_MS },
  ];
  for (const { what, file, args, timeoutMs } of steps) {
    const result: RunResult | Error = await run(file, args, { cwd: folder, env, timeoutMs }).catch((error: Error) => error);
    if (result instanceof Error) return `${what}: ${result.message}`;
    if (result.code !== 0) return `${what}: ended with code ${result.code}:\n${result.stderr}\n${result.stdout}`;
  }
  return null;
}

it(
  'a Next.js site loses no request in a reload',
  async () => {
    const problem = await build();
    if (problem !== null) {
      console.error(`Next.js could not be installed or built here:\n${problem}`);
      expect(problem).toMatch(/^(npm install|next build): /);
      return;
    }
    const port = await freePort();
    const app = {
      name: 'site',
      script: path.join(folder, 'node_modules/next/dist/bin/next'),
      cwd: folder,
      args: ['start', '-p', String(port)],
      instances: 2,
      exec_mode: 'cluster',
      env: QUIET,
    };
    expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
    const old = (await site.instances('site')).map(({ pid }) => pid!);
    expect((await ask({ port, path: '/page' })).body).toContain('page of');
    const slow = Array.from({ length: 10 }, () => ask({ port, path: '/slow' }));
    const seen = await expectNoFailedRequest(
      port,
      async () => {
        expect(await deploy(site, 'reload', 'site')).toMatchObject({ code: 0, failure: null });
      },
      { withinMs: LOAD_TIMEOUT_MS },
    );
    const fresh = (await site.instances('site')).map(({ pid }) => pid!);
    expect(seen.pids).toEqual(new Set([...old, ...fresh]));
    expect(old.filter(isAlive)).toEqual([]);
    expect((await Promise.all(slow)).map(({ body }) => body)).toEqual(Array.from({ length: 10 }, () => 'slow'));
  },
  INSTALL_TIMEOUT_MS + BUILD_TIMEOUT_MS + LOAD_TIMEOUT_MS + 60_000,
);
