// The way out for open connections: requests finish, clients are told to go, idle connections are closed last, what is left after all is cut off.
import type { DrainReport } from '../model/event.ts';
import type { Ms } from '../model/units.ts';
import { announceClose } from './announce-close.ts';
import type { Connection, Connections, OpenConnection, Session } from './connections.ts';

export interface DrainOptions {
  /** Of every server that gets connections from the supervisor. */
  readonly servers: readonly Connections[];
  /** How long an idle connection is kept: a request may be on its way. */
  readonly idleMs: Ms;
  readonly timeoutMs: Ms;
  /** Called once, unless the drain is given up. */
  readonly done: (report: DrainReport) => void;
}

/** Nothing tells when an HTTP/1 connection becomes idle, so it is looked at. */
const LOOK_EVERY_MS = 20;

/** RFC 9113, 6.8: a server announces its shutdown with the highest stream number, and takes what is on its way. */
const HIGHEST_STREAM = 2 ** 31 - 1;

interface Seen {
  bytesRead: number;
  /** Since when nothing has come. */
  quietSinceMs: Ms;
  /** A response was under way, or began, while draining. */
  hasServed: boolean;
  end: 'idle' | 'cut' | null;
}

/** Starts at once and returns how to give it up. Without an open connection it is done before it returns. */
export function startDrain({ servers, idleMs, timeoutMs, done }: DrainOptions): () => void {
  const startedAtMs = performance.now();
  const seen = new Map<Connection, Seen>();
  const count = { finished: 0, idleClosed: 0, cut: 0, toldToGo: 0 };
  const closing = new Set<Session>();
  let isOver = false;
  let stopAnnouncing = (): void => {};
  let timer: NodeJS.Timeout | undefined;

  const openNow = (): OpenConnection[] => servers.flatMap((server) => server.open());
  const sessions = (): Session[] => servers.flatMap((server) => server.sessions());

  function watch(connection: Connection): Seen {
    const known = seen.get(connection);
    if (known !== undefined) return known;
    const fresh: Seen = { bytesRead: connection.bytesRead, quietSinceMs: performance.now(), hasServed: false, end: null };
    seen.set(connection, fresh);
    connection.once('close', () => {
      if (fresh.end === 'idle') count.idleClosed += 1;
      else if (fresh.end === 'cut') count.cut += 1;
      else if (fresh.hasServed) count.finished += 1;
      // The others' 'close' listeners have to run first.
      setImmediate(finishWhenEmpty);
    });
    return fresh;
  }

  function look(): void {
    const nowMs = performance.now();
    const isLate = nowMs - startedAtMs >= timeoutMs;
    for (const { connection, activity } of openNow()) {
      const state = watch(connection);
      if (activity === 'busy') state.hasServed = true;
      if (activity !== 'idle' || connection.bytesRead !== state.bytesRead) state.quietSinceMs = nowMs;
      state.bytesRead = connection.bytesRead;
      if (isLate) cut(connection, state);
      else if (activity === 'idle' && nowMs - state.quietSinceMs >= idleMs) closeIdle(connection, state);
    }
    if (nowMs - startedAtMs >= idleMs) for (const session of sessions()) closeSession(session);
    // What is cut off is counted by its connection.
    if (isLate) closing.clear();
    finishWhenEmpty();
  }

  /** Its streams go on to their end; without any it is gone at once. */
  function closeSession(session: Session): void {
    if (session.destroyed || closing.has(session)) return;
    closing.add(session);
    session.close();
    if (session.destroyed) count.idleClosed += 1;
    else
      session.once('close', () => {
        if (closing.has(session)) count.finished += 1;
      });
  }

  function finishWhenEmpty(): void {
    if (isOver || openNow().length > 0) return;
    stop();
    done({ ...count, tookMs: Math.round(performance.now() - startedAtMs) });
  }

  function stop(): void {
    isOver = true;
    clearInterval(timer);
    stopAnnouncing();
  }

  if (servers.some(({ speaksHttp }) => speaksHttp)) {
    stopAnnouncing = announceClose(({ socket }) => {
      if (socket !== null) watch(socket as Connection).hasServed = true;
    });
  }
  for (const session of sessions()) session.goaway(0, HIGHEST_STREAM);
  timer = setInterval(look, LOOK_EVERY_MS);
  look();
  return stop;
}

function closeIdle(connection: Connection, state: Seen): void {
  if (state.end === null) connection.destroySoon();
  state.end ??= 'idle';
}

function cut(connection: Connection, state: Seen): void {
  state.end ??= 'cut';
  connection.destroy();
}
