// What a host does with an instance that its dead predecessor has left: (what was known of it, whether it lives) => what becomes of it. Pure.
import type { Phase } from '../model/instance.ts';
import type { InstanceRole, RecordedInstance } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import { hasChild } from './lifecycle.ts';

/** What becomes of one instance. */
export type Inheritance =
  /** It lives and goes on. */
  | { readonly kind: 'keep' }
  /** It lives and has to go, as after a stop; `again`: and is launched again. */
  | { readonly kind: 'end'; readonly again: boolean }
  /** It ended while nobody looked: what follows is the restart policy's. */
  | { readonly kind: 'ended' }
  /** Its launch waits for a moment of the monotonic clock. */
  | { readonly kind: 'wait'; readonly timer: 'restart' | 'retry'; readonly untilMs: Ms }
  /** Nothing runs, and nothing is to. */
  | { readonly kind: 'rest' }
  /** Nothing is left of it, and its place is held by another or given up. */
  | { readonly kind: 'forget' };

export interface Left extends Pick<RecordedInstance, 'role' | 'forget'> {
  readonly phase: Phase;
  readonly goal: 'up' | 'down';
  readonly lives: boolean;
  /** Whether another may be launched beside it: not where it holds a socket that this host has not got. */
  readonly mayOverlap: boolean;
  readonly erroredRetryMs: Ms;
  readonly nowMs: Ms;
}

/** Decides for one instance. */
export function decideInheritance(left: Left): Inheritance {
  const isMeant = isHolder(left.role) && !left.forget;
  if (left.lives) return isMeant ? decideLiving(left) : { kind: 'end', again: false };
  if (!isMeant) return { kind: 'forget' };
  const { phase, nowMs, erroredRetryMs } = left;
  if (hasChild(phase)) return { kind: 'ended' };
  if (phase.kind === 'backoff') return { kind: 'wait', timer: 'restart', untilMs: phase.untilMs };
  // When it was given up is not known any more: it gets the whole time once more.
  if (phase.kind === 'errored' && erroredRetryMs > 0) return { kind: 'wait', timer: 'retry', untilMs: nowMs + erroredRetryMs };
  return { kind: 'rest' };
}

function decideLiving({ phase, goal, mayOverlap }: Left): Inheritance {
  if (goal === 'down') return { kind: 'end', again: false };
  const isLeaving = phase.kind === 'draining' || phase.kind === 'stopping';
  return isLeaving || !mayOverlap ? { kind: 'end', again: true } : { kind: 'keep' };
}

/** A successor that had not taken its place yet is not proven, and one that was replaced has done its work. */
function isHolder(role: InstanceRole): boolean {
  return role === 'current';
}
