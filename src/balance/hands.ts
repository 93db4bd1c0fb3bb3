// Who may accept how many connections of one socket with the batons it has, and whom to count on. It decides nothing.
import type { RawSocket } from './node-handles.ts';

/** So many turns a member may have, or two batons where those are for several. More would let one that is blocked keep its turn for longer, fewer let those that are busy run dry. */
export const BATONS_LIMIT = 4;

/** Who may get batons. */
export interface Holder {
  readonly key: number;
  readonly listenId: number;
  readonly handoff: { passBaton(listenId: number, socket: RawSocket, turns: number): boolean; withdrawBatons(listenId: number): void };
}

interface Hand {
  readonly holder: Holder;
  /** How many connections it may accept. */
  count: number;
  /**
   * `slow`: somebody waited and it did not take them. Until it takes one it gets none, and what it has holds nobody up.
   * `recalled`: it has been told that its batons are void, and not answered yet. What it says of taking until then is of those.
   */
  state: 'prompt' | 'slow' | 'recalled';
}

export interface Hands {
  /** What those have who may be counted on. */
  out(): number;
  /** What all have. */
  all(): number;
  of(key: number): number;
  /** For a baton of so many turns. */
  hasRoom(key: number, turns: number): boolean;
  /** False when it cannot be reached. */
  pass(holder: Holder, turns: number): boolean;
  /** It has used a turn, or given it back. */
  back(key: number): void;
  /** Nobody is counted on who has any. */
  suspect(): void;
  /** All are slow, so none is. */
  trust(): void;
  recall(key: number): void;
  recallAll(): void;
  /** It has heard it, and may get new ones. */
  recalled(key: number): void;
  /** Its server is closed: nothing will be heard of its batons. */
  forget(key: number): void;
}

export function createHands(socket: RawSocket): Hands {
  const hands = new Map<Holder['key'], Hand>();

  function sum(counts: (hand: Hand) => boolean): number {
    let total = 0;
    for (const hand of hands.values()) if (counts(hand)) total += hand.count;
    return total;
  }

  function recall(hand: Hand): void {
    if (hand.state === 'recalled') return;
    hand.holder.handoff.withdrawBatons(hand.holder.listenId);
    hand.count = 0;
    hand.state = 'recalled';
  }

  return {
    out: () => sum(({ state }) => state === 'prompt'),
    all: () => sum(() => true),
    of: (key) => hands.get(key)?.count ?? 0,
    hasRoom(key, turns) {
      const hand = hands.get(key);
      return hand === undefined || (hand.state === 'prompt' && hand.count + turns <= Math.max(BATONS_LIMIT, 2 * turns));
    },
    pass(holder, turns) {
      if (!holder.handoff.passBaton(holder.listenId, socket, turns)) return false;
      const hand = hands.get(holder.key);
      if (hand === undefined) hands.set(holder.key, { holder, count: turns, state: 'prompt' });
      else hand.count += turns;
      return true;
    },
    back(key) {
      const hand = hands.get(key);
      if (hand === undefined || hand.state === 'recalled') return;
      hand.count -= 1;
      hand.state = 'prompt';
      if (hand.count === 0) hands.delete(key);
    },
    suspect() {
      for (const hand of hands.values()) if (hand.state === 'prompt') hand.state = 'slow';
    },
    trust() {
      for (const hand of hands.values()) if (hand.state === 'slow') hand.state = 'prompt';
    },
    recall(key) {
      const hand = hands.get(key);
      if (hand !== undefined) recall(hand);
    },
    recallAll() {
      for (const hand of hands.values()) recall(hand);
    },
    recalled(key) {
      if (hands.get(key)?.state === 'recalled') hands.delete(key);
    },
    forget: (key) => void hands.delete(key),
  };
}
