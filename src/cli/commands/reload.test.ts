// The commands that roll out against a canned daemon: what they ask for, all they print while and after, how they end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView, operationView, rolloutSlot, rolloutState, waitingSlot, TABLE } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';
import type { HoldfastEvent } from '../../model/event.ts';
import type { RolloutAction, RolloutState } from '../../model/rollout.ts';
import type { OperationUpdate, OperationView } from '../../model/view.ts';

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

const posted = (): unknown[] => daemon!.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

const APPS = appsReply([instanceView({ release: 3 }), instanceView({ id: 1, slot: 1, release: 3 })]);
const ALL: readonly RolloutAction[] = ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop'];

const state = (rollout: RolloutState, differs: Partial<OperationView> = {}): OperationUpdate => ({
  type: 'operation',
  operation: operationView({ action: 'reload', rollouts: [{ app: 'api', rollout }], ...differs }),
});
const event = (body: object): OperationUpdate => ({
  type: 'event',
  event: { at: NOW, app: 'api', slot: 0, ...body } as HoldfastEvent,
});
const exit = { code: 1, signal: null, error: 'Error: boom', launchError: null };

function streaming(...updates: readonly OperationUpdate[]): Record<string, Answer> {
  return {
    'POST /v1/operations': { status: 202, json: operationView() },
    'GET /v1/operations/7/stream': { stream: updates },
    'GET /v1/apps': { status: 200, json: APPS },
  };
}

const outcomes = [0, 1].map((slot) => ({ app: 'api', slot, id: slot, ok: true, text: `reloaded: pid ${slot} -> 9` }));
const DONE = rolloutState({ phase: 'done', endedAt: NOW + 1000, slots: [rolloutSlot(0, ALL), rolloutSlot(1, ALL)] });
const WELL: readonly OperationUpdate[] = [
  state(rolloutState()),
  state(rolloutState({ slots: [rolloutSlot(0, ALL.slice(0, 1), 'await-ready'), waitingSlot(1)] })),
  state(rolloutState({ slots: [rolloutSlot(0, ALL.slice(0, 4), 'drain'), waitingSlot(1)] })),
  event({ kind: 'drained', report: { idleClosed: 3, finished: 20, cut: 0, toldToGo: 0, tookMs: 500 } }),
  event({ kind: 'exited', exit: { ...exit, code: 0, error: null }, pid: 7 }),
  state(rolloutState({ slots: [rolloutSlot(0, ALL), rolloutSlot(1, ALL.slice(0, 5), 'stop')] })),
  state(DONE, { state: 'done', endedAt: NOW, outcomes }),
];

const failure = {
  reason: 'crashed' as const,
  slot: 1,
  text: 'exited with code [1] (pid 9; uncaught Error: boom)',
  lines: ['Error: boom', '    at \u001b[31mapp.js:1'],
};
const FAILED = rolloutState({ phase: 'failed', endedAt: NOW, slots: [rolloutSlot(0, ALL), rolloutSlot(1, [], 'await-ready')], failure });
const BADLY: readonly OperationUpdate[] = [
  state(rolloutState({ slots: [rolloutSlot(0, [], 'await-ready'), waitingSlot(1)] })),
  event({ kind: 'exited', exit, pid: 9 }),
  event({ kind: 'will-restart', delayMs: 100, crash: 1, of: 16 }),
  event({ kind: 'out-of-rotation', rotation: { serving: 1, of: 2 } }),
  state(rolloutState({ phase: 'undoing', slots: [rolloutSlot(0, ALL), rolloutSlot(1, [], 'await-ready')] })),
  state(FAILED, {
    state: 'failed',
    endedAt: NOW,
    error: `deploy failed: crashed: ${failure.text}`,
    outcomes: [{ app: 'api', slot: 1, id: 1, ok: false, text: failure.text }],
  }),
];

describe('what is asked for', () => {
  it.each([
    ['reload api', { action: 'reload', targets: ['api'] }],
    ['gracefulReload api 3', { action: 'reload', targets: ['api', '3'] }],
    ['reload all --parallel 4 --surge all', { action: 'reload', targets: ['all'], parallel: 4, surge: 'all' }],
    ['reload api -w', { action: 'reload', targets: ['api'] }],
    ['restart api -w', { action: 'restart', targets: ['api'] }],
    ['reload api --surge 1', { action: 'reload', targets: ['api'], surge: 'one' }],
    ['rollback api', { action: 'rollback', app: 'api' }],
    ['rollback api --to 3 --parallel 2', { action: 'rollback', app: 'api', to: 3, parallel: 2 }],
  ])('%s', async (line, request) => {
    expect((await withDaemon(streaming(...WELL), line.split(' '))).code).toBe(0);
    expect(posted()).toEqual([request]);
  });

  it.each(['reload', 'startOrReload', 'startOrGracefulReload', 'startOrRestart'])('%s takes a config file', async (word) => {
    daemon = await startCannedDaemon(streaming(...WELL));
    const cwd = `${daemon.home}/site`;
    mkdirSync(cwd);
    writeFileSync(`${cwd}/app.js`, '');
    writeFileSync(`${cwd}/eco.config.json`, '{ "apps": [{ "name": "api", "script": "app.js" }, { "name": "job", "script": "app.js" }] }');
    const manner = word === 'startOrRestart' ? [] : ['--surge', 'all', '--parallel', '2'];
    expect(await runCli([word, 'eco.config.json', '--only', 'job', ...manner], { home: daemon.home, cwd })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(posted()).toMatchObject([
      {
        action: 'apply',
        existing: word === 'startOrRestart' ? 'restart' : 'reload',
        specs: [{ name: 'job', surge: 'one' }],
        ...(manner.length === 0 ? {} : { surge: 'all', parallel: 2 }),
      },
    ]);
    writeFileSync(`${cwd}/eco.config.json`, '{ "apps": [{ "script": "app.js", "surge": 3 }] }');
    expect(await runCli([word, 'eco.config.json'], { home: daemon.home, cwd })).toMatchObject({ code: 1, stdout: '' });
    expect(posted()).toHaveLength(1);
  });

  it.each([
    [true, ['reload', 'api'], 3],
    [true, ['rollback', 'api'], 3],
    [true, ['reload', 'api', '--parallel', '2'], 2],
    [false, ['reload', 'api'], undefined],
  ])("PM2_CONCURRENT_ACTIONS is --parallel under PM2's name", async (asPm2, argv, parallel) => {
    await withDaemon(streaming(...WELL), argv, { asPm2, env: { PM2_CONCURRENT_ACTIONS: '3' } });
    expect((posted()[0] as { parallel?: number }).parallel).toBe(parallel);
  });

  it('PM2_CONCURRENT_ACTIONS that is no number is refused by its name', async () => {
    expect(await runCli(['reload', 'api'], { asPm2: true, env: { PM2_CONCURRENT_ACTIONS: 'many' } })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        '[holdfast] Cannot run holdfast reload: PM2_CONCURRENT_ACTIONS is "many"; accepted: a whole number from 1.\n  Next: holdfast reload --help\n',
    });
  });

  it.each([
    ['reload', 'it needs <target|config...>.', 'holdfast reload --help'],
    ['reload api --parallel 0', '--parallel is "0"; accepted: a whole number from 1.', 'holdfast reload --help'],
    ['reload api --surge two', '--surge is "two"; accepted: one or all.', 'holdfast reload --help'],
    ['startOrReload api', '"api" is no config file.', 'holdfast reload api'],
    ['startOrRestart api', '"api" is no config file.', 'holdfast restart api'],
    ['rollback api web', '"web" is one word too many, it takes <name>.', 'holdfast rollback --help'],
  ])('%s is refused before anything is asked', async (line, reason, hint) => {
    const [command] = line.split(' ');
    expect(await runCli(line.split(' '))).toEqual({
      code: 1,
      stdout: '',
      stderr: `[holdfast] Cannot run holdfast ${command}: ${reason}\n  Next: ${hint}\n`,
    });
  });

  it('a release that is no number is refused', async () => {
    expect((await runCli(['rollback', 'api', '--to', 'v3'])).stderr).toBe(
      '[holdfast] Cannot roll back "api": --to is "v3", which is no number of a release.\n  Next: holdfast describe api\n',
    );
  });
});

describe('in a pipe', () => {
  it('every step is a line with its time, once; then how it went, and the list', async () => {
    expect(await withDaemon(streaming(...WELL), ['reload', 'api'])).toEqual({
      code: 0,
      stdout: `19:30:00 App [api] reload: 2 instances to release 4, each new one ready before the old one leaves
19:30:00 App [api:0] successor launched (10ms)
19:30:00 App [api:0] successor ready (20ms)
19:30:00 App [api:0] successor in rotation (30ms)
19:30:00 App [api:0] predecessor out of rotation (40ms)
19:30:00 App [api:0] drained in 500 ms: 20 finished, 3 idle closed, 0 cut off
19:30:00 App [api:0] predecessor drained (50ms)
19:30:00 App [api:0] predecessor stopped (60ms)
19:30:00 App [api:1] successor launched (10ms)
19:30:00 App [api:1] successor ready (20ms)
19:30:00 App [api:1] successor in rotation (30ms)
19:30:00 App [api:1] predecessor out of rotation (40ms)
19:30:00 App [api:1] predecessor drained (50ms)
19:30:00 App [api:1] predecessor stopped (60ms)
19:30:00 App [api] reload done: 2 instances in 4 s
[holdfast] api: 2 instances reloaded in 4 s, release 4
${TABLE}`,
      stderr: '',
    });
  });

  it('a failure has its reason, the last lines of the new version, who serves, and what to type', async () => {
    expect(await withDaemon(streaming(...BADLY), ['reload', 'api'])).toEqual({
      code: 1,
      stdout: `19:30:00 App [api] reload: 2 instances to release 4, each new one ready before the old one leaves
19:30:00 App [api:0] exited with code [1] (pid 9; uncaught Error: boom)
19:30:00 App [api:0] will restart in 100ms (crash 1 of 16)
19:30:00 App [api:0] successor launched (10ms)
19:30:00 App [api:0] successor ready (20ms)
19:30:00 App [api:0] successor in rotation (30ms)
19:30:00 App [api:0] predecessor out of rotation (40ms)
19:30:00 App [api:0] predecessor drained (50ms)
19:30:00 App [api:0] predecessor stopped (60ms)
19:30:00 App [api] going back: 1 instance to the release before
${TABLE}`,
      stderr: `[holdfast] Cannot reload api: crashed: exited with code [1] (pid 9; uncaught Error: boom).
  api:1 said last:
    Error: boom
        at \ufffd[31mapp.js:1
  The old version goes on serving (2 of 2).
  Next: holdfast logs api
        holdfast reload api
`,
    });
  });

  it('what it waits behind is said once', async () => {
    const waiting: OperationUpdate = { type: 'operation', operation: operationView({ waitsFor: 'reload of api' }) };
    const { stdout } = await withDaemon(streaming(waiting, waiting, ...WELL), ['reload', 'api']);
    expect(stdout.split('\n').filter((line) => line.includes('waits'))).toEqual(['19:30:00 reloading api: waits for reload of api']);
  });

  it('--silent prints nothing but errors', async () => {
    expect(await withDaemon(streaming(...WELL), ['reload', 'api', '-s'])).toEqual({ code: 0, stdout: '', stderr: '' });
    await daemon!.close();
    const { code, stdout, stderr } = await withDaemon(streaming(...BADLY), ['-s', 'reload', 'api']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('crashed');
  });

  it('--no-wait watches nothing', async () => {
    expect(await withDaemon(streaming(), ['reload', 'api', '--no-wait'])).toEqual({
      code: 0,
      stdout: '[holdfast] reloading api: asked for, not waited for. See: holdfast ls\n',
      stderr: '',
    });
  });
});

describe('--json', () => {
  const lines = ({ stdout }: CliResult): unknown[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('prints every update as it comes; the last is the operation', async () => {
    const result = await withDaemon(streaming(...WELL), ['reload', 'api', '--json']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(lines(result)).toEqual(WELL);
  });

  it('of a failure has the lines too, and ends with 1', async () => {
    const result = await withDaemon(streaming(...BADLY), ['reload', 'api', '--json']);
    expect(result.code).toBe(1);
    expect(lines(result).at(-1)).toMatchObject({ type: 'operation', operation: { state: 'failed', rollouts: [{ rollout: { failure } }] } });
  });

  it('with --no-wait prints the operation as it was begun', async () => {
    const result = await withDaemon(streaming(), ['reload', 'api', '--json', '--no-wait']);
    expect(lines(result)).toEqual([{ type: 'operation', operation: operationView() }]);
  });
});

describe('--dry-run', () => {
  const plan = {
    app: 'api',
    cause: 'reload',
    overlap: 'balanced',
    waves: [[{ slot: 0, actions: ALL }], [{ slot: 1, actions: ALL }]],
  };
  const answers = { 'POST /v1/rollout-plans': { status: 200, json: { plans: [plan], notes: ['job is not in the list: it is started.'] } } };

  it('shows the steps and begins nothing', async () => {
    expect(await withDaemon(answers, ['reload', 'api', '--dry-run'])).toEqual({
      code: 0,
      stdout: `Reload of api: 2 instances
  each new one ready before the old one leaves
  1. api:0
       launch the new one beside the old one
       wait until it is ready
       put it into rotation
       take the old one out of rotation
       drain the old one
       stop the old one
  2. api:1: likewise

job is not in the list: it is started.

Nothing has been done.
`,
      stderr: '',
    });
    expect(daemon!.asked).toEqual([{ line: 'POST /v1/rollout-plans', body: { action: 'reload', targets: ['api'] } }]);
  });

  it('shows what is done at the same time, and an app for which nothing is', async () => {
    const waves = [
      [0, 1].map((slot) => ({ slot, actions: ALL.slice(0, 2) })),
      [0, 1].map((slot) => ({ slot, actions: ALL.slice(2) })),
      [{ slot: 2, actions: ALL.slice(3) }],
    ];
    const plans = [
      { ...plan, cause: 'config', overlap: 'none', waves },
      { ...plan, app: 'job', waves: [] },
    ];
    const { stdout } = await withDaemon({ 'POST /v1/rollout-plans': { status: 200, json: { plans, notes: [] } } }, [
      'reload',
      'all',
      '--dry-run',
    ]);
    expect(stdout).toBe(`Reload with new settings of api: 3 instances
  with a short gap each: in fork mode two instances cannot share its port
  1. api:0, api:1
       launch the new one beside the old one
       wait until it is ready
  2. api:0, api:1
       put it into rotation
       take the old one out of rotation
       drain the old one
       stop the old one
  3. api:2
       take the old one out of rotation
       drain the old one
       stop the old one

Reload of job: nothing is to be done

Nothing has been done.
`);
  });

  it('--json is the reply itself', async () => {
    const { stdout } = await withDaemon(answers, ['rollback', 'api', '--dry-run', '--json']);
    expect(JSON.parse(stdout)).toEqual({ plans: [plan], notes: ['job is not in the list: it is started.'] });
  });
});

describe('an end that nobody sees', () => {
  it('on Ctrl-C says that the rollout goes on, and how to see it', async () => {
    const controller = new AbortController();
    daemon = await startCannedDaemon({
      ...streaming(),
      'GET /v1/operations/7/stream': { stream: [state(rolloutState())], open: true },
    });
    let seen = '';
    const result = runCli(['reload', 'api'], { home: daemon.home, signal: controller.signal, out: (text) => void (seen += text) });
    await expect.poll(() => seen).toContain('App [api] reload');
    controller.abort();
    expect(await result).toMatchObject({
      code: 1,
      stderr: '[holdfast] Cannot tell how "reloading api" ended: interrupted; it goes on by itself.\n  Next: holdfast describe api\n',
    });
  });

  it('because the daemon was killed says the same', async () => {
    const answers = { ...streaming(), 'GET /v1/operations/7/stream': { stream: [state(rolloutState())], cut: true } };
    expect(await withDaemon(answers, ['reload', 'api'])).toMatchObject({
      code: 1,
      stderr:
        '[holdfast] Cannot tell how "reloading api" ended: the daemon closed the connection; it goes on by itself.\n  Next: holdfast describe api\n',
    });
  });

  it.each([
    [['rollback', 'api'], 'rolling back api'],
    [['scale', 'api', '4'], 'scaling api to 4'],
  ])('because the daemon has gone says the same: %j', async (words, title) => {
    expect(await withDaemon(streaming(state(rolloutState())), words)).toMatchObject({
      code: 1,
      stderr: `[holdfast] Cannot tell how "${title}" ended: the daemon closed the connection; it goes on by itself.\n  Next: holdfast describe api\n`,
    });
  });
});

describe('on a terminal', () => {
  const UP = (lines: number): string => `\r\u001b[${lines}A`;
  const block = (...lines: readonly string[]): string => `${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`;
  const at = (...done: readonly string[]): string => `  api:0  ${done.join(' ')}`;

  it('a line a slot is rewritten in place, and gone at the end', async () => {
    const { stdout, stderr } = await withDaemon(streaming(...WELL.slice(0, 2), ...WELL.slice(-1)), ['reload', 'api', '--no-color'], {
      isTTY: true,
      columns: 160,
    });
    expect(stderr).toBe('');
    expect(stdout).toBe(
      [
        '\r\u001b[2Kreloading api ...\r\u001b[2K',
        `\r${block('reloading api ...', at('launching the new one  2 s'), '  api:1  waits for its turn')}`,
        UP(3) + block('reloading api ...', at('✓', 'waiting until it is ready  2 s'), '  api:1  waits for its turn'),
        UP(3) + block('reloading api ...', at('✓✓✓✓✓✓', 'done in 210 ms'), '  api:1  ✓✓✓✓✓✓ done in 210 ms'),
        `${UP(3)}\u001b[J`,
        `[holdfast] api: 2 instances reloaded in 4 s, release 4\n${TABLE}`,
      ].join(''),
    );
  });

  it('the latest trouble stands below', async () => {
    const { stdout } = await withDaemon(streaming(...BADLY), ['reload', 'api', '--no-color'], { isTTY: true });
    expect(stdout).toContain('  App [api:0] exited with code [1] (pid 9; uncaught Error: boom)\u001b[K\n');
    expect(stdout).toContain('reloading api ... going back, it failed\u001b[K\n');
    expect(stdout).not.toContain('out of rotation: ');
    await daemon!.close();
    expect((await withDaemon(streaming(...WELL), ['reload', 'api', '--no-color'], { isTTY: true })).stdout).not.toMatch(/drained|exited/);
  });

  it('that can do nothing gets the lines of a pipe', async () => {
    const { stdout } = await withDaemon(streaming(...WELL), ['reload', 'api'], { isTTY: true, env: { TERM: 'dumb' } });
    expect(stdout).toMatch(/^19:30:00 App \[api\] reload/);
    expect(stdout).not.toContain('\u001b');
  });
});
