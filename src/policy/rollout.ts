// The plan of a replacement, slot by slot: which step comes after which. Nothing here waits, fails or undoes; that is the executor's.

/** `overlap`: the successor is proven before its predecessor leaves (cluster). Without it the slot is empty in between (fork). */
export interface RolloutInput {
  readonly slots: readonly number[];
  /** How many slots are replaced at a time. */
  readonly parallel: 1;
  readonly overlap: boolean;
}

/** `join` is about the new instance of the slot; `leave`, `drain` and `stop` are about the old one. */
export type RolloutAction = 'start-successor' | 'start' | 'await-ready' | 'join' | 'leave' | 'drain' | 'stop';

export interface RolloutStep {
  readonly slot: number;
  readonly action: RolloutAction;
}

const WITH_OVERLAP: readonly RolloutAction[] = ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop'];
const WITHOUT_OVERLAP: readonly RolloutAction[] = ['leave', 'drain', 'stop', 'start', 'await-ready', 'join'];

/** The steps in order. With overlap, an abort at any step before `leave` has taken nothing away from that slot. */
export function planRollout(input: RolloutInput): readonly RolloutStep[] {
  const actions = input.overlap ? WITH_OVERLAP : WITHOUT_OVERLAP;
  return input.slots.flatMap((slot) => actions.map((action) => ({ slot, action })));
}
