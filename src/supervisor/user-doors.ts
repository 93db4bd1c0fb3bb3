// The doors of a host that follows a dead one, for survivors of other users: open until none of those lives. What is said there is handed-down.ts's business.
import type { LeftSocket } from '../balance/types.ts';
import type { HostRecord } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { openHandleDoor } from '../platform/handle-door.ts';
import { holdsListeningSocket, listensAt } from '../platform/listening-sockets.ts';
import { isSameProcess, userOf } from '../platform/proc-stat.ts';
import type { SocketDoor } from '../platform/socket-door.ts';
import { createHandedDown, foreignSurvivors } from './handed-down.ts';
import type { ForeignSurvivor, HandedDown } from './handed-down.ts';

const LOOK_EVERY_MS: Ms = 1000;

/** What other users' survivors have brought. */
export interface Received {
  readonly sockets: readonly LeftSocket[];
  /** The record without the apps that have brought nothing although they serve: without their sockets they could only be ended, so they go on alone. */
  readonly record: HostRecord;
  /** As `HandedDown.meet`. */
  readonly meet: HandedDown['meet'];
  /** Takes the doors away; who has come goes on. */
  readonly close: () => void;
}

export interface UserDoorsOptions {
  /** The sockets that are here already. */
  readonly brought: readonly LeftSocket[];
  readonly clock: Clock;
  /** Where survivors of that user look for this host. */
  readonly doorOf: (uid: number) => string;
  readonly failed: (error: unknown) => void;
}

/** Opens the doors and waits for what is brought; at once where no other user's survivors are expected. */
export async function receiveFromUsers(record: HostRecord, { brought, clock, doorOf, failed }: UserDoorsOptions): Promise<Received> {
  const survivors = foreignSurvivors(record, {
    isAlive: isSameProcess,
    userOf,
    own: process.getuid!(),
    holdsSocket: holdsListeningSocket,
  });
  const handedDown = createHandedDown({ survivors, brought, clock, isAlive: isSameProcess, userOf, listensAt });
  const doors: SocketDoor[] = [];
  for (const uid of new Set(survivors.map((survivor) => survivor.uid))) {
    const accept: Parameters<typeof openHandleDoor>[0]['accept'] = (line, handles) => handedDown.accept(uid, line, handles);
    await openHandleDoor({ path: doorOf(uid), uid, accept }).then((door) => doors.push(door), failed);
  }
  const sockets = doors.length === 0 ? [] : await handedDown.collect();
  closeAfter(survivors, doors, clock);
  const isAlone = (name: string): boolean =>
    survivors.some((one) => one.app === name && isSameProcess(one.process)) && ![...brought, ...sockets].some(({ app }) => app === name);
  return {
    sockets,
    record: { ...record, apps: record.apps.filter(({ name }) => !isAlone(name)) },
    meet: handedDown.meet,
    close() {
      for (const door of doors) door.close();
    },
  };
}

function closeAfter(survivors: readonly ForeignSurvivor[], doors: readonly SocketDoor[], clock: Clock): void {
  if (survivors.some(({ process }) => isSameProcess(process))) clock.setTimer(LOOK_EVERY_MS, () => closeAfter(survivors, doors, clock));
  else for (const door of doors) door.close();
}
