// What an app's instances get of its traffic, and what is said about it. The balancer balances; in fork mode there is none.
import type { Balancer, BalancerEvents, LeftSocket, OwnConnection } from '../balance/types.ts';
import type { RawSocket } from '../balance/node-handles.ts';
import type { BalancePolicy } from '../model/app-spec.ts';
import type { EventBody, Rotation } from '../model/event.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload } from '../model/preload-protocol.ts';
import type { Child } from '../platform/child.ts';
import type { Live } from './live.ts';

export interface Traffic {
  /** As `Balancer.use`; nothing in fork mode. */
  use(policy: BalancePolicy): void;
  /** A child with a preload was launched; `isForeign` where it runs as another user. */
  add(live: Live, child: Child, isForeign: boolean): void;
  /** It goes on accepting from its own copies of the sockets. */
  addAlone(live: Live): void;
  /** As `Balancer.inherit`; nothing in fork mode. */
  inherit(sockets: readonly LeftSocket[]): void;
  /** True if the message was about listening or connections. */
  receive(live: Live, message: FromPreload, handle: unknown): boolean;
  /** In rotation, with the clients of that slot. */
  join(live: Live, slot: number): void;
  /** Out of rotation; to be told by `left`. */
  leave(live: Live): void;
  /** Says so, unless nobody was told that it was in, or it is again. */
  left(live: Live): void;
  /** It has said that it exits: what it has not taken goes to another. To be called when it is out of rotation. */
  takeBack(live: Live): void;
  /** Out of rotation, and to be in it in the moment another one is not. */
  standBy(live: Live): void;
  /** The child is gone: what it had not taken goes to another. To be called before anything else is done about its end. */
  remove(live: Live): void;
  /** As `Balancer.connect`; null in fork mode. */
  connect(live: Live, port: number | null, taken: () => void): OwnConnection | 'not-listening' | null;
  /** Null in fork mode. */
  rotation(): Rotation | null;
  /** Null in fork mode. */
  isServing(live: Live): boolean | null;
  /** As `Balancer.pause`; nothing in fork mode. */
  pause(isOn: boolean): void;
  /** As `Balancer.isQuiet`; true in fork mode. */
  isQuiet(): boolean;
  /** Refuse connections from now on. */
  close(): void;
}

/** Where no balancer is: the instances bind their own sockets. */
export const NO_TRAFFIC: Traffic = {
  use: () => {},
  add: () => {},
  addAlone: () => {},
  inherit: () => {},
  receive: () => false,
  join: () => {},
  leave: () => {},
  left: () => {},
  takeBack: () => {},
  standBy: () => {},
  remove: () => {},
  connect: () => null,
  rotation: () => null,
  isServing: () => null,
  pause: () => {},
  isQuiet: () => true,
  close: () => {},
};

export interface TrafficOptions {
  readonly create: (on: BalancerEvents) => Balancer;
  /** How many instances should serve; those that stand by are not counted. */
  readonly wanted: () => number;
  readonly find: (key: number) => Live | undefined;
  readonly say: (live: Live, body: EventBody) => void;
  readonly listened: (live: Live) => void;
  readonly holderOfPort: (port: number) => string | null;
}

export function createTraffic(options: TrafficOptions): Traffic {
  const balancer = options.create({ listening, bindFailed });
  /** Those that no balancer feeds, and whether they are in rotation. */
  const alone = new Map<number, boolean>();

  const isServing = ({ key }: Live): boolean => alone.get(key) ?? balancer.isServing(key);

  function rotation(): Rotation {
    const serving = balancer.serving() + [...alone.values()].filter(Boolean).length;
    return { serving, of: Math.max(serving, options.wanted()) };
  }

  function listening(key: number, address: string): void {
    const live = options.find(key);
    if (!live) return;
    options.listened(live);
    if (live.machine.phase.kind !== 'online' || live.saidServing || !balancer.isServing(key)) return;
    live.saidServing = true;
    options.say(live, { kind: 'listening', address, rotation: rotation() });
  }

  function bindFailed(failure: Parameters<BalancerEvents['bindFailed']>[0]): void {
    const live = options.find(failure.key);
    if (!live || failure.errno !== 'EADDRINUSE') return;
    const holder = failure.port === null ? null : options.holderOfPort(failure.port);
    options.say(live, { kind: 'port-busy', address: failure.address, holder });
  }

  return {
    use: (policy) => balancer.use(policy),
    add: (live, child, isForeign) =>
      balancer.add({ key: live.key, isForeign, send: (message, handle) => child.sendInternal(message, handle) }),
    addAlone: (live) => void alone.set(live.key, false),
    inherit(sockets) {
      for (const socket of sockets) balancer.inherit(socket);
    },
    receive: (live, message, handle) => balancer.receive(live.key, message, handle as RawSocket | undefined),
    join(live, slot) {
      if (alone.has(live.key)) alone.set(live.key, true);
      else balancer.join(live.key, slot);
      live.saidServing = isServing(live);
    },
    leave(live) {
      // It stops accepting when it is told to drain.
      if (alone.has(live.key)) alone.set(live.key, false);
      else balancer.leave(live.key);
    },
    left(live) {
      if (isServing(live)) return;
      if (live.saidServing) options.say(live, { kind: 'out-of-rotation', rotation: rotation() });
      live.saidServing = false;
    },
    takeBack: (live) => balancer.takeBack(live.key),
    standBy: (live) => void live.run?.child?.sendInternal({ cmd: CMD, act: 'warm-up' }),
    remove(live) {
      alone.delete(live.key);
      balancer.remove(live.key);
    },
    connect: (live, port, taken) => balancer.connect(live.key, port, taken),
    rotation,
    isServing,
    pause: (isOn) => balancer.pause(isOn),
    isQuiet: () => balancer.isQuiet(),
    close: () => balancer.close(),
  };
}
