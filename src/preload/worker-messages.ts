// Node lets every cluster worker listen for messages, which keeps it alive for ever. Here that holds only once the app listens, as in any child process.
import cluster from 'node:cluster';

type Listener = (...values: unknown[]) => void;

/** Must run before the app. Messages that come before it listens wait for it (Node: child_process, "process.on('message')"). */
export function listenOnlyForApp(): void {
  const { worker } = cluster;
  // Registered by the worker object before any preload is loaded (Node: lib/internal/cluster/worker.js).
  const forward = process.rawListeners('message')[0] as Listener | undefined;
  if (!worker || forward === undefined) return;
  process.removeListener('message', forward);
  worker.on('newListener', (name: string) => {
    if (name === 'message' && worker.listenerCount('message') === 0) process.on('message', forward);
  });
  worker.on('removeListener', (name: string) => {
    if (name === 'message' && worker.listenerCount('message') === 0) process.removeListener('message', forward);
  });
}
