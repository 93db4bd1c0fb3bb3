// What PM2's list says of the machine and of the user that looks at it.
import os from 'node:os';
import { versionOf } from './app-version.ts';
import type { JlistSurroundings } from './jlist.ts';

/** `home` is the home directory of the manager. */
export function surroundingsOf(home: string): JlistSurroundings {
  const signals: Readonly<Record<string, number>> = os.constants.signals;
  return { username: ownName(), home, signalNumber: (signal) => signals[signal], versionOf };
}

/** A container may be run under a number that the system has no entry for: getpwuid(3) finds none, and Node throws. */
function ownName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return String(process.getuid!());
  }
}
