// `logs` against a canned daemon and real log files: every option, all it prints, how it ends.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { logEntry } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';
import type { LogFileView, LogSourceUpdate } from '../../model/view.ts';

let folder: string;
let daemon: CannedDaemon | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
  daemon = null;
});
afterEach(async () => {
  await daemon?.close();
  rmSync(folder, { recursive: true });
});

/** A moment of the day of the tests, `19:29:50` for -10. */
const at = (seconds: number): string => new Date(NOW + 1000 * seconds).toISOString();
const file = (name: string, differs: Partial<LogFileView> = {}): LogFileView => ({
  path: join(folder, name),
  app: 'api',
  slot: 0,
  id: 0,
  streams: ['out'],
  dateFormat: null,
  json: false,
  ...differs,
});
const allFiles = (): LogFileView[] => [
  file('out-0.log'),
  file('err-0.log', { streams: ['err'] }),
  file('out-1.log', { slot: 1, id: 1 }),
  file('web.log', { app: 'web', id: 2 }),
];

function sources(files = allFiles()): Extract<LogSourceUpdate, { type: 'files' }> {
  const apps = [
    { name: 'api', slots: [0, 1].map((slot) => ({ slot, id: slot })) },
    { name: 'web', slots: [{ slot: 0, id: 2 }] },
  ];
  return { type: 'files', files, events: { path: join(folder, 'daemon.log'), apps, own: true } };
}

/** Programs that print their times: what `logs` shows of them is known exactly. */
function writeFiles(): void {
  writeFileSync(join(folder, 'out-0.log'), `${at(-50)} one\n${at(-30)} two [warn]\n${at(-10)} three\n`);
  writeFileSync(join(folder, 'err-0.log'), `${at(-20)} [error] oh\n    at line 1\n`);
  writeFileSync(join(folder, 'out-1.log'), `${at(-40)} eins\n`);
  writeFileSync(join(folder, 'web.log'), `${at(-25)} page\n`);
  writeFileSync(
    join(folder, 'daemon.log'),
    `${at(-60)} App [api:0] online\nnode: a stack\n${at(-15)} warn App [api:1] exited with code [1]\n${at(-14)} Holdfast host api started (pid 7)\n`,
  );
}

async function logs(
  argv: readonly string[],
  updates: readonly LogSourceUpdate[] = [sources()],
  more: Surroundings = {},
): Promise<CliResult> {
  await daemon?.close();
  daemon = await startCannedDaemon({ 'GET /v1/log-sources': { stream: updates } });
  return runCli(['logs', ...argv], { home: daemon.home, ...more });
}

/** What is shown, without the dates that the programs print. */
async function shown(...argv: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await logs([...argv, '--nostream']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .replaceAll(/\d{4}-\d\d-\d\dT\S+Z /g, '')
    .split('\n')
    .slice(0, -1);
}

const ALL = [
  '19:29:00 App [api:0] online',
  '19:29:10 0|api | one',
  '19:29:20 1|api | eins',
  '19:29:30 0|api | two [warn]',
  '19:29:35 2|web | page',
  '19:29:40 0|api | [error] oh',
  '19:29:40 0|api |     at line 1',
  '19:29:45 App [api:1] exited with code [1]',
  '19:29:46 Holdfast host api started (pid 7)',
  '19:29:50 0|api | three',
];
const lines = (...wanted: number[]): string[] => wanted.map((index) => ALL[index]!);

describe('logs', () => {
  beforeEach(writeFiles);

  it.each([
    [[], ALL],
    [['--lines', '2'], lines(4, 6, 7, 8, 9)],
    [['--lines', '0'], []],
    [['--out'], lines(1, 2, 3, 4, 9)],
    [['--err'], lines(5, 6)],
    [['--events'], lines(0, 7, 8)],
    [['--err', '--events'], lines(0, 5, 6, 7, 8)],
    [['--out', '--lines', '1'], lines(4, 9)],
    [['--since', '30s'], lines(3, 4, 5, 6, 7, 8, 9)],
    [['--since', '19:29:35'], lines(4, 5, 6, 7, 8, 9)],
    [['--since', at(-15)], lines(7, 8, 9)],
    [['--until', '19:29:20'], lines(0, 1, 2)],
    [['--since', '40s', '--until', '25s'], lines(2, 3, 4)],
    [['--since', '40s', '--lines', '1'], lines(4, 8, 9)],
    [['--grep', 'e$'], lines(0, 1, 4, 9)],
    [['--grep', '\\d|oh', '--err'], lines(5, 6)],
    [['--level', 'warn'], lines(3, 5, 6, 7)],
    [['--level', 'ERROR'], lines(5, 6)],
  ] as const)('%s', async (argv, expected) => {
    expect(await shown(...argv)).toEqual(expected);
  });

  it('shows the events since the first line that is shown of their app', async () => {
    expect(await shown('--lines', '3')).toEqual(lines(3, 4, 5, 6, 7, 8, 9).filter((line) => !line.includes('two')));
  });

  it('asks the daemon for what was named', async () => {
    await shown('api', 'web', '--lines', '7');
    expect(daemon!.asked.map(({ line }) => line)).toEqual(['GET /v1/log-sources?target=api&target=web&lines=7']);
  });

  it('--raw passes on the bytes as they are', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0x80, 0x0d, 0x0a, 0x0a, 0xc3]);
    writeFileSync(join(folder, 'out-0.log'), bytes);
    const pieces: Buffer[] = [];
    await logs(['--raw', '--nostream', '--out'], [sources([allFiles()[0]!])], {
      out: (piece) => void pieces.push(Buffer.from(piece as Uint8Array)),
    });
    expect(Buffer.concat(pieces)).toEqual(Buffer.concat([bytes, Buffer.from('\n')]));
  });

  it('--raw shows no events unless they are asked for', async () => {
    expect(await shown('--raw')).toEqual(['one', 'eins', 'two [warn]', 'page', '[error] oh', '    at line 1', 'three']);
    expect(await shown('--raw', '--events')).toEqual(['online', 'exited with code [1]', 'host api started (pid 7)']);
  });

  it('--json prints an entry a line', async () => {
    const { stdout } = await logs(['--nostream', '--json', '--lines', '1', '--err', '--events']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      logEntry({ at: NOW - 20_000, stream: 'err', text: '    at line 1' }),
      logEntry({ at: NOW - 15_000, stream: 'event', level: 'warn', slot: 1, id: 1, text: 'exited with code [1]' }),
      logEntry({ at: NOW - 14_000, stream: 'event', app: null, slot: null, id: null, text: 'host api started (pid 7)' }),
    ]);
  });

  it('--format prints pairs as PM2 does', async () => {
    const [first] = await shown('--format', '--err');
    expect(first).toMatch(/^timestamp=2026-11-22-19:29:40[+-]\d{4} app=api id=0 type=error message=\[error\] oh$/);
  });

  it.each([
    [['--timestamp'], '2026-11-22-19:29:40'],
    [['--timestamp=HH:mm'], '19:29'],
    [['--timestamp', 'YYYY/MM/DD HH:mm:ss.SSS'], '2026/11/22 19:29:40.000'],
  ])('%s puts the date before each line', async (argv, date) => {
    expect((await shown(...argv, '--err'))[0]).toBe(`${date} 0|api | [error] oh`);
    expect(daemon!.asked[0]!.line).toBe('GET /v1/log-sources?lines=15');
  });

  it('reads what was put aside, compressed too', async () => {
    writeFileSync(join(folder, 'out-1__2026-11-20_00-00-00-000Z.log.gz'), gzipSync(`${at(-200_000)} ancient\n`));
    writeFileSync(join(folder, 'out-1__2026-11-21_00-00-00-000Z.log'), `${at(-150_000)} old\n`);
    const all = await shown('--out', '--lines', '9');
    expect(all.filter((line) => line.includes('1|api')).map((line) => line.slice(8))).toEqual([
      ' 1|api | ancient',
      ' 1|api | old',
      ' 1|api | eins',
    ]);
    expect((await shown('--grep', 'ancient')).length).toBe(1);
    expect((await shown('--since', '2d')).some((line) => line.includes('ancient'))).toBe(false);
  });

  it('takes away what log_date_format has put before the lines', async () => {
    writeFileSync(join(folder, 'out-0.log'), '2026-11-22T19:29:50: dated\n');
    const { stdout } = await logs(['--nostream', '--raw'], [sources([file('out-0.log', { dateFormat: 'YYYY-MM-DDTHH:mm:ss' })])]);
    expect(stdout).toBe('dated\n');
  });

  it('shows the messages of log_type json, and looks into these', async () => {
    const object = (message: string, type: 'out' | 'err'): string =>
      `${JSON.stringify({ message, timestamp: at(-5), type, process_id: 0, app_name: 'api' })}\n`;
    writeFileSync(
      join(folder, 'out-0.log'),
      `before\n${object('one\n', 'out')}${object('[warn] "two"\r\n', 'err')}${object('three', 'out')}`,
    );
    const both = sources([file('out-0.log', { streams: ['out', 'err'], json: true })]);
    const run = async (...argv: string[]): Promise<string> => (await logs(['--nostream', ...argv], [both])).stdout;
    expect(await run('--raw')).toBe('before\none\n[warn] "two"\nthree\n');
    expect(await run('--grep', 'e$|message', '--lines', '9', '--out')).toBe(
      '0|api | before\n19:29:55 0|api | one\n19:29:55 0|api | three\n',
    );
    expect(await run('--level', 'warn', '--json', '--err')).toBe(
      `${JSON.stringify(logEntry({ at: NOW - 5000, stream: 'err', text: '[warn] "two"' }))}\n`,
    );
  });

  it('goes on where a file cannot be read, and says which', async () => {
    writeFileSync(join(folder, 'out-1__2026-11-20_00-00-00-000Z.log.gz'), 'no gzip');
    const { code, stderr, stdout } = await logs(['--nostream', '--grep', 'eins|one']);
    expect([code, stdout.split('\n').length]).toEqual([0, 3]);
    expect(stderr).toBe(`[holdfast] Cannot read ${join(folder, 'out-1__2026-11-20_00-00-00-000Z.log.gz')}: incorrect header check.\n`);
  });
});

describe('following', () => {
  it('shows what comes in the files, what the daemon tells, and each event once, until Ctrl-C', async () => {
    writeFiles();
    const known = logEntry({ at: NOW - 15_000, stream: 'event', level: 'warn', slot: 1, id: 1, text: 'exited with code [1]' });
    const updates: LogSourceUpdate[] = [
      sources(),
      { type: 'entry', entry: known },
      { type: 'entry', entry: { ...known, at: NOW, level: 'info', text: 'online' } },
      { type: 'entry', entry: logEntry({ app: 'unstored', text: 'from memory' }) },
      sources([...allFiles(), file('new.log', { slot: 2, id: 3 })]),
    ];
    const controller = new AbortController();
    daemon = await startCannedDaemon({ 'GET /v1/log-sources?lines=15&follow=1': { stream: updates, open: true } });
    let seen = '';
    const out = (text: string | Uint8Array): void => void (seen += String(text));
    const client = runCli(['logs'], { home: daemon.home, signal: controller.signal, out });
    await expect.poll(() => seen).toContain('from memory');
    writeFileSync(join(folder, 'new.log'), 'a new instance\n');
    appendFileSync(join(folder, 'out-0.log'), 'live\r\n');
    await expect.poll(() => seen).toMatch(/0\|api \| live\n/);
    await expect.poll(() => seen).toMatch(/3\|api \| a new instance\n/);
    appendFileSync(join(folder, 'out-0.log'), 'unfinished');
    await expect.poll(() => seen).toMatch(/0\|api \| unfinished\n/);
    controller.abort();
    expect(await client).toMatchObject({ code: 0, stderr: '' });
    expect(seen.match(/exited with code/g)).toHaveLength(1);
    expect(seen.match(/App \[api:1\] online/g)).toHaveLength(1);
    expect(seen.match(/three/g)).toHaveLength(1);
  });

  it('shows of what comes only what was asked for', async () => {
    writeFiles();
    const controller = new AbortController();
    const event = logEntry({ stream: 'event', level: 'error', text: 'errored' });
    const entries = [
      event,
      { ...event, level: 'info', text: 'online' } as const,
      logEntry({ text: '[fatal] x' }),
      logEntry({ text: 'calm' }),
    ];
    const updates = [sources(), ...entries.map((entry): LogSourceUpdate => ({ type: 'entry', entry }))];
    daemon = await startCannedDaemon({ 'GET /v1/log-sources': { stream: updates, open: true } });
    let seen = '';
    const out = (text: string | Uint8Array): void => void (seen += String(text));
    const client = runCli(['logs', '--level', 'error', '--lines', '0'], { home: daemon.home, signal: controller.signal, out });
    await expect.poll(() => seen).toContain('[fatal] x');
    appendFileSync(join(folder, 'out-0.log'), 'fine\n[error] not fine\n');
    await expect.poll(() => seen).toContain('not fine');
    controller.abort();
    await client;
    expect(seen.split('\n').map((line) => line.slice(9))).toEqual([
      'App [api:0] errored',
      '0|api | [fatal] x',
      '0|api | [error] not fine',
      '',
    ]);
  });

  it('says so when the daemon goes away', async () => {
    const { code, stderr } = await logs([]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: '[holdfast] Cannot follow the logs any longer: the daemon closed the connection.\n  Next: holdfast logs\n',
    });
  });

  it('ends by itself at --until', async () => {
    expect(await logs(['--until', '1h'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

it.each([
  [['--lines=x'], '--lines is "x", which is no number of lines.', 'holdfast logs --lines 100'],
  [['--lines=-3'], '--lines is "-3", which is no number of lines.', 'holdfast logs --lines 100'],
  [['--lines=1.5'], '--lines is "1.5", which is no number of lines.', 'holdfast logs --lines 100'],
  [
    ['--since', 'yesterday'],
    '--since is "yesterday", which is no moment; it takes 10m or 2h (ago), 08:30 (today), 2026-11-29 or "2026-11-29 08:30".',
    'holdfast logs --since 10m',
  ],
  [
    ['--until', '10'],
    '--until is "10", which is no moment; it takes 10m or 2h (ago), 08:30 (today), 2026-11-29 or "2026-11-29 08:30".',
    'holdfast logs --until 10m',
  ],
  [['--since', '1m', '--until', '2m'], '--since 1m is later than --until 2m.', 'holdfast logs --help'],
  [['--grep', 'a(b'], '--grep is "a(b", which is no regular expression (/a(b/: Unterminated group).', 'holdfast logs --grep ECONNREFUSED'],
  [['--level', 'loud'], '--level is "loud", which is none of trace, debug, info, warn, error, fatal.', 'holdfast logs --level warn'],
  [['--json', '--raw'], '--json and --raw exclude each other.', 'holdfast logs --help'],
])('%s is refused', async (argv, reason, hint) => {
  expect(await runCli(['logs', ...argv])).toEqual({
    code: 1,
    stdout: '',
    stderr: `[holdfast] Cannot run holdfast logs: ${reason}\n  Next: ${hint}\n`,
  });
});

describe('flush', () => {
  const files = [
    { path: '/logs/api-out.log', app: 'api', bytes: 3_145_728, kept: { files: 2, bytes: 2_097_152 } },
    { path: '/logs/api-error.log', app: 'api', bytes: 0, kept: { files: 0, bytes: 0 } },
  ];

  it('names what it has emptied, and what stays', async () => {
    daemon = await startCannedDaemon({ 'POST /v1/log-flushes': { status: 200, json: { files } } });
    expect((await runCli(['flush', 'api'], { home: daemon.home })).stdout).toBe(
      'emptied /logs/api-out.log (3 MB)\nemptied /logs/api-error.log (0 B)\n2 files put aside before (2 MB) stayed\n',
    );
    expect(JSON.parse((await runCli(['flush', '--json'], { home: daemon.home })).stdout)).toEqual({ files });
    expect(daemon.asked.map(({ body }) => body)).toEqual([{ targets: ['api'] }, {}]);
  });

  it('says that there is nothing to empty', async () => {
    daemon = await startCannedDaemon({ 'POST /v1/log-flushes': { status: 200, json: { files: [] } } });
    expect(await runCli(['flush'], { home: daemon.home })).toEqual({
      code: 0,
      stdout: 'nothing to empty: no app writes to a log file\n',
      stderr: '',
    });
  });
});
