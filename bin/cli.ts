// The command line as a process: the only part of it that reads the process, wires the others and ends it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClientOver } from '../src/client/client-over.ts';
import type { Client } from '../src/client/client.ts';
import { dialQuickly } from '../src/client/quick-dial.ts';
import { createCommandTable } from '../src/cli/command-table.ts';
import type { Pm2Shapes } from '../src/cli/command-table.ts';
import type { Shell } from '../src/cli/context.ts';
import { main } from '../src/cli/main.ts';
import { terminalSize } from '../src/cli/terminal-size.ts';
import { versionOf } from '../src/compat/app-version.ts';
import type { JlistSurroundings } from '../src/compat/jlist.ts';
import { standsInForPm2 } from '../src/compat/pm2-name.ts';
import { HoldfastError } from '../src/model/errors.ts';
import type { Home } from '../src/model/home.ts';
import type { LogReader, OpenLogReader } from '../src/model/log-request.ts';
import { findHome, mayHaveDaemon } from './find-home.ts';
import { userName } from '../src/platform/accounts.ts';
import { systemClock } from '../src/platform/clock.ts';
import { startTimeOf } from '../src/platform/proc-stat.ts';
import { sendSignal } from '../src/platform/process-tree.ts';

const STDOUT = 1;
const STDERR = 2;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** How long a command may take to end by itself after Ctrl-C. */
const PATIENCE_MS = 500;

run();

function run(): void {
  if (process.platform === 'win32') {
    write(STDERR, '[holdfast] Cannot run on Windows: Holdfast needs Unix sockets, signals and process groups. Use it in WSL 2.\n');
    process.exit(1);
  }
  const entries = createCommandTable({
    printJlist,
    printPrettylist,
    printMiniList,
    measureMachine: async () => (await import('./measure-machine.ts')).measureMachine(),
    dumps: async () => (await import('./pm2-dump.ts')).dumps,
  });
  // What is printed is written at once: nothing is lost by ending here, and nothing that is still open keeps us.
  void main(process.argv.slice(2), createShell(), entries).then((exitCode) => process.exit(exitCode));
}

function createShell(): Shell {
  const terminal = terminalSize(STDOUT);
  let met: string | null = null;
  const programPath = path.resolve(process.argv[1]!);
  const asPm2 = standsInForPm2(programPath, process.env);
  const start = { env: process.env, programPath, cwd: currentFolder() };
  const home = once((): Home => findHome(start));
  // Code of config files may add to process.env (dotenv). Those variables are the apps', not the manager's.
  const env = { ...process.env };
  return {
    out: (text) => write(STDOUT, text),
    err: (text) => write(STDERR, text),
    isTTY: terminal !== null,
    errIsTTY: terminalSize(STDERR) !== null,
    columns: terminal?.columns || DEFAULT_COLUMNS,
    rows: terminal?.rows || DEFAULT_ROWS,
    cwd: currentFolder(),
    env: process.env,
    readInput,
    uid: process.getuid!(),
    userName,
    versionOf,
    machine,
    nodePath: process.execPath,
    staticServer,
    programPath,
    asPm2,
    clock: systemClock,
    endDaemon: (pid) => sendSignal(pid, 'SIGTERM'),
    isAlive: (pid) => startTimeOf(pid) !== null,
    lines: (signal) => readLines(signal),
    edit: async (editor, file) => (await import('./run-editor.ts')).runEditor(editor, file),
    runProgram: async (words, output) => (await import('./run-program.ts')).runProgram(words, output),
    openTerminal: async (use) => (await import('./terminal.ts')).openTerminal(use, (text) => write(STDOUT, text)),
    signal: abortOnInterrupt(),
    openLogReader,
    home,
    mayHaveDaemon: () => mayHaveDaemon(start),
    daemonVersion: () => met,
    client: once((): Client =>
      createClientOver(dialQuickly, {
        socketPath: home().socket,
        launch: async () => (await import('./launch-daemon.ts')).launchDaemon({ home: home(), env, dist: distFolder() }),
        met: (version) => void (met = version),
      }),
    ),
    foreground: async (request) => (await import('./runtime.ts')).runForeground(request, distFolder()),
  };
}

/** The working folder; its last name where it was deleted, so that all commands work there that need no file of it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env['PWD'] ?? '/'; // ENOENT is the only way to fail (getcwd(2))
  }
}

/** To its end, whoever writes it takes. At a terminal nobody would know what is waited for. */
async function readInput(): Promise<string> {
  if (process.stdin.isTTY) throw new Error('it is a terminal; write: holdfast start - < apps.json');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Ctrl-C ends what waits; what does not listen to that is ended soon after, or by a second Ctrl-C. */
function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit(1));
    systemClock.setTimer(PATIENCE_MS, () => process.exit(1));
    controller.abort();
  });
  return controller.signal;
}

/** Node's readline would load sixteen modules for this, and its end could not be waited for together with a signal. */
async function* readLines(signal: AbortSignal): AsyncGenerator<string> {
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener('abort', stop);
  let rest = '';
  try {
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      const lines = `${rest}${chunk as string}`.split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Where the bundles are, which is not where the link in PATH is. */
function distFolder(): string {
  return path.dirname(fs.realpathSync(process.argv[1]!));
}

function machine(): ReturnType<Shell['machine']> {
  const [load] = os.loadavg();
  return { load: load!, processors: os.availableParallelism(), memoryUsed: 1 - os.freemem() / os.totalmem() };
}

function staticServer(): string {
  return path.join(distFolder(), 'serve.cjs');
}

async function openLogReader(...[request, notice]: Parameters<OpenLogReader>): Promise<LogReader> {
  const { createLogReader } = await import('../src/log/reader.ts');
  return createLogReader({ request, notice, clock: systemClock });
}

async function printJlist(...[reply, ctx]: Parameters<Pm2Shapes['printJlist']>): Promise<string> {
  const { printJlist: print } = await import('../src/compat/jlist.ts');
  return print(reply, await surroundings(ctx));
}

async function printPrettylist(...[reply, ctx, manner]: Parameters<Pm2Shapes['printPrettylist']>): Promise<string> {
  const { toJlist } = await import('../src/compat/jlist.ts');
  const { printPrettylist: print } = await import('../src/compat/prettylist.ts');
  return print(toJlist(reply, await surroundings(ctx)), manner);
}

async function printMiniList(...[reply, ctx, ids]: Parameters<Pm2Shapes['printMiniList']>): Promise<string> {
  const { toJlist } = await import('../src/compat/jlist.ts');
  const { printMiniList: print } = await import('../src/compat/mini-list.ts');
  const entries = toJlist(reply, await surroundings(ctx));
  return print(
    [...new Set(ids)].flatMap((id) => entries.filter((entry) => entry.pm_id === id)),
    systemClock.epochMs(),
  );
}

async function surroundings(ctx: Pick<Shell, 'home'>): Promise<JlistSurroundings> {
  return (await import('../src/compat/surroundings.ts')).surroundingsOf(ctx.home().root);
}

/** Writes all of it before it returns. A reader that has left (`holdfast ls | head -1`) ends the program in silence. */
function write(file: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += fs.writeSync(file, bytes, written);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN' && file === STDERR) process.exit(1);
      if (code !== 'EAGAIN') throw new HoldfastError('OPERATION_FAILED', `Cannot write to standard output: ${message}.`, { cause: error });
      // Somebody made the pipe or terminal non-blocking, and it is full: wait a little for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
