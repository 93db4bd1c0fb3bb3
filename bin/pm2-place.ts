// In PM2's home the daemon stands where programs look for PM2's: the file with its process id, and the sockets on which it answers and tells what happens.
import type { Socket } from 'node:net';
import type { Pm2Files } from '../src/compat/pm2-name.ts';
import type { SocketOwner } from '../src/compat/socket-owner.ts';
import { removePidFile, writePidFile } from '../src/platform/pid-file.ts';
import { openSocketDoor } from '../src/platform/socket-door.ts';
import type { SocketDoor } from '../src/platform/socket-door.ts';
import type { Wire, WireOptions } from './pm2-wire.ts';

/** `trouble` hears of each part that cannot be had; the daemon does without. */
export interface PlaceOptions extends WireOptions {
  readonly files: Pm2Files;
  /** Who else may use the sockets. */
  readonly owner: SocketOwner | null;
  readonly pid: number;
  readonly trouble: (text: string) => void;
}

/** What was taken. */
export interface Pm2Place {
  /** Gives it back; nobody is waited for. */
  leave(how: 'killed' | 'leaving'): void;
}

/** Takes the place, in which no PM2 lives. */
export async function takePm2Place(options: PlaceOptions): Promise<Pm2Place> {
  const { files, owner, pid, trouble } = options;
  const written = writePidFile(files.pid, pid);
  if (written !== null) trouble(written);
  let wire: Wire | null = null;
  const withWire = (use: (wire: Wire) => void): void =>
    void import('./pm2-wire.ts').then(({ createWire }) => use((wire ??= createWire(options))));
  const open = (path: string, accept: (wire: Wire, socket: Socket) => void): Promise<SocketDoor | null> =>
    openSocketDoor({ path, owner, accept: (socket) => withWire((made) => accept(made, socket)) }).catch((error: unknown) => {
      trouble((error as Error).message);
      return null;
    });
  const doors = [
    await open(files.rpc, ({ answer }, socket) => answer(socket)),
    await open(files.pub, ({ subscribe }, socket) => subscribe(socket)),
  ];
  return {
    leave(how) {
      if (how === 'killed') wire?.tellEnd();
      for (const door of doors) door?.close();
      removePidFile(files.pid, pid);
    },
  };
}
