// What survivors of another user hand down to the host that follows theirs: the listening sockets of their app. Nothing of it is taken in here.
import type { RawSocket } from '../balance/node-handles.ts';
import type { LeftSocket } from '../balance/types.ts';
import type { HandDown, SurvivorHello } from '../model/preload-protocol.ts';
import type { HostRecord, ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import type { Handles } from '../platform/handle-door.ts';
import type { LineEvents, LineSocket } from '../platform/line-socket.ts';

/** They look for their host once a second. On a machine that is busy it is later, and who waits in vain can do nothing for them. */
const WAIT_MS: Ms = 10_000;
const LOOK_EVERY_MS: Ms = 50;

/** A living instance that runs as another user, and serves without a host. */
export interface ForeignSurvivor {
  readonly app: string;
  readonly process: ProcessId;
  readonly uid: number;
}

export interface HandedDown {
  /** Somebody has come to the door of that user. */
  accept(uid: number, line: LineSocket, handles: Handles): LineEvents;
  /** Resolves when each of their apps has its sockets, or nobody lives who could bring them, or after 10 s. */
  collect(): Promise<readonly LeftSocket[]>;
  /** The apps have been taken in: from now on survivors are met, those that have come already first. Those of an app whose sockets have not come are sent away. */
  meet(survivor: (hello: SurvivorHello, line: LineSocket) => LineEvents): void;
}

export interface HandedDownOptions {
  readonly survivors: readonly ForeignSurvivor[];
  /** What is here already. */
  readonly brought: readonly LeftSocket[];
  readonly clock: Clock;
  readonly isAlive: (process: ProcessId) => boolean;
  /** Whose process that is. */
  readonly userOf: (pid: number) => number | null;
  /** Whether the socket is what listens under that path. */
  readonly listensAt: (fd: number, path: string) => boolean;
}

/** Those that a dead host has left. What its record says of their sockets is a moment old: the kernel is asked. */
export function foreignSurvivors(
  { apps }: HostRecord,
  {
    isAlive,
    userOf,
    own,
    holdsSocket,
  }: Pick<HandedDownOptions, 'isAlive' | 'userOf'> & { readonly own: number; readonly holdsSocket: (pid: number) => boolean },
): readonly ForeignSurvivor[] {
  return apps.flatMap(({ name, release, releases, instances }) => {
    if (releases.find(({ number }) => number === release)?.spec.mode !== 'cluster') return [];
    return instances.flatMap(({ process }) => {
      if (process === null || !isAlive(process)) return [];
      const uid = userOf(process.pid);
      return uid === null || uid === own || !holdsSocket(process.pid) ? [] : [{ app: name, process, uid }];
    });
  });
}

export function createHandedDown({ survivors, brought: earlier, clock, isAlive, userOf, listensAt }: HandedDownOptions): HandedDown {
  const collected = new Map<string, readonly LeftSocket[]>(earlier.map(({ app }) => [app, []]));
  const early: (() => void)[] = [];
  let greet: Parameters<HandedDown['meet']>[0] | null = null;

  function accept(uid: number, line: LineSocket, handles: Handles): LineEvents {
    let hello: SurvivorHello | null = null;
    let on: LineEvents | null = null;
    let isClosed = false;
    const brought: LeftSocket[] = [];
    const said: unknown[] = [];

    function begin(message: unknown): void {
      // Whoever may come speaks for processes of that user only: what is said of one may end it.
      if (!isHello(message) || userOf(message.pid) !== uid) return line.close();
      hello = message;
      if (expected() === 0) complete();
    }

    function bring(message: unknown): void {
      const from = handles.take();
      if (!isHandDown(message) || from === undefined) return line.close();
      brought.push({ app: hello!.app, request: message.request, from });
      if (brought.length === expected()) complete();
    }

    function complete(): void {
      const { app, pid } = hello!;
      const isKnown = survivors.some((one) => one.app === app && one.process.pid === pid && one.uid === uid);
      const isNews = greet === null && !collected.has(app);
      if (isKnown && isNews && brought.length > 0 && brought.every(isTrue)) collected.set(app, brought);
      else letGo();
      if (greet === null) early.push(enter);
      else enter();
    }

    function enter(): void {
      if (isClosed) return;
      // A host that knows nothing of its app would take it for one too many, and end it.
      if (isLeftAlone(hello!.app)) return line.close();
      on = greet!(hello!, line);
      for (const message of said.splice(0)) on.message(message);
    }

    function letGo(): void {
      for (const { from } of brought) (from as RawSocket).close();
    }

    const expected = (): number => hello?.sockets ?? 0;
    return {
      message(message) {
        if (on !== null) on.message(message);
        else if (hello === null) begin(message);
        else if (brought.length < expected()) bring(message);
        else said.push(message);
      },
      closed() {
        isClosed = true;
        if (brought.length < expected()) letGo();
        on?.closed();
      },
    };
  }

  /** The file under that name is removed when the socket is closed here. */
  function isTrue({ request: { address, addressType }, from }: LeftSocket): boolean {
    const isFile = addressType === -1 && address !== null && !address.startsWith('\0');
    return !isFile || listensAt((from as RawSocket).fd, address);
  }

  const isLeftAlone = (name: string): boolean => !collected.has(name) && survivors.some(({ app }) => app === name);
  const isAwaited = ({ app, process }: ForeignSurvivor): boolean => !collected.has(app) && isAlive(process);

  return {
    accept,
    collect() {
      const untilMs = clock.monotonicMs() + WAIT_MS;
      return new Promise((resolve) => {
        function look(): void {
          if (!survivors.some(isAwaited) || clock.monotonicMs() >= untilMs) return resolve([...collected.values()].flat());
          clock.setTimer(LOOK_EVERY_MS, look);
        }
        look();
      });
    },
    meet(survivor) {
      greet = survivor;
      for (const enter of early.splice(0)) enter();
    },
  };
}

function isHello(message: unknown): message is SurvivorHello {
  const { type, app, pid, sockets = 0 } = (message ?? {}) as Partial<SurvivorHello>;
  return type === 'survivor' && typeof app === 'string' && Number.isInteger(pid) && Number.isInteger(sockets);
}

function isHandDown(message: unknown): message is HandDown {
  const { type, request } = (message ?? {}) as Partial<HandDown>;
  return type === 'hand-down' && typeof request === 'object' && request !== null;
}
