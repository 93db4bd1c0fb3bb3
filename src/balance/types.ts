// What a balancer is to its supervisor: the interfaces, without any code.
import type { Socket } from 'node:net';
import type { BalancePolicy } from '../model/app-spec.ts';
import type { FromPreload, ListenRequest, ToPreload } from '../model/preload-protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Neighbours } from './neighbours.ts';
import type { RawSocket } from './node-handles.ts';

/** The clock a balancer needs; `platform/clock.ts` fits. */
export interface BalancerClock {
  monotonicMs(): Ms;
  /** Calls `fire` once after `delayMs`, unless cancelled by the returned function. */
  setTimer(delayMs: Ms, fire: () => void): () => void;
}

/** A child with a cluster preload. `key` is unique in the life of the balancer. */
export interface Member {
  readonly key: number;
  /** It runs as another user: the sockets of other apps are not for it. */
  readonly isForeign?: boolean;
  /** Sends an internal message, perhaps with a handle. False when the child cannot be reached any more. */
  send(message: ToPreload, handle?: unknown): boolean;
}

/** A listening socket that an earlier host has left to an app: as an open descriptor, or as a handle where it has come over a connection. */
export interface LeftSocket {
  readonly app: string;
  readonly request: ListenRequest;
  readonly from: number | RawSocket;
}

/** What the balancer tells its supervisor. Called synchronously from `receive`. */
export interface BalancerEvents {
  /** A server of this member listens: from now on it may get traffic. `address` is `host:port`, `[host]:port` or a path. Called for every such server. */
  listening(key: number, address: string): void;
  /** The socket could not be bound; the app gets the same error. `errno` is libuv's name, EADDRINUSE for example. */
  bindFailed(failure: { readonly key: number; readonly address: string; readonly port: number | null; readonly errno: string }): void;
}

export interface BalancerOptions {
  readonly clock: BalancerClock;
  /** Connections that may wait at a socket while no instance serves it; more are reset. Behind instances that are merely busy any number waits. */
  readonly queueLimit: number;
  /** How long such a connection waits before it is reset, and how long a socket stays open that none of the instances in rotation asks for. */
  readonly queueTimeoutMs: Ms;
  /** Which member gets a connection, until `use` says otherwise. */
  readonly policy: BalancePolicy;
  /** This app's part of what the apps of a host do for each other. */
  readonly neighbours: Neighbours;
  readonly on: BalancerEvents;
}

/** A listening socket, for the takeover by another host. */
export interface BalancerSocket {
  /** As in `BalancerEvents.listening`. */
  readonly address: string;
  readonly fd: number;
}

/** A connection of the host's own to one member. */
export interface OwnConnection {
  /** The host's end. Whoever asked for it destroys it. */
  readonly socket: Socket;
  /** The port at which the member's server listens; null for a Unix path. */
  readonly port: number | null;
}

/** Spreads the connections of one app's sockets over its instances. */
export interface Balancer {
  /** From now on connections go by this policy. */
  use(policy: BalancePolicy): void;
  /** It is accepted from as soon as a member is in rotation. */
  inherit(left: LeftSocket): void;
  /** A child with a preload exists. It gets no traffic before `join`. */
  add(member: Member): void;
  /** True if the message, with the handle that came along, was the balancer's business (listening and connections). */
  receive(key: number, message: FromPreload, handle?: RawSocket): boolean;
  /** In rotation: gets traffic as soon as it also listens. Where a client belongs to a slot it gets those of this one. */
  join(key: number, slot: number): void;
  /** Out of rotation: no new connection; what it was given stays with it. */
  leave(key: number): void;
  /** It exits: connections it did not acknowledge go to another at once. Where it does not exit after all, it may `join` again. */
  takeBack(key: number): void;
  /** The child is gone: connections it did not acknowledge go to another at once. */
  remove(key: number): void;
  /** Members that are joined and listening. */
  serving(): number;
  isServing(key: number): boolean;
  /**
   * Opens a connection to this very member, in rotation or not: to its server at `port`, or to its first where that is null. Nobody's turn is taken.
   * `taken` is called when its server has it. `not-listening`: only others listen there. Null: nobody does through this balancer.
   */
  connect(key: number, port: number | null, taken: () => void): OwnConnection | 'not-listening' | null;
  /** While this is on nothing is accepted: what comes waits in the kernel, and what had come before goes to its member. */
  pause(isOn: boolean): void;
  /** Whether it holds no connection that a member has not taken. */
  isQuiet(): boolean;
  /** The listening sockets that are open now. */
  sockets(): readonly BalancerSocket[];
  /** Goal down or all errored: sockets are closed, waiting connections reset. The next `listen` of a member binds again. */
  close(): void;
}
