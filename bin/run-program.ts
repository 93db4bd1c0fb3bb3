// Another program, run by the command line to its end.
import { spawn } from 'node:child_process';
import type { ProgramEnd } from '../src/cli/context.ts';

/** See the shell of the command line. Rejects where it cannot be started. */
export function runProgram([program, ...args]: readonly [string, ...string[]], output: 'shown' | 'taken'): Promise<ProgramEnd> {
  const child = spawn(program, args, { stdio: ['inherit', output === 'shown' ? 'inherit' : 'pipe', 'inherit'] });
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => void (printed += piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, printed }));
  });
}
