// A thread of the preload's own beside the app. It gets neither the app's options nor its preloads: they are not meant for it.
import { Worker } from 'node:worker_threads';

/** Runs `body`, which is handed over as text: nothing outside of it is there. Null where there are no threads (the permission model, no memory). It keeps no process alive. */
export function startThread<Data>(body: (load: NodeJS.Require, data: Data) => void, workerData: Data): Worker | null {
  try {
    const source = `(${body.toString()})(require, require('node:worker_threads').workerData)`;
    // Its output is not the app's: to join them Node would make the app's streams, which changes how `fs.writeSync` behaves.
    const output = { stdout: true, stderr: true };
    // At its end Node would close every descriptor that `fs` has opened here, also one that a socket has closed since: by then the number is another's,
    // a client's or a listening socket's, and libuv aborts the process when it finds its own gone.
    const descriptors = { trackUnmanagedFds: false };
    const worker = new Worker(source, { eval: true, name: 'holdfast', workerData, env: {}, execArgv: [], ...output, ...descriptors });
    worker.on('error', () => {});
    worker.unref();
    return worker;
  } catch {
    return null;
  }
}
