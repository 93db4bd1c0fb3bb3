// What a supervisor and the preload inside an instance say to each other over Node's IPC channel.
// `cmd` begins with NODE_, which Node delivers as 'internalMessage': the app never sees these (Node: lib/internal/child_process.js, documented in child_process "Sending messages beginning with NODE_").
import type { DrainReport } from './event.ts';
import type { Bytes, Ms } from './units.ts';

export const CMD = 'NODE_HOLDFAST';

/**
 * How many connections the kernel keeps for us where the app does not say: as many as it lets us (net.core.somaxconn, 4096 since Linux 5.4). Node asks for 511. But a
 * queue that is full drops attempts, which clients make again a second later, and what waits there outlives every process of ours.
 */
export const DEFAULT_BACKLOG = 4096;

/** What the app asked `listen` for, as Node's cluster module would ask its primary. */
export interface ListenRequest {
  readonly id: number;
  readonly address: string | null;
  readonly port: number | null;
  /** 4, 6, -1 for a pipe path, or 'udp4'/'udp6'. */
  readonly addressType: number | string;
  readonly fd: number | null;
  readonly index: number;
  readonly flags: number;
  /** Null: `DEFAULT_BACKLOG`. */
  readonly backlog: number | null;
  /** Unix paths: let others than the owner connect (Node: net, `readableAll` and `writableAll`). */
  readonly readableAll?: boolean;
  readonly writableAll?: boolean;
  /** What the servers of all instances should share: the TLS ticket keys. The first one's is given to all. */
  readonly shared?: unknown;
}

/** Preload to supervisor. */
export type FromPreload = { readonly cmd: typeof CMD } & (
  | ({ readonly act: 'listen' } & ListenRequest)
  | { readonly act: 'close'; readonly id: number }
  /** A copy of the listening handle travels along, by which the supervisor sees that somebody waits. */
  | { readonly act: 'copy'; readonly id: number }
  /** It has accepted a connection with a baton. */
  | { readonly act: 'took'; readonly id: number }
  /** The app takes no connection now (maxConnections), or the process has no descriptor left for one: one turn is void. */
  | { readonly act: 'declined'; readonly id: number }
  /** It has let go of the batons that are void. Whatever it takes from now on it takes with new ones. */
  | { readonly act: 'withdrawn'; readonly id: number }
  /** The app's server has taken these connections: the supervisor may let go of its copies. */
  | { readonly act: 'accepted'; readonly seqs: readonly number[] }
  /** The app refused them (maxConnections): try another instance. */
  | { readonly act: 'refused'; readonly seqs: readonly number[] }
  /** So many connections of the app's servers are open. */
  | { readonly act: 'open'; readonly count: number }
  | { readonly act: 'drained'; readonly report: DrainReport }
  /** An uncaught error is about to end the process. */
  | {
      readonly act: 'uncaught';
      readonly name: string;
      readonly message: string;
      readonly code: string | null;
      readonly port: number | null;
    }
  /** Cluster mode: it has begun to exit and turns its event loop no more, long before the kernel is done with it; or it goes on after all. */
  | { readonly act: 'exiting'; readonly on: boolean }
  | { readonly act: 'hello'; readonly nodeVersion: string }
  | { readonly act: 'unsupported'; readonly what: string }
  /** So much of its output was thrown away while it had no host. */
  | { readonly act: 'dropped'; readonly bytes: Bytes }
  /** Its event loop turns. */
  | { readonly act: 'beat' }
  /** So many messages of the app were not sent although somebody hears them: there were too many, or they were too long. */
  | { readonly act: 'unsent'; readonly count: number }
  /** Fork mode: a server of the app listens. */
  | { readonly act: 'listens'; readonly port: number | null; readonly reusesPort: boolean }
);

/** Supervisor to preload. */
export type ToPreload = { readonly cmd: typeof CMD } &
  /** The answer to `listen`: a libuv error name (EADDRINUSE), or what getsockname says; a copy of the listening handle travels along. */
  (
    | {
        readonly act: 'listening';
        readonly id: number;
        readonly errno: number;
        readonly sockname: { readonly address?: string; readonly port?: number; readonly family?: string };
        readonly shared?: unknown;
        /** Send a copy of it back. */
        readonly wantsCopy?: true;
      }
    /** Accept one connection yourself, or so many: a copy of the listening handle travels along, to be closed when they have come. They are yours before anybody else has them. */
    | { readonly act: 'baton'; readonly id: number; readonly turns?: number }
    /** The batons of this socket are void. To be answered by `withdrawn`. */
    | { readonly act: 'withdraw'; readonly id: number }
    /** A raw connection handle travels along. `exits`: how often it had said that it exits. What was on its way to it at such a moment others have got. */
    | { readonly act: 'connection'; readonly id: number; readonly seq: number; readonly exits?: number }
    /** The app's sockets are closed: let go of the copies, or the kernel would go on accepting for them. */
    | { readonly act: 'release' }
    /** Of another app on this host, for the next one: a copy of the listening handle travels along. */
    | ({ readonly act: 'keep'; readonly key: number } & Omit<InheritedSocket, 'fd'>)
    /** That app listens there no more. */
    | { readonly act: 'let-go'; readonly key: number }
    /** Take connections from the copies, of sockets that come later too, or leave that to the supervisor again. */
    | { readonly act: 'accept'; readonly on: boolean }
    /** Say `open` now, and from now on whenever connections have ended. */
    | { readonly act: 'count-open' }
    | { readonly act: 'drain'; readonly idleMs: Ms; readonly timeoutMs: Ms }
    /** It gets no traffic now, and all of another one's in the moment that has died: let the first answer take no longer than the others. */
    | { readonly act: 'warm-up' }
    /** Whether anybody hears what the app says: as long as nobody does, it is not sent. Until told, it is. */
    | { readonly act: 'hear'; readonly on: boolean }
    | ({ readonly act: 'succession' } & Succession)
    /** Say `beat` every `everyMs` from now on; a block of `limitMs` will end the process, so say where it is before. */
    | { readonly act: 'watch-loop'; readonly everyMs: Ms; readonly limitMs: Ms }
  );

/** Where an instance finds what it needs when its host has died: paths, and the name of its app. Told once, at the launch. */
export interface Succession {
  readonly app: string;
  /** Where the next host listens. */
  readonly socket: string;
  /** What the dead host has kept of itself (`HostRecord`): among other things how one is started. */
  readonly record: string;
  /** Whoever makes this file starts the next host. */
  readonly election: string;
  /** Where a host's own output goes. */
  readonly log: string;
  /** The user of the host: nobody else may start the next one. It is started then, and gets the listening sockets from the instances. */
  readonly uid: number;
  /** Where it listens for instances of other users: `doorFor`. */
  readonly doors: string;
}

/** The socket of the next host for instances of that user. */
export function doorFor(doors: string, uid: number): string {
  return `${doors}.${uid}.sock`;
}

/** The first line that an instance writes to the next host, over its socket. Messages of both protocols follow, one a line, without handles. */
export interface SurvivorHello {
  readonly type: 'survivor';
  readonly app: string;
  readonly pid: number;
  /** So many `HandDown`s come first. */
  readonly sockets?: number;
}

/** By an instance of another user than the host's: a copy of a listening socket of its app travels along. */
export interface HandDown {
  readonly type: 'hand-down';
  readonly request: ListenRequest;
}

/** A listening socket that a host gets from the instance which starts it, as an open descriptor. */
export interface InheritedSocket {
  readonly app: string;
  readonly request: ListenRequest;
  readonly fd: number;
}

/** The variable by which a host learns of its `InheritedSocket`s: not an argument, for it holds secrets of TLS. */
export const SOCKETS_VARIABLE = 'HOLDFAST_SOCKETS';
