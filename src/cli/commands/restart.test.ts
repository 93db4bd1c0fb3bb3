// `restart` with options: what it changes of apps that are there, and what it refuses.
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { appSpec, appsReply, appView, instanceView, operationView } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';

let daemon: CannedDaemon;
afterEach(() => daemon.close());

const spec = appSpec({ args: ['old'], maxMemoryBytes: null, env: { KEPT: '1' } });

async function run(...argv: readonly string[]): Promise<CliResult> {
  daemon = await startCannedDaemon({
    'POST /v1/operations': { status: 202, json: operationView() },
    'GET /v1/operations/7/stream': { stream: [{ type: 'operation', operation: operationView({ state: 'done', endedAt: NOW }) }] },
    'GET /v1/apps': { status: 200, json: appsReply([instanceView()]) },
    'GET /v1/apps?target=api&full=1': { status: 200, json: { apps: [appView([instanceView()], spec)], alerts: [] } },
  });
  return runCli(argv, { home: daemon.home, env: { PATH: '/bin', FRESH: '1' } });
}

const posted = (): unknown[] => daemon.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

describe('restart by name', () => {
  it('asks for a restart where nothing is to change', async () => {
    expect(await run('restart', 'api')).toMatchObject({ code: 0 });
    expect(posted()).toEqual([{ action: 'restart', targets: ['api'] }]);
  });

  it('changes the settings that options name, and keeps all others', async () => {
    expect(await run('restart', 'api', '--max-memory-restart', '300M', '--restart-delay', '2s')).toMatchObject({ code: 0, stderr: '' });
    const changed = { ...spec, maxMemoryBytes: 300 * 2 ** 20, restartDelayMs: 2000 };
    expect(posted()).toEqual([{ action: 'apply', existing: 'restart', specs: [changed] }]);
  });

  it('takes other arguments for the script, and the variables of this shell besides', async () => {
    expect(await run('restart', 'api', '--update-env', '--', '--port', '1')).toMatchObject({ code: 0 });
    expect(posted()).toMatchObject([{ specs: [{ args: ['--port', '1'], env: { KEPT: '1', FRESH: '1' } }] }]);
  });

  it('does the same in a reload', async () => {
    await run('reload', 'api', '--kill-timeout', '5s', '--surge', 'all');
    expect(posted()).toEqual([{ action: 'apply', existing: 'reload', specs: [{ ...spec, killTimeoutMs: 5000 }], surge: 'all' }]);
  });

  it.each([
    [['--max-memory-restart', 'much'], 'max-memory-restart is "much"'],
    [['--cwd', '/'], '--cwd counts with a config file only'],
    [['--env', 'production'], '--env counts with a config file only'],
    [['--only', 'web'], '--only counts with a config file only'],
    [['--name', 'web'], 'it has no option --name'],
    [['-i', '3'], 'it has no option -i'],
  ])('refuses %j before anything is asked for', async (options, text) => {
    expect(await run('restart', 'api', ...options)).toMatchObject({ code: 1, stderr: expect.stringContaining(text) as string });
    expect(posted()).toEqual([]);
  });
});
