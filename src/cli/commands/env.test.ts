// `env` against a canned daemon: its two forms, its secrets, and what it refuses.
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { appSpec, appsReply, appView, instanceView } from '../../../test/canned-views.ts';
import { runCli } from '../../../test/run-cli.ts';

let daemon: CannedDaemon;
afterEach(() => daemon.close());

const SPEC = appSpec({
  env: {
    PATH: '/bin',
    PORT: '3001',
    TOKEN: 'hush',
    DB: 'postgres://me:hush@db/x',
    PYTHONUNBUFFERED: '1',
    EXTRA: 'x',
    HOME: '/nonexistent',
  },
  incrementVar: 'PORT',
  envLayers: [
    { source: 'manager', file: null, key: 'python3', names: ['PYTHONUNBUFFERED'] },
    { source: 'shell', file: null, key: null, names: ['PATH', 'TOKEN', 'PORT', 'HOME'] },
    { source: 'config', file: null, key: null, names: ['DB'] },
    { source: 'user', file: null, key: null, names: ['HOME'] },
    { source: 'env_file', file: '/srv/.env', key: null, names: ['TOKEN'] },
    { source: 'config', file: '/srv/eco.json', key: 'env_production', names: ['PORT'] },
  ],
});

async function env(...words: string[]): ReturnType<typeof runCli> {
  const app = appView([instanceView({ id: 5, slot: 1 }), instanceView({ id: 4, slot: 0 })], SPEC);
  daemon = await startCannedDaemon({ 'GET /v1/apps': { status: 200, json: { apps: [app], alerts: [] } } });
  return runCli(['env', ...words], { home: daemon.home });
}

describe('env', () => {
  it("prints a line per variable in PM2's shape, of the first instance, with secrets masked", async () => {
    expect(await env('api')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'DB: postgres://me:********@db/x',
        'EXTRA: x',
        'HOME: /nonexistent',
        'NODE_APP_INSTANCE: 0',
        'PATH: /bin',
        'PORT: 3001',
        'PYTHONUNBUFFERED: 1',
        'TOKEN: ********',
        'pm_id: 4',
        '',
      ].join('\n'),
    });
    expect(daemon.asked.map(({ line }) => line)).toEqual(['GET /v1/apps?target=api&full=1']);
  });

  it('shows secrets where they are asked for', async () => {
    const { stdout } = await env('4', '--show-secrets');
    expect(stdout).toContain('TOKEN: hush\n');
    expect(stdout).toContain('DB: postgres://me:hush@db/x\n');
  });

  it('--explain says where each comes from, and what it stands over', async () => {
    const lines = (await env('api', '--explain')).stdout.split('\n').filter((line) => line.startsWith('│'));
    const cells = (line: string): string[] =>
      line
        .split('│')
        .map((cell) => cell.trim())
        .filter(Boolean);
    expect(lines.map(cells)).toEqual([
      ['variable', 'value', 'from', 'instead of'],
      ['DB', 'postgres://me:********@db/x', 'set by code of the config file'],
      ['EXTRA', 'x', 'not known any more'],
      ['HOME', '/nonexistent', 'uid', 'shell'],
      ['NODE_APP_INSTANCE', '0', 'Holdfast, for the instance'],
      ['PATH', '/bin', 'shell'],
      ['PORT', '3001', 'Holdfast, for the instance', 'env_production in /srv/eco.json, shell'],
      ['PYTHONUNBUFFERED', '1', 'Holdfast, for python3'],
      ['TOKEN', '********', 'env_file /srv/.env', 'shell'],
      ['pm_id', '4', 'Holdfast, for the instance'],
    ]);
  });

  it('--json carries the same', async () => {
    const { variables, id } = JSON.parse((await env('api', '--json')).stdout) as { variables: object[]; id: number };
    expect(id).toBe(4);
    expect(variables).toContainEqual({ name: 'TOKEN', value: '********', from: 'env_file /srv/.env', over: ['shell'] });
  });

  it('refuses what means several apps, or none', async () => {
    daemon = await startCannedDaemon({
      'GET /v1/apps?target=all&full=1': { status: 200, json: appsReply([instanceView({ app: 'a' }), instanceView({ app: 'b' })]) },
      'GET /v1/apps?target=gone&full=1': {
        status: 404,
        json: { error: { code: 'TARGET_NOT_FOUND', message: 'Cannot show "gone": there is no such app.' } },
      },
    });
    expect(await runCli(['env', 'all'], { home: daemon.home })).toEqual({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot show the variables of "all": it means 2 apps.\n  Next: holdfast env a\n',
    });
    expect((await runCli(['env', 'gone'], { home: daemon.home })).code).toBe(1);
    expect((await runCli(['env'], { home: daemon.home })).stderr).toContain('it needs <id|name>');
  });
});
