// Connects to the daemon with node:net.
import net from 'node:net';
import type { Dialled, Wire } from './wire.ts';

/** No socket file; one that no process listens on; one whose listener is closing just now. */
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET'];

/** As `Dial`. */
export function dialByNet(path: string): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    const onError = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      resolve({ kind: NOBODY.includes(error.code ?? '') ? 'nobody' : 'failed', error });
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve({ kind: 'connected', wire: wireOver(socket) });
    });
  });
}

function wireOver(socket: net.Socket): Wire {
  let failure: Error | null = null;
  let wake = (): void => {};
  socket.once('error', (error) => (failure = error));
  for (const event of ['readable', 'end', 'close']) socket.on(event, () => wake());
  return {
    write: (text) => void socket.write(text),
    async read() {
      for (;;) {
        const piece = socket.read() as Buffer | null;
        if (piece !== null) return piece;
        if (failure !== null) throw failure;
        if (socket.readableEnded || socket.closed) return null;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    limitSilence: (silenceMs, reason) => void socket.setTimeout(silenceMs, () => socket.destroy(reason)),
    close: (reason) => void socket.destroy(reason),
  };
}
