// Running a program to its end, or beside the test, with its output collected.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface RunResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What the program reads; without it stdin is /dev/null. */
  readonly stdin?: string;
  /** It can be typed to: `child.stdin` stays open. */
  readonly isTyped?: boolean;
  /** After this the program is killed and the promise rejects. 30 s. */
  readonly timeoutMs?: number;
}

/** A program that runs beside the test. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Sends the signal (SIGINT) and resolves when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<RunResult>;
  readonly ended: Promise<RunResult>;
}

/** Starts a program beside the test. */
export function runBeside(file: string, args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [options.stdin === undefined && options.isTyped !== true ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  const ended = new Promise<RunResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    stop(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a program to its end. A program that takes too long is killed, and the error carries what it had written. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const running = runBeside(file, args, options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    running.child.kill('SIGKILL');
  }, timeoutMs);
  try {
    const result = await running.ended;
    if (late)
      throw new Error(
        `${[file, ...args].join(' ')} did not end within ${timeoutMs} ms.\nstdout: ${result.stdout}\nstderr: ${result.stderr}`,
      );
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** The certificates that npm needs on this machine to reach its registry, where the suite has taken them out of the environment. */
export function certificatesForNpm(): NodeJS.ProcessEnv {
  const file = process.env['HOLDFAST_TEST_CA_CERTS'];
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: file };
}
