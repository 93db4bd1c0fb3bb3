// What an app's instances get of its traffic, and what is said about it. The balancer balances; in fork mode there is none.
import type { Balancer, BalancerEvents, OwnConnection } from '../balance/types.ts';
import type { BalancePolicy } from '../model/app-spec.ts';
import type { EventBody, Rotation } from '../model/event.ts';
import type { FromPreload } from '../model/preload-protocol.ts';
import type { Child } from '../platform/child.ts';
import type { Live } from './live.ts';

export interface Traffic {
  /** As `Balancer.use`; nothing in fork mode. */
  use(policy: BalancePolicy): void;
  /** A child with a preload was launched. */
  add(live: Live, child: Child): void;
  /** True if the message was about listening or connections. */
  receive(live: Live, message: FromPreload): boolean;
  /** In rotation, with the clients of that slot. */
  join(live: Live, slot: number): void;
  /** Out of rotation, and said so where it was in. */
  leave(live: Live): void;
  /** The child is gone: what it had not taken goes to another. To be called before anything else is done about its end. */
  remove(live: Live): void;
  /** As `Balancer.connect`; null in fork mode. */
  connect(live: Live, port: number | null, taken: () => void): OwnConnection | 'not-listening' | null;
  /** Null in fork mode. */
  rotation(): Rotation | null;
  /** Null in fork mode. */
  isServing(live: Live): boolean | null;
  /** Refuse connections from now on. */
  close(): void;
}

/** Where no balancer is: the instances bind their own sockets. */
export const NO_TRAFFIC: Traffic = {
  use: () => {},
  add: () => {},
  receive: () => false,
  join: () => {},
  leave: () => {},
  remove: () => {},
  connect: () => null,
  rotation: () => null,
  isServing: () => null,
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

  function rotation(): Rotation {
    const serving = balancer.serving();
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
    add: (live, child) => balancer.add({ key: live.key, send: (message, handle) => child.sendInternal(message, handle) }),
    receive: (live, message) => balancer.receive(live.key, message),
    join(live, slot) {
      balancer.join(live.key, slot);
      live.saidServing = balancer.isServing(live.key);
    },
    leave(live) {
      balancer.leave(live.key);
      if (live.saidServing) options.say(live, { kind: 'out-of-rotation', rotation: rotation() });
      live.saidServing = false;
    },
    remove: (live) => balancer.remove(live.key),
    connect: (live, port, taken) => balancer.connect(live.key, port, taken),
    rotation,
    isServing: (live) => balancer.isServing(live.key),
    close: () => balancer.close(),
  };
}
