// Commands against a canned daemon: what they ask for, all they print, how they end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appSpec, appsReply, appView, instanceView, operationView, TABLE } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';
import type { OperationView } from '../../model/view.ts';

let daemon: CannedDaemon | null = null;
afterEach(async () => {
  await daemon?.close();
  daemon = null;
});

async function withDaemon(
  answers: Parameters<typeof startCannedDaemon>[0],
  argv: readonly string[],
  surroundings: Surroundings = {},
): Promise<CliResult> {
  daemon = await startCannedDaemon(answers);
  return runCli(argv, { home: daemon.home, ...surroundings });
}

const ok = (json: unknown): Answer => ({ status: 200, json });
const refused = (status: number, error: object): Answer => ({ status, json: { error } });
const APPS = appsReply([instanceView(), instanceView({ id: 1, slot: 1 })]);
/** The answers to an operation that ends like this. */
function operation(end: Partial<OperationView>): Record<string, Answer> {
  const final = operationView({ state: 'done', endedAt: NOW, ...end });
  const event = { kind: 'started', pid: 4101, at: NOW, app: 'api', slot: 1 };
  return {
    'POST /v1/operations': { status: 202, json: operationView() },
    'GET /v1/operations/7/stream': {
      stream: [
        { type: 'event', event },
        { type: 'operation', operation: operationView() },
        { type: 'operation', operation: final },
      ],
    },
    'GET /v1/apps': ok(APPS),
  };
}

const outcome = (slot: number, good: boolean, text: string): OperationView['outcomes'][number] => ({
  app: 'api',
  slot,
  id: slot,
  ok: good,
  text,
});
const posted = (): unknown[] => daemon!.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

describe('list', () => {
  it.each(['list', 'ls', 'l', 'status', 'ps'])('is called %s', async (word) => {
    expect(await withDaemon({ 'GET /v1/apps': ok(APPS) }, [word])).toEqual({ code: 0, stdout: TABLE, stderr: '' });
  });

  it('prints the reply itself with --json', async () => {
    const { stdout } = await withDaemon({ 'GET /v1/apps': ok(APPS) }, ['ls', '--json']);
    expect(JSON.parse(stdout)).toEqual(APPS);
  });

  it('fits a terminal', async () => {
    const long = appsReply([instanceView({ app: 'a-name-that-is-much-too-long-for-this' })]);
    const { stdout } = await withDaemon({ 'GET /v1/apps': ok(long) }, ['ls', '--no-color'], { isTTY: true, columns: 60 });
    expect(stdout.split('\n')[3]).toBe('│ 0  │ a-name-that… │ cluster │ 0 │ online │ 0.3% │ 52.3mb │');
  });

  it('measures wide names', async () => {
    const wide = appsReply([instanceView({ app: '日本', mode: 'fork' }), instanceView({ id: 1, app: 'abcd', mode: 'fork' })]);
    const { stdout } = await withDaemon({ 'GET /v1/apps': ok(wide) }, ['ls']);
    expect(
      stdout
        .split('\n')
        .slice(3, 5)
        .map((line) => line.slice(0, 15)),
    ).toEqual(['│ 1  │ abcd    ', '│ 0  │ 日本     │'.slice(0, 15)]);
  });

  it('says what to do where no daemon answers', async () => {
    const { code, stderr } = await runCli(['ls'], { home: '/nonexistent/home' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[holdfast\] Cannot reach the daemon at \/nonexistent\/home\/daemon\.sock: .*\n {2}Next: /);
  });
});

describe('the commands describe and info', () => {
  const reply = { apps: [appView([instanceView()], appSpec())], alerts: [] };

  it.each([
    ['describe', 'api'],
    ['show', 'api'],
    ['desc', 'api'],
    ['info', 'api'],
  ])('%s %s shows all but the environment', async (...argv) => {
    const { code, stdout } = await withDaemon({ 'GET /v1/apps?target=api&full=1': ok(reply) }, argv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ Describing process with id 0 - name api \n┌─+┬─+┐\n│ status +│ online +│\n/);
    expect(stdout).toMatch(/ Settings of api \n/);
    expect(stdout).not.toContain('hush');
  });

  it('describe --json has the settings, and no environment', async () => {
    const { stdout } = await withDaemon({ 'GET /v1/apps?target=api&full=1': ok(reply) }, ['describe', 'api', '--json']);
    const { env: _, ...settings } = appSpec();
    expect(JSON.parse(stdout)).toEqual({ apps: [{ ...appView([instanceView()]), spec: settings }], alerts: [] });
  });

  it('passes on what the daemon says of an unknown target', async () => {
    const error = {
      code: 'TARGET_NOT_FOUND',
      message: 'Cannot find "apo": no app, namespace or id. Did you mean api?',
      hint: 'holdfast ls',
    };
    expect(await withDaemon({ 'GET /v1/apps': refused(404, error) }, ['describe', 'apo'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `[holdfast] ${error.message}\n  Next: holdfast ls\n`,
    });
  });

  const manager = {
    version: '0.1.0',
    home: '/home/me/.holdfast',
    daemon: { pid: 99, uptimeMs: 7_300_000, version: '0.1.0' },
    hosts: [
      { pid: 100, name: 'api', apps: ['api'], version: '0.1.0' },
      { pid: 101, name: 'shared', apps: [], version: '0.0.9' },
    ],
  };

  it('info shows the manager', async () => {
    const { stdout } = await withDaemon({ 'GET /v1/manager': ok(manager) }, ['info']);
    expect(stdout).toBe(`Holdfast
  version       0.1.0
  command line  0.0.0-source; the daemon runs 0.1.0
  home          /home/me/.holdfast
  daemon        pid 99, up 2h
  hosts         api: pid 100, runs api
                shared: pid 101, version 0.0.9, runs no app
`);
  });

  it('info --json is the view itself', async () => {
    expect(JSON.parse((await withDaemon({ 'GET /v1/manager': ok(manager) }, ['info', '--json'])).stdout)).toEqual(manager);
  });

  it('report shows machine, manager and apps, and no variable', async () => {
    const answers = { 'GET /v1/manager': ok(manager), 'GET /v1/apps': ok(appsReply([instanceView()])) };
    const { code, stdout } = await withDaemon(answers, ['report']);
    expect(code).toBe(0);
    const [machine, ofManager, apps] = stdout.split('\n\n');
    expect(machine).toMatch(/^Machine\n {2}system +Linux \S+, \S+\n {2}processors +\d+\n {2}memory +\S.* of it free\n {2}node +v\d+/);
    expect(ofManager).toContain('daemon        pid 99, up 2h');
    expect(apps).toMatch(/^┌.*\n│ id │ name .*\n├.*\n│ 0  │ api .*│ cluster │ 4100 /);
    expect(daemon!.asked.map(({ line }) => line)).toEqual(['GET /v1/manager', 'GET /v1/apps']);
  });
});

describe('restart, stop, delete, reset, scale, resurrect', () => {
  it.each([
    ['restart api', { action: 'restart', targets: ['api'] }],
    ['stop api 3', { action: 'stop', targets: ['api', '3'] }],
    ['delete all', { action: 'delete', targets: ['all'] }],
    ['del /^a/', { action: 'delete', targets: ['/^a/'] }],
    ['reset api', { action: 'reset', targets: ['api'] }],
    ['scale api 4', { action: 'scale', app: 'api', count: 4 }],
    ['scale api +2', { action: 'scale', app: 'api', change: 2 }],
    ['scale api -1', { action: 'scale', app: 'api', change: -1 }],
    ['resurrect', { action: 'resurrect' }],
  ])('%s asks for it once, waits, tells how it went and shows the list', async (line, request) => {
    const end = { outcomes: [outcome(0, true, 'online'), outcome(1, true, 'online')] };
    expect(await withDaemon(operation(end), line.split(' '))).toEqual({
      code: 0,
      stdout: `[holdfast] api: 2 instances online\n${TABLE}`,
      stderr: '',
    });
    expect(posted()).toEqual([request]);
  });

  it('end with 1 and the reason when an instance fails, and show the list', async () => {
    const end = {
      state: 'failed' as const,
      outcomes: [outcome(0, true, 'online'), outcome(1, false, 'exited with code [1] (pid 9; uncaught Error: boom)')],
    };
    expect(await withDaemon(operation(end), ['restart', 'api'])).toEqual({
      code: 1,
      stdout: `[holdfast] api: 1 instance online\n${TABLE}`,
      stderr: '[holdfast] Cannot restart api:1: exited with code [1] (pid 9; uncaught Error: boom).\n  Next: holdfast logs api\n',
    });
  });

  it('with --json print operations and apps', async () => {
    const { code, stdout } = await withDaemon(operation({}), ['stop', 'api', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ operations: [operationView({ state: 'done', endedAt: NOW })], ...APPS });
  });

  it('with --no-wait watch nothing', async () => {
    expect(await withDaemon(operation({}), ['restart', 'api', '--no-wait'])).toEqual({
      code: 0,
      stdout: '[holdfast] restarting api: asked for, not waited for. See: holdfast ls\n',
      stderr: '',
    });
    expect(daemon!.asked.map(({ line }) => line)).toEqual(['POST /v1/operations']);
  });

  it('with --silent print nothing but errors', async () => {
    expect(await withDaemon(operation({ outcomes: [outcome(0, true, 'online')] }), ['-s', 'restart', 'api'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('show on a terminal what is going on, in one line that is gone afterwards', async () => {
    const { stdout } = await withDaemon(operation({}), ['stop', 'api', '--no-color'], { isTTY: true, columns: 160 });
    expect(stdout).toBe(['', 'stopping api ...', 'stopping api ... App [api:1] started (pid 4101)', ''].join('\r\u001b[2K') + TABLE);
  });

  it('say so when the daemon goes away meanwhile', async () => {
    const answers = { ...operation({}), 'GET /v1/operations/7/stream': { stream: [] } };
    expect(await withDaemon(answers, ['stop', 'api'])).toEqual({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot tell how "stopping api" ended: the daemon closed the connection.\n  Next: holdfast ls\n',
    });
  });

  it('say the same when another daemon has followed, which does not know the operation', async () => {
    const unknown = { code: 'TARGET_NOT_FOUND', message: 'Cannot show operation 7: it is unknown, or ended long ago.' };
    const answers = { ...operation({}), 'GET /v1/operations/7/stream': { status: 404, json: { error: unknown } } };
    expect((await withDaemon(answers, ['stop', 'api'])).stderr).toContain(
      'Cannot tell how "stopping api" ended: the daemon closed the connection.',
    );
  });

  it('say on Ctrl-C that the daemon goes on', async () => {
    const controller = new AbortController();
    daemon = await startCannedDaemon({
      ...operation({}),
      'GET /v1/operations/7/stream': { stream: [{ type: 'operation', operation: operationView() }], open: true },
    });
    const result = runCli(['stop', 'api'], { home: daemon.home, signal: controller.signal });
    await expect.poll(() => daemon!.asked.length).toBe(2);
    controller.abort();
    expect(await result).toEqual({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot tell how "stopping api" ended: interrupted; the daemon goes on with it.\n  Next: holdfast ls\n',
    });
  });

  it.each([
    ['scale api x', 'Cannot scale "api": "x" is no number of instances; 4, +2 and -1 are.', 'holdfast scale --help'],
    ['scale api 0', 'Cannot scale "api": an app has at least one instance.', 'holdfast stop api'],
    ['scale api 1.5', 'Cannot scale "api": "1.5" is no number of instances; 4, +2 and -1 are.', 'holdfast scale --help'],
  ])('%s is refused before anything is asked', async (line, message, hint) => {
    expect(await runCli(line.split(' '))).toEqual({ code: 1, stdout: '', stderr: `[holdfast] ${message}\n  Next: ${hint}\n` });
  });

  it('take a config file for those of its apps that are in the list', async () => {
    daemon = await startCannedDaemon(operation({}));
    const folder = `${daemon.home}/site`;
    mkdirSync(folder);
    writeFileSync(`${folder}/app.js`, '');
    writeFileSync(
      `${folder}/ecosystem.config.json`,
      '{ "apps": [{ "name": "api", "script": "app.js" }, { "name": "job", "script": "app.js" }] }',
    );
    await runCli(['stop', 'ecosystem.config.json', 'other'], { home: daemon.home, cwd: folder });
    await runCli(['restart', 'ecosystem.config.json', 'other', '--only', 'job'], { home: daemon.home, cwd: folder });
    expect(posted()).toMatchObject([
      { action: 'stop', targets: ['api', 'other'] },
      { action: 'apply', existing: 'restart', specs: [{ name: 'job' }] },
      { action: 'restart', targets: ['other'] },
    ]);
  });

  it.each(['stop', 'delete'])(
    '%s of a config file none of whose apps is in the list has nothing to do, which is no failure',
    async (verb) => {
      daemon = await startCannedDaemon(operation({}));
      const folder = `${daemon.home}/site`;
      mkdirSync(folder);
      writeFileSync(`${folder}/app.js`, '');
      writeFileSync(`${folder}/ecosystem.config.json`, '{ "apps": [{ "name": "job", "script": "app.js" }] }');
      expect(await runCli([verb, 'ecosystem.config.json'], { home: daemon.home, cwd: folder })).toEqual({
        code: 0,
        stdout: TABLE,
        stderr: `[holdfast] Warning: Nothing to ${verb} for ecosystem.config.json: its app job is not in the list.\n`,
      });
      expect(posted()).toEqual([]);
    },
  );
});

describe('save, ping, kill, jlist', () => {
  it('save says where', async () => {
    const { code, stdout } = await withDaemon(operation({}), ['save']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `[holdfast] saved in ${daemon!.home}/dump.json; holdfast resurrect starts what is in it\n`,
    });
    expect(posted()).toEqual([{ action: 'save', force: false }]);
  });

  it('dump --force saves an empty list too', async () => {
    await withDaemon(operation({}), ['dump', '--force']);
    expect(posted()).toEqual([{ action: 'save', force: true }]);
  });

  it("FORCE saves an empty list under PM2's name", async () => {
    await withDaemon(operation({}), ['save'], { asPm2: true, env: { FORCE: '1' } });
    expect(posted()).toEqual([{ action: 'save', force: true }]);
    await daemon!.close();
    await withDaemon(operation({}), ['save'], { env: { FORCE: '1' } });
    expect(posted()).toEqual([{ action: 'save', force: false }]);
  });

  it('save passes on a refusal', async () => {
    const error = { code: 'NOTHING_TO_DO', message: 'Cannot save the list: it is empty.', hint: 'holdfast save --force' };
    expect(await withDaemon({ 'POST /v1/operations': refused(409, error) }, ['save'])).toEqual({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot save the list: it is empty.\n  Next: holdfast save --force\n',
    });
  });

  it('ping prints what PM2 prints', async () => {
    expect(await withDaemon({ 'GET /v1/ping': ok({ msg: 'pong', version: '0.1.0', pid: 1 }) }, ['ping'])).toEqual({
      code: 0,
      stdout: "{ msg: 'pong' }\n",
      stderr: '',
    });
  });

  it('kill starts no daemon to stop one', async () => {
    daemon = await startCannedDaemon({});
    mkdirSync(`${daemon.home}/empty`);
    expect(await runCli(['kill'], { home: `${daemon.home}/empty` })).toEqual({
      code: 0,
      stdout: '[holdfast] nothing to stop: no daemon runs\n',
      stderr: '',
    });
  });

  it('kill goes for hosts that outlived their daemon', async () => {
    daemon = await startCannedDaemon({});
    mkdirSync(`${daemon.home}/empty/hosts`, { recursive: true });
    writeFileSync(`${daemon.home}/empty/hosts/api.sock`, '');
    expect((await runCli(['kill'], { home: `${daemon.home}/empty` })).stderr).toContain('Cannot reach the daemon');
  });

  it('kill waits until the daemon is gone', async () => {
    const canned = await startCannedDaemon({ ...operation({}), 'GET /v1/ping': ok({ msg: 'pong', version: '0.1.0', pid: 7 }) });
    let ticks = 0;
    const isAlive = (pid: number): boolean => pid === 7 && ticks < 9;
    const closing: Promise<void>[] = [];
    const setTimer = (_: number, fire: () => void): (() => void) => {
      ticks += 1;
      if (ticks === 3) closing.push(canned.close());
      queueMicrotask(fire);
      return () => undefined;
    };
    const result = await runCli(['kill'], { home: canned.home, clock: { epochMs: () => NOW, setTimer }, isAlive });
    await Promise.all(closing);
    expect(ticks).toBe(9);
    expect(result).toEqual({ code: 0, stdout: '[holdfast] all apps stopped\n[holdfast] daemon stopped\n', stderr: '' });
    expect(canned.asked.find(({ line }) => line.startsWith('POST'))?.body).toEqual({ action: 'kill' });
  });

  it('jlist prints what it is handed, without a newline', async () => {
    expect(await withDaemon({ 'GET /v1/apps?full=1': ok(APPS) }, ['jlist'])).toEqual({ code: 0, stdout: '1 apps', stderr: '' });
  });
});
