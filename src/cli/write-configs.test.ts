// `start --write`: the config file that it writes starts the same app.
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../test/canned-daemon.ts';
import { operationView } from '../../test/canned-views.ts';
import { runCli } from '../../test/run-cli.ts';
import type { CliResult } from '../../test/run-cli.ts';

let daemon: CannedDaemon;
let folder: string;
beforeEach(async () => {
  daemon = await startCannedDaemon({
    'POST /v1/operations': { status: 202, json: operationView() },
    'GET /v1/apps': { status: 200, json: { apps: [], alerts: [] } },
  });
  folder = `${daemon.home}/site`;
  fs.mkdirSync(folder);
  for (const script of ['app.js', 'other.js']) fs.writeFileSync(`${folder}/${script}`, '');
});
afterEach(() => daemon.close());

const start = (...argv: readonly string[]): Promise<CliResult> =>
  runCli(['start', ...argv, '--no-wait'], { home: daemon.home, cwd: folder, env: { PATH: process.env['PATH'] } });
const written = (name: string): unknown => JSON.parse(fs.readFileSync(`${folder}/${name}`, 'utf8'));
const specs = (): unknown[] => daemon.asked.flatMap(({ body }) => (body as { specs?: unknown[] } | null)?.specs ?? []);

const OPTIONS = [
  '--name',
  'web',
  '-i',
  '2',
  '--watch',
  '--watch-delay',
  '3',
  '--no-treekill',
  '--stop-exit-codes',
  '0,143',
  '-o',
  'out.log',
];

describe('start --write', () => {
  it('writes what was typed into NAME-pm2.json, which starts the same app', async () => {
    const { code, stdout, stderr } = await runCli(['start', 'app.js', ...OPTIONS, '-w', '--no-wait', '--', '--port', '3000'], {
      home: daemon.home,
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`[holdfast] wrote ${folder}/web-pm2.json\n`);
    expect(written('web-pm2.json')).toEqual({
      script: 'app.js',
      name: 'web',
      instances: '2',
      watch: [],
      watch_delay: '3s',
      out_file: 'out.log',
      treekill: false,
      stop_exit_codes: ['0,143'],
      args: ['--port', '3000'],
    });
    expect(await start('web-pm2.json')).toMatchObject({ code: 0, stderr: '' });
    const [typed, fromFile] = specs();
    expect(fromFile).toEqual(typed);
  });

  it('writes a file for each script', async () => {
    await start('app.js', 'other.js', '--write');
    expect([written('app-pm2.json'), written('other-pm2.json')]).toEqual([
      { script: 'app.js', name: 'app' },
      { script: 'other.js', name: 'other' },
    ]);
  });

  it('leaves a file that says something else, unless --force is given', async () => {
    const file = `${folder}/app-pm2.json`;
    await start('app.js', '-w');
    expect((await start('app.js', '-w')).stderr).toBe('');
    fs.writeFileSync(file, 'mine');
    expect(await start('app.js', '-w')).toMatchObject({
      code: 0,
      stderr: `[holdfast] Warning: ${file} says something else and stays as it is; --force replaces it.\n`,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    await start('app.js', '-w', '--force');
    expect(written('app-pm2.json')).toEqual({ script: 'app.js', name: 'app' });
  });

  it('starts the app beside a folder of that name, too', async () => {
    fs.mkdirSync(`${folder}/app-pm2.json`);
    expect(await start('app.js', '-w')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('says something else and stays as it is'),
    });
  });

  it('starts nothing where it cannot write', async () => {
    fs.mkdirSync(`${folder}/app-pm2.json`);
    const { code, stderr } = await start('app.js', '-w', '-f');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Cannot write ${folder}/app-pm2.json: EISDIR`)]);
    expect(specs()).toEqual([]);
  });

  it('says that it has no effect where no script was named', async () => {
    fs.writeFileSync(`${folder}/two.config.json`, '{ "apps": [{ "script": "app.js" }] }');
    expect(await start('two.config.json', '-w')).toMatchObject({
      code: 0,
      stderr: '[holdfast] Warning: --write has no effect: it is for scripts, and none was named.\n',
    });
  });
});
