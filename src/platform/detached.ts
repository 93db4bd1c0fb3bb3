// Starting a process that outlives its starter, and learning that it is ready: it writes one line to descriptor 3.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { systemClock } from './clock.ts';
import { explainErrno } from './errno.ts';
import { explainLaunchFailure } from './launch-failure.ts';

/** What to start: `node SCRIPT ARGS`, with this process's Node. Its output is appended to `logFile`. */
export interface DetachedOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
}

/** Meant for the starter, or costing every start 50 ms (NODE_EXTRA_CA_CERTS); none of them is for a manager's process. */
const NOT_PASSED_ON = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_CHANNEL_FD', 'NODE_UNIQUE_ID'];
/**
 * A manager's process makes little garbage and lives for months: its young generation need not grow to the default 16 MB a semi-space
 * (V8: --max-semi-space-size, in MB). With fifty apps that is 6 MB less for the daemon and 1.5 MB for the host.
 * `--expose-gc` is for rest.ts.
 */
const SMALL = ['--max-semi-space-size=1', '--expose-gc'];
const READY_FD = 3;
const READY_WITHIN_MS = 30_000;
const MAX_REASON_BYTES = 2048;

/**
 * Starts a process in a session of its own. Resolves when it has written `ready` to descriptor 3, or `busy`: another one does its work already.
 * Rejects with what else it wrote, or with the end of its output when it ended without a word, or after 30 s of silence (it is killed then).
 * Node raises the soft limit on open files to the hard one in every process it starts (since Node 4; seen in /proc/PID/limits), so no one here does.
 */
export async function launchDetached(options: DetachedOptions): Promise<{ pid: number }> {
  const { script, args, env, cwd, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a+', 0o600);
  try {
    const logStart = fstatSync(log).size;
    const child = spawn(process.execPath, [...SMALL, script, ...args], {
      cwd,
      env: managerEnvironment(env),
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    });
    const word = await firstWord(child, options);
    if (word === 'ready' || word === 'busy') return { pid: child.pid! };
    throw new Error(word ?? (readFrom(log, logStart) || 'it ended without a word'));
  } finally {
    closeSync(log);
  }
}

/** Tells the starter how it went and closes descriptor 3. Does nothing when this process was not started by `launchDetached`. */
export function announceReady(word: 'ready' | 'busy' | string): void {
  try {
    // By hand, descriptor 3 is whatever Node opened first (epoll, an eventfd or a signal pipe): only the starter's pipe is a socket.
    if (!fstatSync(READY_FD).isSocket()) return;
    writeSync(READY_FD, `${word.replaceAll('\n', ' ')}\n`);
    closeSync(READY_FD);
  } catch {
    // EBADF: there is no descriptor 3. EPIPE: the starter did not wait. Neither changes what this process has to do.
  }
}

/** The first line, or null when the process ended without one. */
function firstWord(child: ChildProcess, options: DetachedOptions): Promise<string | null> {
  const pipe = child.stdio[READY_FD] as Readable | null | undefined;
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (act: () => void): void => {
      cancel();
      pipe?.destroy();
      child.unref();
      act();
    };
    const cancel = systemClock.setTimer(READY_WITHIN_MS, () => {
      child.kill('SIGKILL');
      settle(() => reject(new Error(`it did not become ready within ${READY_WITHIN_MS / 1000} s`)));
    });
    child.once('error', (error) =>
      settle(() => reject(new Error(explainLaunchFailure(error, { file: process.execPath, cwd: options.cwd, env: {} })))),
    );
    pipe?.setEncoding('utf8');
    pipe?.on('error', () => undefined); // Its end follows.
    pipe?.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) settle(() => resolve(text.slice(0, text.indexOf('\n'))));
    });
    pipe?.once('close', () => settle(() => resolve(null)));
  });
}

function managerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_PASSED_ON.includes(name)));
}

function readFrom(file: number, start: number): string {
  const size = fstatSync(file).size;
  const from = Math.max(start, size - MAX_REASON_BYTES);
  const buffer = Buffer.alloc(size - from);
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from)).trim();
  } catch (error) {
    return `its output cannot be read: ${explainErrno(error)}`;
  }
}
