// Tells the supervisor that this process exits, whatever for. From here to its end the kernel and Node take their time: 10 to 20 ms, in which it would be given connections.
import type { Channel } from './channel.ts';

/** `on` is called first: what is on its way to this process from then on is somebody else's. */
export function announceExit(channel: Channel, on: () => void): void {
  process.on('exit', () => {
    if (!isExiting()) return;
    on();
    channel.say({ act: 'exiting', on: true });
    // Never runs, unless a listener behind this one throws and the app handles that: then Node leaves the process as it is.
    setImmediate(() => channel.say({ act: 'exiting', on: false }));
  });
}

/** Libraries emit 'exit' by hand. Node marks what it means itself (Node: lib/internal/process/per_thread.js, exit; lib/internal/process/execution.js). */
function isExiting(): boolean {
  return (process as unknown as { readonly _exiting?: boolean })._exiting === true;
}
