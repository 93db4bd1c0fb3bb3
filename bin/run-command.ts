// Running a command of the command line, for programs and for the daemon.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { ApiWorld, CommandEnd } from '../src/compat/api-world.ts';

/** `dist` is the folder of the bundles. */
export interface CommandRun {
  readonly words: readonly string[];
  readonly how: Parameters<ApiWorld['command']>[1];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly dist: string;
}

/** See the interface of the world. */
export function runCommand({ words, how, cwd, env, dist }: CommandRun): Promise<CommandEnd> {
  const stdio = how === 'terminal' ? 'inherit' : ([typeof how === 'object' ? 'pipe' : 'ignore', 'pipe', 'pipe'] as const);
  const child = spawn(process.execPath, [path.join(dist, 'cli.cjs'), ...words], { cwd, env, stdio: stdio as 'inherit' });
  let said = '';
  let printed = '';
  const hear = (piece: Buffer): void => void (said += piece.toString());
  child.stdout?.on('data', (piece: Buffer) => {
    printed += piece.toString();
    hear(piece);
  });
  child.stderr?.on('data', hear);
  if (typeof how === 'object') {
    // A command that ends before it has read all says why itself.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(how.input);
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, printed, said }));
  });
}
