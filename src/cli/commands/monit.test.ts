// `monit` against a canned daemon, on a terminal that a test types at: what it shows, what it asks for, how it ends.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView, logEntry, operationView } from '../../../test/canned-views.ts';
import { screenOf } from '../../../test/e2e/kit/screen.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';
import { systemClock } from '../../platform/clock.ts';
import type { TerminalUse } from '../context.ts';

const SIZE = { columns: 80, rows: 24 };
const ok = (json: unknown): Answer => ({ status: 200, json });
const APPS = appsReply([instanceView(), instanceView({ id: 1, app: 'other' })]);
const ANSWERS: Readonly<Record<string, Answer | readonly Answer[]>> = {
  'GET /v1/apps': ok(APPS),
  'GET /v1/events': { stream: [], open: true },
  'GET /v1/logs?target=api&lines=200&follow=1': { stream: [logEntry({ text: 'hello from api' })], open: true },
  'GET /v1/logs?target=other&lines=200&follow=1': { stream: [logEntry({ app: 'other', text: 'hello from other' })], open: true },
};

let daemon: CannedDaemon | null = null;
afterEach(async () => {
  await daemon?.close();
  daemon = null;
});

/** A monitor at work. */
interface Seen {
  readonly ended: Promise<CliResult>;
  /** What the terminal shows. */
  rows(): readonly string[];
  /** Resolves when this is seen. */
  until(text: string): Promise<void>;
  readonly terminal: TerminalUse & { readonly closed: number; readonly suspended: number; size: typeof SIZE };
}

async function open(answers: Parameters<typeof startCannedDaemon>[0] = {}, more: Surroundings = {}): Promise<Seen> {
  daemon ??= await startCannedDaemon({ ...ANSWERS, ...answers });
  let written = '';
  let terminal: Seen['terminal'] | null = null;
  const ended = runCli(['monit', '--no-color'], {
    home: daemon.home,
    isTTY: true,
    clock: systemClock,
    out: (text) => void (written += String(text)),
    openTerminal(use) {
      const taken = { ...use, closed: 0, suspended: 0, size: SIZE };
      terminal = taken;
      const close = (): void => void (taken.closed += 1);
      return Promise.resolve({ size: () => taken.size, close, suspend: () => void (taken.suspended += 1) });
    },
    ...more,
  });
  await vi.waitFor(() => expect(terminal).not.toBeNull());
  const rows = (): readonly string[] => screenOf(written, SIZE.columns);
  const until = async (text: string): Promise<void> => {
    await vi.waitFor(() => expect(rows().join('\n')).toContain(text), { timeout: 10_000 });
  };
  return { ended, rows, until, terminal: terminal! };
}

const posted = (): unknown[] => daemon!.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

describe('monit', () => {
  it('shows the list and the log of the selected app, until q', async () => {
    const { ended, rows, until, terminal } = await open();
    await until('hello from api');
    expect(rows()[2]).toMatch(/^▸ {2}0 {2}api .* online/);
    terminal.typed('j');
    await until('hello from other');
    expect(rows().join('\n')).not.toContain('hello from api');
    terminal.typed('q');
    expect(await ended).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(terminal.closed).toBe(1);
  });

  it('asks before it stops anything, takes no answer that came with the question, and says how it went', async () => {
    const outcomes = [{ app: 'api', slot: 0, id: 0, ok: true, text: 'stopped' }];
    const { ended, until, terminal } = await open({
      'POST /v1/operations': { status: 202, json: operationView({ action: 'stop' }) },
      'GET /v1/operations/7/stream': {
        stream: [{ type: 'operation', operation: operationView({ action: 'stop', state: 'done', outcomes }) }],
      },
    });
    terminal.typed('s');
    await until('Stop api (1 instance)?');
    terminal.typed('x');
    await until('tab pane');
    expect(posted()).toEqual([]);
    terminal.typed('sy');
    await until('Stop api (1 instance)?');
    expect(posted()).toEqual([]);
    terminal.typed('y');
    await until('Stopped api.');
    expect(posted()).toEqual([{ action: 'stop', targets: ['api'] }]);
    terminal.typed('q');
    await ended;
  });

  it('says why something could not be done, and goes on', async () => {
    const error = { code: 'NOTHING_TO_DO', message: 'Cannot stop api: it is stopped.' };
    const { ended, until, terminal } = await open({ 'POST /v1/operations': { status: 409, json: { error } } });
    terminal.typed('s');
    terminal.typed('y');
    await until('Cannot stop api: it is stopped.');
    terminal.typed('q');
    expect(await ended).toMatchObject({ code: 0 });
  });

  it.each([
    ['a signal', 143, (seen: Seen) => seen.terminal.ended(143)],
    ['a lone Escape', 0, (seen: Seen) => seen.terminal.typed('\u001b')],
    ['Ctrl-C', 0, (seen: Seen) => seen.terminal.typed('\u0003')],
  ])('gives the terminal back at %s', async (_, code, act) => {
    const seen = await open();
    act(seen);
    expect(await seen.ended).toEqual({ code, stdout: '', stderr: '' });
    expect(seen.terminal.closed).toBe(1);
  });

  it('gives the terminal back when it is interrupted from outside', async () => {
    const controller = new AbortController();
    const seen = await open({}, { signal: controller.signal });
    controller.abort();
    expect(await seen.ended).toMatchObject({ code: 0 });
    expect(seen.terminal.closed).toBe(1);
  });

  it('gives the terminal back at a defect, before that is told', async () => {
    const seen = await open({ 'GET /v1/apps': [ok(APPS), ok({ alerts: [] })] });
    const { code, stderr } = await seen.ended;
    expect(seen.terminal.closed).toBe(1);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('this is a defect of Holdfast itself') as string });
  });

  it('takes an arrow key that comes in two pieces for what it is', async () => {
    const { ended, until, terminal } = await open();
    terminal.typed('\u001b');
    terminal.typed('[B');
    await until('hello from other');
    terminal.typed('q');
    await ended;
  });

  it('is drawn anew in the size that the terminal has now', async () => {
    const { ended, rows, until, terminal } = await open();
    terminal.size = { columns: 60, rows: 15 };
    terminal.resized();
    await until('select tab pane');
    expect(rows()).toHaveLength(15);
    terminal.typed('\u001aq');
    await ended;
    expect(terminal.suspended).toBe(1);
  });

  it('says that the daemon does not answer, and goes on when it does again', async () => {
    const unreachable: Answer = { status: 503, json: { error: { code: 'DAEMON_UNREACHABLE', message: 'Cannot reach it.' } } };
    const { ended, until, terminal } = await open({ 'GET /v1/apps': [ok(APPS), unreachable, ok(APPS)] });
    await until('The daemon does not answer');
    await until('tab pane');
    terminal.typed('q');
    await ended;
  });
});

describe('monit is refused', () => {
  it.each([
    ['in a pipe', { isTTY: false }, 'Cannot show the monitor: standard output is no terminal.'],
    [
      'on a terminal without a cursor',
      { isTTY: true, env: { TERM: 'dumb' } },
      'Cannot show the monitor: the terminal cannot move its cursor',
    ],
  ])('%s, with one sentence', async (_, surroundings, sentence) => {
    const { code, stdout, stderr } = await runCli(['monit'], surroundings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('with a word too many', async () => {
    const { code, stderr } = await runCli(['monit', 'api'], { isTTY: true });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('"api" is one word too many') as string });
  });
});
