// `send` and `attach` against a canned daemon: what they ask for, what they print, how they end.
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView, logEntry } from '../../../test/canned-views.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';

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
const SENT = { 'POST /v1/inputs': { status: 200, json: { sent: [{ app: 'repl', slot: 0, id: 3 }] } } };
const NOT_RUNNING = { code: 'OPERATION_FAILED', message: 'Cannot send to repl:0: it is not running.', hint: 'holdfast describe repl' };

describe('send', () => {
  it('sends a line as it is, and says to whom', async () => {
    expect(await withDaemon(SENT, ['send', 'repl', ' 1 +  1 '])).toEqual({ code: 0, stdout: 'sent to repl:0 (id 3)\n', stderr: '' });
    expect(posted()).toEqual([{ target: 'repl', line: ' 1 +  1 ' }]);
  });

  it('sends what begins with a dash after --', async () => {
    await withDaemon(SENT, ['send', '3', '--', '--verbose']);
    expect(posted()).toEqual([{ target: '3', line: '--verbose' }]);
  });

  it('says why it could not be sent', async () => {
    const result = await withDaemon({ 'POST /v1/inputs': { status: 500, json: { error: NOT_RUNNING } } }, ['send', 'repl', 'x']);
    expect([result.code, result.stdout]).toEqual([1, '']);
    expect(result.stderr).toContain('Cannot send to repl:0: it is not running.');
  });

  it.each([[['send']], [['send', 'repl']], [['send', 'repl', 'two', 'words']]])('refuses %j before it asks anybody', async (argv) => {
    const result = await withDaemon(SENT, argv);
    expect([result.code, posted()]).toEqual([1, []]);
    expect(result.stderr).toContain('holdfast send');
  });
});

describe('attach', () => {
  const one = { 'GET /v1/apps': { status: 200, json: appsReply([instanceView({ app: 'repl', id: 3, slot: 0, mode: 'fork' })]) } };
  const output = [
    logEntry({ app: 'repl', id: 3, text: 'hello' }),
    logEntry({ app: 'repl', id: 3, stream: 'event', text: 'exited with code [1]' }),
  ];
  const attached = 'attached to repl:0 (id 3): what you type goes to it a line at a time; Ctrl-C leaves, and it runs on\n';

  async function* typed(...lines: readonly string[]): AsyncGenerator<string> {
    yield* lines;
  }

  /** Nothing is typed. */
  async function* silent(signal: AbortSignal): AsyncGenerator<string> {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    yield* [];
  }

  it('says how to leave, sends what is typed in order, and leaves at the end of it', async () => {
    const answers = { ...one, ...SENT, 'GET /v1/logs': { stream: [], open: true } };
    const result = await withDaemon(answers, ['attach', 'repl'], { lines: () => typed('one', '', 'two') });
    expect(result).toEqual({ code: 0, stdout: '', stderr: attached });
    expect(posted()).toEqual(['one', '', 'two'].map((line) => ({ target: '3', line })));
    expect(daemon!.asked.some(({ line }) => line === 'GET /v1/logs?target=3&lines=0&follow=1')).toBe(true);
  });

  it('ends each line as the second word says', async () => {
    const answers = { ...one, ...SENT, 'GET /v1/logs': { stream: [], open: true } };
    await withDaemon(answers, ['attach', 'repl', ';'], { lines: () => typed('one', '') });
    expect(posted()).toEqual(['one', ''].map((line) => ({ target: '3', line, end: ';' })));
  });

  it('shows what it writes as it is, what happens to it beside, and goes on where a line could not be sent', async () => {
    const answers = {
      ...one,
      'POST /v1/inputs': { status: 500, json: { error: NOT_RUNNING } },
      'GET /v1/logs': { stream: output, open: true },
    };
    let out = '';
    let isSeen = (): void => undefined;
    const seen = new Promise<void>((resolve) => (isSeen = resolve));
    async function* type(): AsyncGenerator<string> {
      await seen;
      yield 'x';
    }
    const result = await withDaemon(answers, ['attach', '3'], {
      lines: type,
      out(text) {
        out += text;
        isSeen();
      },
    });
    expect([result.code, out]).toEqual([0, 'hello\n']);
    expect(result.stderr).toContain('[exited with code [1]]\n');
    expect(result.stderr).toContain('Cannot send to repl:0: it is not running.\n');
  });

  it('leaves with Ctrl-C', async () => {
    const control = new AbortController();
    const answers = { ...one, 'GET /v1/logs': { stream: output, open: true } };
    const result = await withDaemon(answers, ['attach', '3'], { signal: control.signal, lines: silent, out: () => control.abort() });
    expect(result.code).toBe(0);
  });

  it('wants one instance', async () => {
    const two = appsReply([instanceView({ id: 1 }), instanceView({ id: 2, slot: 1 })]);
    const result = await withDaemon({ 'GET /v1/apps': { status: 200, json: two } }, ['attach', 'api']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('Cannot attach to api: it has 2 instances, with the ids 1, 2.');
    expect(result.stderr).toContain('holdfast attach 1');
  });

  it('says so when the daemon goes', async () => {
    const result = await withDaemon({ ...one, 'GET /v1/logs': { stream: [] } }, ['attach', '3'], { lines: silent });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('the daemon closed the connection');
  });
});
