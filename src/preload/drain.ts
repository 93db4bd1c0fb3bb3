// The way out for open connections: requests finish, clients are told to go, idle connections are closed last, what is left after all is cut off.
import type { DrainReport } from '../model/event.ts';
import type { Ms } from '../model/units.ts';
import { announceClose } from './announce-close.ts';
import type { Connections, OpenConnection } from './connections.ts';
import { createDrainTally } from './drain-tally.ts';
import { endEventStream, isEventStream, isForEventSource } from './event-streams.ts';
import type { Connection, Response } from './node-internals.ts';

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

/** However little patience there is with idle connections: a frame of ours must not fall between the pieces of another. */
const QUIET_MS = 200;

/** For the last bytes of what is ended, and not cut off, when the time is over. The supervisor waits for `idleMs` longer than for the drain. */
const LAST_BYTES_MS = 200;

/** Starts at once and returns how to give it up. Without an open connection it is done before it returns. */
export function startDrain({ servers, idleMs, timeoutMs, done }: DrainOptions): () => void {
  const startedAtMs = performance.now();
  const tally = createDrainTally(finishWhenEmpty);
  let isOver = false;
  let stopAnnouncing = (): void => {};
  let timer: NodeJS.Timeout | undefined;

  const openNow = (): OpenConnection[] => servers.flatMap((server) => server.open());

  function look(): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - startedAtMs;
    const all = openNow();
    const isAtWork = all.some(({ activity }) => activity !== 'idle');
    for (const open of all) {
      const quietMs = tally.see(open, nowMs);
      if (open.activity === 'open' && open.webSockets.tell(open.connection, nowMs, Math.max(idleMs, QUIET_MS))) tally.told();
      if (elapsedMs >= timeoutMs + Math.min(idleMs, LAST_BYTES_MS)) tally.cut(open.connection);
      else if (elapsedMs >= timeoutMs) endLate(open);
      else if (elapsedMs >= idleMs) endForComeback(open);
      // Last of all: as long as anything is at work, waiting for a request that is on its way costs no time.
      if (!isAtWork && quietMs >= idleMs) open.connection.destroySoon();
    }
    finishWhenEmpty();
  }

  /** The time is over. What can be ended without passing a part for the whole is ended, the rest is cut off. */
  function endLate({ connection, activity, webSockets }: OpenConnection): void {
    if (tally.isCut(connection)) return;
    if (activity === 'idle') return connection.destroySoon();
    const stream = eventStreamOf(connection);
    const isTold = stream === null && webSockets.tellLast(connection);
    if (isTold) tally.told();
    if (stream === null && !isTold) return tally.cut(connection);
    tally.late(connection);
    if (stream !== null) endEventStream(stream);
  }

  function finishWhenEmpty(): void {
    if (isOver || openNow().length > 0) return;
    stop();
    done({ ...tally.counts(), tookMs: Math.round(performance.now() - startedAtMs) });
  }

  function stop(): void {
    isOver = true;
    clearInterval(timer);
    stopAnnouncing();
  }

  if (servers.some(({ speaksHttp }) => speaksHttp)) stopAnnouncing = announceClose(tally.served);
  for (const { session } of openNow()) session?.goaway(0, HIGHEST_STREAM);
  timer = setInterval(look, LOOK_EVERY_MS);
  look();
  return stop;
}

/** What has to be ended by us, for nothing else will: both ends have somewhere to go on. */
function endForComeback({ connection, session }: OpenConnection): void {
  session?.close();
  const stream = eventStreamOf(connection);
  if (stream !== null && isForEventSource(stream)) endEventStream(stream);
}

function eventStreamOf({ _httpMessage: response }: Connection): Response | null {
  return response && isEventStream(response) ? response : null;
}
