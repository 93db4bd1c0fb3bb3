// Who has dialled in: a daemon, or an instance that looks for its next host. The first message tells; what follows goes to whoever is meant.
import type { SurvivorHello } from '../model/preload-protocol.ts';
import type { LineEvents, LineSocket } from '../platform/line-socket.ts';

export interface DoorOptions {
  readonly daemon: (socket: LineSocket) => LineEvents;
  readonly survivor: (hello: SurvivorHello, socket: LineSocket) => LineEvents;
}

export function openDoor({ daemon, survivor }: DoorOptions): (socket: LineSocket) => LineEvents {
  return (socket) => {
    let on: LineEvents | null = null;
    return {
      message(message) {
        if (on !== null) return on.message(message);
        if (isSurvivor(message)) {
          on = survivor(message, socket);
          return;
        }
        on = daemon(socket);
        on.message(message);
      },
      closed: () => on?.closed(),
    };
  };
}

function isSurvivor(message: unknown): message is SurvivorHello {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'survivor';
}
