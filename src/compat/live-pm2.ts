// Whether PM2 itself runs in a home directory. It asks the files and the process table, and touches neither.
import fs from 'node:fs';
import path from 'node:path';

/** The pid of PM2's daemon of that folder; null where none lives. `isAlive` tells living processes from zombies. */
export function livePm2(home: string, isAlive: (pid: number) => boolean): number | null {
  const pid = Number(read(path.join(home, 'pm2.pid')).trim());
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return null;
  // Pids are given anew, also to others, and our own daemon writes its pid there. Where there is no /proc the number has to do.
  const title = read(`/proc/${pid}/cmdline`);
  if (title.startsWith('holdfast: ')) return null;
  return title === '' || /God Daemon|\/pm2\//.test(title) ? pid : null;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // not there, or not ours to read: then it is nobody's daemon for us
  }
}
