// Has log files compressed by a process of its own, one at a time: the host's memory and its event loop are for other things.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Compress } from './retention.ts';

/** Passes files on to processes. */
export interface Compression {
  readonly compress: Compress;
  /** Resolves when none of them lives any more. */
  stop(): Promise<void>;
}

/** `script` is the absolute path of the program that compresses the files it is given. */
export function createCompression(script: string): Compression {
  let child: ChildProcess | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isStopping = false;

  function run(files: readonly string[]): Promise<boolean> {
    if (isStopping) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isDone: boolean): void => {
        child = null;
        resolve(isDone);
      };
      // An environment of its own: nothing of the apps' belongs there.
      child = spawn(process.execPath, [script, ...files], { stdio: 'ignore', env: {}, cwd: '/' });
      child.once('error', () => end(false));
      child.once('exit', (code) => end(code === 0));
    });
  }

  return {
    compress(files) {
      const turn = last.then(() => run(files));
      last = turn;
      return turn;
    },
    async stop() {
      isStopping = true;
      child?.kill('SIGTERM');
      await last;
    },
  };
}
