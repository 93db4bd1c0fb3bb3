// The pid file of an instance, for scripts that look there. Nothing of ours reads it: a pid alone is never trusted.
import fs from 'node:fs';
import path from 'node:path';
import { explainErrno } from './errno.ts';

/** Null when it was written, else why not. Missing folders are made. */
export function writePidFile(file: string, pid: number): string | null {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, String(pid), { mode: 0o644 });
    return null;
  } catch (error) {
    return `its pid file ${file} cannot be written: ${explainErrno(error)}`;
  }
}

/** Removes it while it is about that process: a successor may have written its own. */
export function removePidFile(file: string, pid: number): void {
  try {
    if (fs.readFileSync(file, 'utf8').trim() === String(pid)) fs.rmSync(file);
  } catch {
    // It is not there, or not ours to remove: whoever took it has what it wants.
  }
}
