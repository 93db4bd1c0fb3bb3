// The instances of one app: created, found, forgotten. Several may share a slot while one of them replaces another.
import type { InstanceRole, SlotId } from '../model/protocol.ts';
import { createInstance } from '../policy/lifecycle.ts';
import { NO_SIGNS } from '../policy/readiness.ts';
import type { Live } from './live.ts';

export interface Instances {
  create(slot: SlotId, role: InstanceRole): Live;
  /** A successor takes slot, id, counts and tally over. */
  createSuccessor(old: Live): Live;
  find(key: number): Live | undefined;
  all(): readonly Live[];
  /** All that live in these slots, whatever their role. */
  inSlots(slots: readonly number[]): readonly Live[];
  /** The one that holds the slot now. */
  holder(slot: number): Live | undefined;
  forget(live: Live): void;
}

export function createInstances(app: string, { nextKey, now }: { nextKey: () => number; now: () => number }): Instances {
  const lives = new Map<number, Live>();

  function create({ slot, id }: SlotId, role: InstanceRole): Live {
    const live: Live = {
      app,
      slot,
      id,
      key: nextKey(),
      role,
      machine: createInstance(),
      run: null,
      forget: false,
      saidServing: false,
      createdAt: now(),
      askedAt: now(),
      startedAt: null,
      lastDelayMs: 0,
      tally: [],
      nodeVersion: null,
      release: null,
      next: null,
      trial: null,
      signs: NO_SIGNS,
      outlived: false,
      hasListened: false,
      words: null,
      log: null,
    };
    lives.set(live.key, live);
    return live;
  }

  return {
    create,
    createSuccessor(old) {
      const successor = create(old, 'successor');
      // The death of a host is no restart of the app.
      successor.machine = createInstance(old.machine.history.restarts + (old.outlived ? 0 : 1));
      successor.createdAt = old.createdAt;
      successor.tally = old.tally;
      return successor;
    },
    find: (key) => lives.get(key),
    all: () => [...lives.values()],
    inSlots: (slots) => [...lives.values()].filter((live) => slots.includes(live.slot)),
    holder: (slot) => [...lives.values()].find((live) => live.slot === slot && live.role === 'current'),
    forget: (live) => void lives.delete(live.key),
  };
}
