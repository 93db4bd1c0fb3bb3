// The small commands for scripts, against a canned daemon: what they send, what they print, how they end.
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView, operationView } from '../../../test/canned-views.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';
import { ABSENT_WORDS } from '../absent.ts';
import type { OperationView } from '../../model/view.ts';

let daemon: CannedDaemon | null = null;
afterEach(async () => {
  await daemon?.close();
  daemon = null;
});

async function withDaemon(answers: Parameters<typeof startCannedDaemon>[0], argv: readonly string[]): Promise<CliResult> {
  daemon = await startCannedDaemon(answers);
  return runCli(argv, { home: daemon.home });
}

const ok = (json: unknown): Answer => ({ status: 200, json });
/** The answers to an operation that is done with these outcomes. */
const operation = (end: Partial<OperationView>): Record<string, Answer> => ({
  'POST /v1/operations': { status: 202, json: operationView({ state: 'done', ...end }) },
});
const posted = (): unknown[] => daemon!.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

describe('pid and id', () => {
  const reply = appsReply([
    instanceView(),
    instanceView({ id: 1, slot: 1, pid: null, status: 'stopped' }),
    instanceView({ id: 1, slot: 1, pid: 9, role: 'successor' }),
    instanceView({ id: 2, app: 'other', pid: 77 }),
  ]);
  it.each([
    [['pid', 'api'], '4100\n0\n'],
    [['pid'], '4100\n0\n77\n'],
    [['pid', 'nobody'], '\n'],
    [['id', 'api'], '[ 0, 1 ]\n'],
    [['id', 'nobody'], '[]\n'],
  ])('%j', async (argv, stdout) => {
    expect(await withDaemon({ 'GET /v1/apps': ok(reply) }, argv)).toEqual({ code: 0, stdout, stderr: '' });
  });
});

describe('sendSignal', () => {
  it.each(['SIGUSR2', 'usr2', 'USR2', 'sigusr2'])('takes %s', async (word) => {
    const { code, stdout } = await withDaemon(
      operation({ outcomes: [{ app: 'api', slot: 0, id: 0, ok: true, text: 'SIGUSR2 sent (pid 4100)' }] }),
      ['sendSignal', word, 'api'],
    );
    expect(posted()).toEqual([{ action: 'signal', targets: ['api'], signal: 'SIGUSR2' }]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[holdfast] api: 1 instance SIGUSR2 sent (pid 4100)\n' });
  });

  it.each(['12', '', '-9'])('refuses %j', async (word) => {
    const { code, stderr } = await withDaemon({}, ['sendSignal', '--', word, 'api']);
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot send ${JSON.stringify(word)}: that is no name of a signal.`);
    expect(posted()).toEqual([]);
  });
});

describe('cleardump', () => {
  it('says what is so now', async () => {
    const { code, stdout } = await withDaemon(operation({}), ['cleardump']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `[holdfast] ${daemon!.home}/dump.json is empty now; holdfast save fills it again\n`,
    });
    expect(posted()).toEqual([{ action: 'clear-dump' }]);
  });
});

describe('tracing', () => {
  it.each(['install-otel', 'uninstall-otel'])('%s does nothing, says so, and lets a script go on', async (word) => {
    expect(await runCli([word])).toEqual({
      code: 0,
      stdout: '',
      stderr:
        '[holdfast] Warning: nothing was done: tracing is the business of the app; load it with --node-args="--require ./tracing.js".\n',
    });
  });
});

describe('a command of PM2 that is not here', () => {
  it.each(ABSENT_WORDS)('%s is one clear sentence and exit code 1', async (word) => {
    const { code, stdout, stderr } = await runCli([word, 'some', '--option']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(
        `^\\[holdfast\\] Cannot run holdfast ${word}: .+\\.\n  Next: holdfast|^\\[holdfast\\] Cannot run holdfast ${word}: .+\\.\n  Next: `,
      ),
    );
  });
});
