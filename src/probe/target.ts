// What a look needs of the instance it is about: the smallest of interfaces. Its supervisor fills them in.
import type { Socket } from 'node:net';
import type { Cancel } from '../platform/clock.ts';

/** Where a server listens that no balancer stands before. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** A connection to the instance. */
export interface Reached {
  readonly socket: Socket;
  /** Null for a Unix path. */
  readonly port: number | null;
}

export interface LookTarget {
  /** Null before its child was launched. */
  readonly pid: number | null;
  /** The port on which it says that it listens; null where that is not known. */
  readonly port: number | null;
  /**
   * Reaches this very instance through the balancer; `taken` is called when its server has the connection.
   * `not-listening`: only others listen there. Null: no balancer stands before that port.
   */
  connect(port: number | null, taken: () => void): Reached | 'not-listening' | null;
  /** Fork mode: others may listen on its port beside it. */
  readonly sharesPort: boolean;
  /** Kept between the looks at one child: finding it costs more than looking. Null until found, and again when nobody was there. */
  readonly found: { place: Place | null };
  /** Folder, environment and user of a command. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whose rights it has; null: those of the manager. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** Messages from and to the app; null where nobody in it could answer. */
  readonly messages: { send(message: unknown): boolean; hear(listener: (message: unknown) => void): Cancel } | null;
}
