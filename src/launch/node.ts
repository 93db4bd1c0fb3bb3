// Finds Node again when its binary has gone (a version manager removed it while the manager ran).
import fs from 'node:fs';
import path from 'node:path';

/** `vanished` is the path that was asked for and is gone, or null. */
export interface FoundNode {
  readonly file: string;
  readonly vanished: string | null;
}

/** `interpreter` itself while it exists or is a bare name, else the `node` in `pathVariable`; with none there either, the launch will fail and say why. */
export function findNode(interpreter: string, pathVariable: string, cwd: string): FoundNode {
  if (!interpreter.includes('/') || isExecutable(path.resolve(cwd, interpreter))) return { file: interpreter, vanished: null };
  for (const folder of pathVariable.split(':')) {
    const file = path.resolve(cwd, folder, 'node');
    if (isExecutable(file)) return { file, vanished: interpreter };
  }
  return { file: interpreter, vanished: null };
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false; // access(2) says no, which is the answer
  }
}
