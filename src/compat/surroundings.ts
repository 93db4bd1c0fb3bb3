// What PM2's list says of the machine and of the user that looks at it.
import os from 'node:os';
import { versionOf } from './app-version.ts';
import type { JlistSurroundings } from './jlist.ts';

/** `home` is the home directory of the manager. */
export function surroundingsOf(home: string): JlistSurroundings {
  const signals: Readonly<Record<string, number>> = os.constants.signals;
  return { username: os.userInfo().username, home, signalNumber: (signal) => signals[signal], versionOf };
}
