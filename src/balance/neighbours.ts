// The listening sockets of the other apps on a host: each instance keeps silent copies of them, so that whoever brings the next host up brings it up for all.
import type { InheritedSocket } from '../model/preload-protocol.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { RawSocket } from './node-handles.ts';
import type { Member } from './types.ts';

/** What one app's balancer tells of its sockets and members. */
export interface Neighbours {
  opened(socket: RawSocket, request: InheritedSocket['request']): void;
  /** To be called when it is closed here: with the copies the port would stay open. */
  closed(socket: RawSocket): void;
  /** It serves, or could. More than once is once. */
  came(member: Member): void;
  gone(member: Member): void;
}

/** Where no host follows, or none that could be told of. */
export const NO_NEIGHBOURS: Neighbours = { opened: () => {}, closed: () => {}, came: () => {}, gone: () => {} };

interface Shown extends Omit<InheritedSocket, 'fd'> {
  readonly key: number;
}

/** For one host. Gives an app its part. */
export function createNeighbourhood(): (app: string) => Neighbours {
  const sockets = new Map<RawSocket, Shown>();
  const keepers = new Map<Member, string>();
  let lastKey = 0;

  function keep(member: Member, socket: RawSocket, shown: Shown): void {
    member.send({ cmd: CMD, act: 'keep', ...shown }, socket);
  }

  return (app) => ({
    opened(socket, request) {
      const shown = { app, request, key: ++lastKey };
      sockets.set(socket, shown);
      for (const [member, own] of keepers) if (own !== app) keep(member, socket, shown);
    },
    closed(socket) {
      const shown = sockets.get(socket);
      sockets.delete(socket);
      if (shown === undefined) return;
      for (const [member, own] of keepers) if (own !== app) member.send({ cmd: CMD, act: 'let-go', key: shown.key });
    },
    came(member) {
      if (member.isForeign === true || keepers.has(member)) return;
      keepers.set(member, app);
      for (const [socket, shown] of sockets) if (shown.app !== app) keep(member, socket, shown);
    },
    gone: (member) => void keepers.delete(member),
  });
}
