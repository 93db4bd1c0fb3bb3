// `start` against a canned daemon and real files: what it takes its words for, what it asks for, what it says afterwards.
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appSpec, appsReply, appView, instanceView, operationView, TABLE } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';
import type { InstanceView, OperationView } from '../../model/view.ts';

let daemon: CannedDaemon;
let folder: string;

const ok = (json: unknown): Answer => ({ status: 200, json });
const NOT_FOUND: Answer = {
  status: 404,
  json: { error: { code: 'TARGET_NOT_FOUND', message: 'Cannot show it: no app, namespace or id is called that.' } },
};

/** What the daemon knows besides the operation that every test asks for. */
let answers: Record<string, Answer | readonly Answer[]>;

beforeEach(() => {
  answers = {
    'POST /v1/operations': { status: 202, json: operationView() },
    'GET /v1/operations/7/stream': ends({}),
    'GET /v1/apps': ok({ apps: [], alerts: [] }),
    'GET /v1/apps?full=1': ok({ apps: [], alerts: [] }),
    'GET /v1/apps?target=api': NOT_FOUND,
  };
});
afterEach(() => daemon.close());

function ends(end: Partial<OperationView>): Answer {
  return { stream: [{ type: 'operation', operation: operationView({ state: 'done', endedAt: NOW, ...end }) }] };
}

async function start(...argv: readonly string[]): Promise<CliResult> {
  daemon = await startCannedDaemon(answers);
  folder = `${daemon.home}/site`;
  mkdirSync(folder);
  writeFileSync(`${folder}/app.js`, '');
  writeFileSync(`${folder}/other.js`, '');
  writeFileSync(`${folder}/api`, '');
  writeFileSync(
    `${folder}/two.config.cjs`,
    "module.exports = { apps: [{ name: 'api', script: 'app.js' }, { name: 'job', script: 'app.js' }] };",
  );
  writeFileSync(
    `${folder}/bad.config.cjs`,
    "module.exports = { apps: [{ name: 'api', script: 'app.js', kill_timeout: 'soon', max_restarts: 'x' }] };",
  );
  return runCli(['start', ...argv], { home: daemon.home, cwd: folder, env: { PATH: process.env['PATH'], SECRET: 'hush' } });
}

const posted = (): unknown[] => daemon.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

/** An app of that name and script that is there already. */
function known(script: string, status: InstanceView['status']): Answer {
  return ok({ apps: [appView([instanceView({ app: 'app', status })], appSpec({ name: 'app', script }))], alerts: [] });
}

describe('start', () => {
  it('starts a script that nobody knows, and says what to type next', async () => {
    answers['GET /v1/apps'] = ok(appsReply([instanceView({ app: 'app' }), instanceView({ app: 'app', id: 1, slot: 1 })]));
    answers['GET /v1/operations/7/stream'] = ends({ outcomes: [{ app: 'app', slot: 0, id: 0, ok: true, text: 'online' }] });
    expect(await start('app.js', '--', '--port', '3000')).toEqual({
      code: 0,
      stdout: `[holdfast] app: 1 instance online
${TABLE.replaceAll('│ api', '│ app')}
Logs: holdfast logs app   (files in /home/me/.holdfast/logs)
To have these apps again after a reboot: holdfast save now; holdfast startup once, or holdfast resurrect then.
`,
      stderr: '',
    });
    expect(posted()).toMatchObject([
      {
        action: 'apply',
        existing: 'refuse',
        specs: [{ name: 'app', script: `${folder}/app.js`, args: ['--port', '3000'], cwd: folder, interpreter: process.execPath }],
      },
    ]);
  });

  it('speaks of save no more once it was done', async () => {
    answers['GET /v1/apps'] = ok(appsReply([instanceView()]));
    daemon = await startCannedDaemon(answers);
    writeFileSync(`${daemon.home}/dump.json`, '{}');
    writeFileSync(`${daemon.home}/app.js`, '');
    const { stdout } = await runCli(['start', 'app.js'], { home: daemon.home, cwd: daemon.home, env: { PATH: process.env['PATH'] } });
    expect(stdout).toContain('Logs: holdfast logs app');
    expect(stdout).not.toContain('reboot');
  });

  it.each([
    [0, 'whose process has ended, as PM2 does', 5, null],
    [1, 'of which there was never a process', null, null],
    [1, 'that failed as a whole', 5, 'the host app cannot be started'],
  ] as const)("ends with %i under PM2's name after a start %s", async (code, _, pid, error) => {
    const text = 'exited with code [1] (pid 5; uncaught Error: boom)';
    const tally = [{ at: NOW, exit: { code: 1, signal: null, error: null, launchError: null }, uptimeMs: 1, pid }];
    answers['GET /v1/apps'] = ok(appsReply([instanceView({ app: 'app', pid: null, status: 'errored', tally })]));
    answers['GET /v1/operations/7/stream'] = ends({ state: 'failed', error, outcomes: [{ app: 'app', slot: 0, id: 0, ok: false, text }] });
    daemon = await startCannedDaemon(answers);
    writeFileSync(`${daemon.home}/app.js`, '');
    const surroundings = { home: daemon.home, cwd: daemon.home, env: { PATH: process.env['PATH'] }, asPm2: true };
    expect(await runCli(['start', 'app.js'], surroundings)).toMatchObject({
      code,
      stderr: expect.stringContaining('uncaught Error: boom'),
    });
  });

  it('ends with 1 when an instance ends for the first time before it is ready', async () => {
    const text = 'exited with code [1] (pid 5; uncaught Error: boom)';
    answers['GET /v1/operations/7/stream'] = ends({ state: 'failed', outcomes: [{ app: 'app', slot: 0, id: 0, ok: false, text }] });
    expect(await start('app.js')).toMatchObject({
      code: 1,
      stderr: `[holdfast] Cannot start app:0: ${text}.\n  Next: holdfast logs app\n`,
    });
  });

  it('restarts what is known by name, id, namespace or all, even where a file is called so', async () => {
    answers['GET /v1/apps?target=api'] = ok(appsReply([instanceView()]));
    answers['GET /v1/apps?target=all'] = ok(appsReply([instanceView()]));
    expect(await start('api', 'all')).toMatchObject({ code: 0 });
    expect(posted()).toEqual([{ action: 'restart', targets: ['api', 'all'] }]);
  });

  it('changes settings and arguments of a known app by options, and says which options cannot', async () => {
    const app = appView([instanceView()], appSpec({ killTimeoutMs: 1600, args: ['old'] }));
    answers['GET /v1/apps?target=api'] = ok(appsReply([instanceView()]));
    answers['GET /v1/apps?target=api&full=1'] = ok({ apps: [app], alerts: [] });
    expect(await start('api', '--kill-timeout', '5s', '--', 'x')).toMatchObject({ code: 0, stderr: '' });
    expect(posted()).toMatchObject([{ action: 'apply', existing: 'restart', specs: [{ name: 'api', killTimeoutMs: 5000, args: ['x'] }] }]);
    await daemon.close();
    expect((await start('api', '-i', '4')).stderr).toBe(
      '[holdfast] Cannot start: how many instances an app has is changed by scale.\n  Next: holdfast scale NAME N\n',
    );
    expect(posted()).toEqual([]);
  });

  it('takes options of PM2 that change nothing', async () => {
    expect(await start('app.js', '--no-pmx', '--no-vizion', '--no-automation', '--disable-trace')).toMatchObject({ code: 0, stderr: '' });
    expect(posted()).toMatchObject([{ action: 'apply', existing: 'refuse' }]);
  });

  it.each([['--trace'], ['--deep-monitoring'], ['--v8'], ['--event-loop-inspector'], ['--fresh'], ['--node-version', '20']])(
    'starts with %s, and says that it has no effect',
    async (option, ...value) => {
      const { code, stderr } = await start('app.js', option, ...value);
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(`^\\[holdfast\\] Warning: ${option} has no effect: .*\\.\n$`),
      });
      expect(posted()).toMatchObject([{ action: 'apply', existing: 'refuse' }]);
    },
  );

  it('--attach shows the logs then', async () => {
    expect((await start('app.js', '--attach')).stderr).toContain('not canned');
    expect(daemon.asked.map(({ line }) => line)).toContainEqual(expect.stringContaining('log'));
  });

  it('takes an unknown word for a script', async () => {
    expect(await start('api')).toMatchObject({ code: 0 });
    expect(posted()).toMatchObject([{ action: 'apply', specs: [{ name: 'api', script: `${folder}/api` }] }]);
  });

  it.each([
    ['all', 'there is no such app'],
    ['7', 'no app, namespace or id is called that'],
    ['/^x/', "no app's name matches it"],
  ])('says why nothing is known as %s, which cannot be a script', async (word, reason) => {
    answers[`GET /v1/apps?target=${word}`] = NOT_FOUND;
    expect(await start(word)).toEqual({
      code: 1,
      stdout: '',
      stderr: `[holdfast] Cannot start "${word}": ${reason}.\n  Next: holdfast ls\n`,
    });
    expect(posted()).toEqual([]);
  });

  it('asks for the app that was probably meant, where a word is nothing', async () => {
    answers['GET /v1/apps'] = ok(appsReply([instanceView({ app: 'track-backend' })]));
    answers['GET /v1/apps?target=track-bakend'] = NOT_FOUND;
    const { code, stderr } = await start('track-bakend');
    expect(code).toBe(1);
    expect(stderr).toMatch(/ Did you mean the app track-backend\?\n {2}Next: holdfast start track-backend\n$/);
  });

  it('says so when all are none', async () => {
    answers['GET /v1/apps?target=all'] = ok({ apps: [], alerts: [] });
    expect(await start('all')).toEqual({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot start "all": there is no such app.\n  Next: holdfast ls\n',
    });
  });

  it('applies a config file: what is there is restarted', async () => {
    expect(await start('two.config.cjs', '--only', 'job')).toMatchObject({ code: 0 });
    expect(posted()).toMatchObject([{ action: 'apply', existing: 'restart', specs: [{ name: 'job' }] }]);
  });

  it('without words applies the config file of the folder', async () => {
    daemon = await startCannedDaemon(answers);
    writeFileSync(`${daemon.home}/app.js`, '');
    writeFileSync(`${daemon.home}/ecosystem.config.json`, '{ "name": "here", "script": "app.js" }');
    await runCli(['start'], { home: daemon.home, cwd: daemon.home, env: {} });
    expect(posted()).toMatchObject([{ action: 'apply', specs: [{ name: 'here' }] }]);
  });

  it('without words says so where there is none', async () => {
    expect(await start()).toEqual({
      code: 1,
      stdout: '',
      stderr: `[holdfast] Cannot start: nothing was named, and there is no ecosystem.config file in ${folder}.\n  Next: holdfast start app.js\n`,
    });
  });

  it('tells every mistake of a config file, and starts nothing', async () => {
    const { code, stdout, stderr } = await start('bad.config.cjs', 'app.js');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^\[holdfast\] Cannot start: there are 2 mistakes\.\n {2}- .*(kill_timeout|max_restarts).*\n {2}- .*(kill_timeout|max_restarts).*\n {2}Next: correct bad\.config\.cjs, then: holdfast start bad\.config\.cjs\n$/,
    );
    expect(posted()).toEqual([]);
  });

  it('names a script that is not there', async () => {
    const { code, stderr } = await start('./missing.js');
    expect(code).toBe(1);
    expect(stderr).toContain(`${folder}/missing.js`);
  });

  it.each(['stopped', 'errored'] as const)('starts an app of the same script again that is %s', async (status) => {
    answers['GET /v1/apps?full=1'] = known('PLACE', status);
    expect(await startWithScript()).toMatchObject({ code: 0 });
    expect(posted()).toMatchObject([{ action: 'apply', existing: 'restart', specs: [{ name: 'app' }] }]);
  });

  it('refuses to start a script twice, unless --force', async () => {
    answers['GET /v1/apps?full=1'] = known('PLACE', 'online');
    expect(await startWithScript()).toEqual({
      code: 1,
      stdout: '',
      stderr:
        '[holdfast] Cannot start "app": it is already launched. --force restarts it with these settings, --name starts another.\n  Next: holdfast restart app\n',
    });
    await daemon.close();
    expect(await startWithScript('--force')).toMatchObject({ code: 0 });
    expect(posted()).toMatchObject([{ action: 'apply', existing: 'restart' }]);
  });

  it('refuses to put another script under a name that is taken, stopped or not', async () => {
    answers['GET /v1/apps?full=1'] = known('/srv/else.js', 'stopped');
    expect(await start('app.js')).toEqual({
      code: 1,
      stdout: '',
      stderr: `[holdfast] Cannot start "app": an app of that name runs /srv/else.js, and this is ${folder}/app.js. Give it another name with --name, or replace that one with --force.\n  Next: holdfast describe app\n`,
    });
  });

  it('refuses two apps of one name', async () => {
    const { code, stderr } = await start('two.config.cjs', 'other.js', '--name', 'job');
    expect(code).toBe(1);
    expect(stderr).toContain('"job"');
    expect(posted()).toEqual([]);
  });

  it('prints nothing of the environment', async () => {
    const { stdout, stderr } = await start('app.js', '--json');
    expect(stdout + stderr).not.toContain('hush');
    expect(JSON.stringify(posted())).toContain('hush');
  });

  it('asks and goes with --no-wait', async () => {
    expect(await start('app.js', '--no-wait')).toEqual({
      code: 0,
      stdout: '[holdfast] starting app: asked for, not waited for. See: holdfast ls\n',
      stderr: '',
    });
    expect(daemon.asked.map(({ line }) => line)).not.toContain('GET /v1/operations/7/stream');
  });
});

/** Starts app.js of a folder; the daemon knows an app of that very script. */
async function startWithScript(...options: readonly string[]): Promise<CliResult> {
  const place = await startCannedDaemon({});
  const script = `${place.home}/app.js`;
  writeFileSync(script, '');
  const json = JSON.stringify(answers['GET /v1/apps?full=1']).replace('PLACE', script);
  daemon = await startCannedDaemon({ ...answers, 'GET /v1/apps?full=1': JSON.parse(json) as Answer });
  try {
    return await runCli(['start', script, ...options], { home: daemon.home, cwd: place.home, env: { PATH: process.env['PATH'] } });
  } finally {
    await place.close();
  }
}
