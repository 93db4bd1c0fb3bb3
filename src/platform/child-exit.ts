// The end of a child, told once its last message has been delivered.
import type { ChildProcess } from 'node:child_process';
import { systemClock } from './clock.ts';

/** SIGCHLD may be handled before the last bytes of the channel. Only a grandchild that inherited the channel keeps it open for longer. */
const CHANNEL_GRACE_MS = 20;

/** Calls `tell` once, after the exit and after the channel has closed behind its last message, at most 20 ms after the exit. */
export function watchExit(child: ChildProcess, tell: (exit: { code: number | null; signal: string | null }) => void): void {
  child.once('exit', (code, signal) => {
    if (!child.connected) {
      // Messages are delivered in ticks of their own; those already read come first.
      setImmediate(tell, { code, signal });
      return;
    }
    const finish = (): void => {
      cancel();
      child.off('disconnect', finish);
      if (child.connected) child.disconnect();
      tell({ code, signal });
    };
    child.once('disconnect', finish);
    const cancel = systemClock.setTimer(CHANNEL_GRACE_MS, finish);
  });
}
