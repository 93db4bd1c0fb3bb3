// An editor on the terminal of the command line.
import { spawnSync } from 'node:child_process';

/** Runs it as git does: `editor` may be a command line. Returns its exit code; 1 where a signal has ended it. Meanwhile Ctrl-C is its alone. */
export function runEditor(editor: string, file: string): number {
  return spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' }).status ?? 1;
}
