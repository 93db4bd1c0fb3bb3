// `serve` against a canned daemon and real folders: what it asks for, and what it refuses before anything is started.
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appSpec, appView, instanceView, operationView } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';

let daemon: CannedDaemon;
let blocker: net.Server;
let takenPort: number;
let freePort: number;

beforeEach(async () => {
  const listen = (): Promise<net.Server> =>
    new Promise((resolve) => {
      const server = net.createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
  const free = await listen();
  blocker = await listen();
  takenPort = (blocker.address() as AddressInfo).port;
  freePort = (free.address() as AddressInfo).port;
  await new Promise((resolve) => void free.close(resolve));
});
afterEach(async () => {
  await new Promise((resolve) => void blocker.close(resolve));
  await daemon.close();
});

const ok = (json: unknown): Answer => ({ status: 200, json });

async function serve(argv: readonly string[], known: Answer = ok({ apps: [], alerts: [] }), more: Surroundings = {}): Promise<CliResult> {
  daemon = await startCannedDaemon({
    'POST /v1/operations': { status: 202, json: operationView() },
    'GET /v1/operations/7/stream': { stream: [{ type: 'operation', operation: operationView({ state: 'done', endedAt: NOW }) }] },
    'GET /v1/apps': known,
  });
  mkdirSync(`${daemon.home}/site`);
  writeFileSync(`${daemon.home}/site/index.html`, '');
  return runCli(['serve', ...argv], { home: daemon.home, cwd: daemon.home, env: { PATH: process.env['PATH'] }, ...more });
}

interface Posted {
  readonly specs: readonly {
    readonly name: string;
    readonly script: string;
    readonly env: Record<string, string>;
    readonly mode: string;
  }[];
}

const posted = (): Posted[] => daemon.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body as Posted);
const siteOf = ({ specs }: Posted): Record<string, string> =>
  Object.fromEntries(Object.entries(specs[0]!.env).filter(([name]) => name.startsWith('PM2_SERVE_')));

describe('serve', () => {
  it('starts the server as an app of its own name, and says where', async () => {
    const { code, stdout } = await serve(['site', String(freePort), '--host', '127.0.0.1']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Serving ${daemon.home}/site at http://127.0.0.1:${freePort}/\n`);
    expect(posted()).toMatchObject([
      { action: 'apply', existing: 'refuse', specs: [{ name: `static-page-server-${freePort}`, script: '/dist/serve.cjs', mode: 'fork' }] },
    ]);
    expect(siteOf(posted()[0]!)).toEqual({
      PM2_SERVE_PATH: `${daemon.home}/site`,
      PM2_SERVE_PORT: String(freePort),
      PM2_SERVE_HOST: '127.0.0.1',
    });
  });

  it('takes the options of PM2, and those of any app', async () => {
    const account = ['--basic-auth-username', 'ann', '--basic-auth-password', 'hunter2'];
    const { code, stdout, stderr } = await serve(
      ['--port', String(freePort), '--spa', '--ftp', ...account, '--name', 'web', '-i', '2', '--monitor'],
      undefined,
      { env: { PATH: process.env['PATH'], PM2_SERVE_PATH: 'site', PM2_SERVE_HOST: '127.0.0.1' } },
    );
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('--monitor has no effect') as string });
    expect(stdout + stderr).not.toContain('hunter2');
    expect(posted()).toMatchObject([{ specs: [{ name: 'web', mode: 'cluster', instances: 2, host: 'web' }] }]);
    expect(siteOf(posted()[0]!)).toEqual({
      PM2_SERVE_PATH: `${daemon.home}/site`,
      PM2_SERVE_PORT: String(freePort),
      PM2_SERVE_HOST: '127.0.0.1',
      PM2_SERVE_SPA: 'true',
      PM2_SERVE_FTP: 'true',
      PM2_SERVE_BASIC_AUTH_USERNAME: 'ann',
      PM2_SERVE_BASIC_AUTH_PASSWORD: 'hunter2',
    });
  });

  it.each([
    [['gone'], 'there is no such folder'],
    [['8080'], 'holdfast serve . 8080'],
    [['site/index.html'], 'it is no folder'],
    [['site', 'http'], 'the port is "http", which is no port'],
    [['site', '--port', '99999'], 'the port is "99999", which is no port'],
    [['site', '--basic-auth-username', 'ann'], 'PM2_SERVE_BASIC_AUTH_PASSWORD is missing'],
    [['site', '1', '2'], 'one word too many'],
  ])('refuses %j before anything is started', async (argv, text) => {
    const { code, stderr } = await serve(argv);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(text) as string });
    expect(daemon.asked).toEqual([]);
  });

  it('refuses a port that another program has', async () => {
    const { code, stderr } = await serve(['site', String(takenPort), '--host', '127.0.0.1']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`port ${takenPort} is in use`) as string });
    expect(posted()).toEqual([]);
  });

  it('refuses a second time, and with --force gives the app its new settings, whose port is its own', async () => {
    const name = `static-page-server-${takenPort}`;
    const app = appView([instanceView({ app: name, status: 'online' })], appSpec({ name, script: '/dist/serve.cjs' }));
    const known = ok({ apps: [app], alerts: [] });
    expect(await serve(['site', String(takenPort), '--host', '127.0.0.1'], known)).toMatchObject({ code: 1 });
    await daemon.close();
    expect(await serve(['site', String(takenPort), '--host', '127.0.0.1', '--spa', '--force'], known)).toMatchObject({ code: 0 });
    expect(posted()).toMatchObject([{ existing: 'restart', specs: [{ name }] }]);
  });
});
