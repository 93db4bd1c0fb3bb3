// Tells a disconnect that the app asked for from the death of the host, which the app must not notice: Node would end the process.
import cluster from 'node:cluster';
import type { ClusterServer } from './node-internals.ts';

type Listener = (...values: unknown[]) => void;

export interface Disconnect {
  /** The app has asked for it: not the host's death, whatever ends next. */
  wasAsked(): boolean;
  /** The other end is gone, which the app does not know: for it `process.connected` stays true, since libraries end a process where it is not. */
  isHidden(): boolean;
  /** To be called when the other end is gone and before Node acts on it: nobody will hear of it. */
  goUnnoticed(proceed: () => void): void;
}

/** Must run before the app: takes out the listener that Node gives a cluster worker, which also kept the process alive. `servers` are those that the app's own disconnect closes. */
export function watchDisconnect(servers: () => readonly ClusterServer[]): Disconnect {
  const exitOfNode = cluster.isWorker ? takeNodesListener() : null;
  const disconnect = process.disconnect.bind(process);
  let isAsked = false;
  let isGone = false;
  let apps: readonly Listener[] = [];

  function ask(): void {
    isAsked = true;
    if (exitOfNode !== null) process.prependOnceListener('disconnect', exitOfNode);
    if (!isGone) return disconnect();
    // It is long disconnected: all that is left to do is what the app waits for.
    process.connected = false;
    for (const listener of apps) process.on('disconnect', listener);
    process.nextTick(() => process.emit('disconnect'));
  }

  process.disconnect = () => {
    if (!isAsked) ask();
    else disconnect();
  };
  if (cluster.worker) closeServersFirst(cluster.worker, servers);

  return {
    wasAsked: () => isAsked,
    isHidden: () => isGone && !isAsked,
    goUnnoticed(proceed) {
      if (!isAsked) {
        isGone = true;
        // Emitting copies the list, so the listeners must be gone before Node emits.
        apps = process.rawListeners('disconnect') as Listener[];
        process.removeAllListeners('disconnect');
      }
      const mine = process.disconnect;
      // Node calls it on the process itself when the channel ends, and complains where the app was quicker.
      process.disconnect = () => {
        if (process.connected) disconnect();
      };
      proceed();
      process.disconnect = mine;
      if (isGone) process.connected = true;
    },
  };
}

/** The first of all listeners: Node registers it before it loads any preload (lib/internal/cluster/child.js, _setupWorker). */
function takeNodesListener(): Listener | null {
  const wrapper = process.rawListeners('disconnect')[0] as (Listener & { readonly listener?: Listener }) | undefined;
  if (wrapper === undefined) return null;
  process.removeListener('disconnect', wrapper);
  return wrapper.listener ?? wrapper;
}

/** `cluster.worker.disconnect()`: servers close, their connections end, then the channel is closed. Node's own knows only servers that its primary feeds. */
function closeServersFirst(worker: NonNullable<typeof cluster.worker>, servers: () => readonly ClusterServer[]): void {
  let isUnderWay = false;
  worker.disconnect = () => {
    if (isUnderWay) return worker;
    isUnderWay = true;
    worker.exitedAfterDisconnect = true;
    let left = 1;
    const done = (): void => {
      left -= 1;
      if (left === 0) process.disconnect();
    };
    for (const server of servers()) {
      left += 1;
      server.close(done);
    }
    done();
    return worker;
  };
}
