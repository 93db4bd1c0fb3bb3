// The balancer of one app: which member may get traffic, and which socket a message is about.
import type { Balancer, BalancerOptions } from './types.ts';

export type { Balancer, BalancerClock, BalancerEvents, BalancerOptions, BalancerSocket, Member } from './types.ts';

/** Makes a balancer without sockets; the first `listen` of a member binds one. */
export declare function createBalancer(options: BalancerOptions): Balancer;
