// The plan of a rollout: waves of slots, and the steps of each slot in order. Nothing here waits, fails or undoes; that is the executor's.
import type { AppSpec } from '../model/app-spec.ts';
import type { Overlap, RolloutAction, RolloutCause } from '../model/rollout.ts';

export interface RolloutInput {
  /** Slots that get a new instance, slots that are new, slots that go. */
  readonly replace: readonly number[];
  readonly add: readonly number[];
  readonly remove: readonly number[];
  /** How many slots at a time. */
  readonly parallel: number;
  /** `all`: every successor is proven before the first old one leaves. */
  readonly surge: 'one' | 'all';
  /** Whether old and new may live side by side. */
  readonly overlap: boolean;
  /** Whether the successors have to live for a while before they get traffic. */
  readonly bakes: boolean;
}

/** What happens to one slot within a wave, in order. */
export interface RolloutTrack {
  readonly slot: number;
  readonly actions: readonly RolloutAction[];
}

/** Tracks that go on at the same time; the next wave begins when all of them have ended. */
export type RolloutWave = readonly RolloutTrack[];

export interface RolloutPlan {
  readonly waves: readonly RolloutWave[];
}

/** Replacements come first, then additions, and what goes goes last: an abort before that has taken nothing away for good. */
export function planRollout(input: RolloutInput): RolloutPlan {
  const { remove, overlap, bakes, surge } = input;
  const comings = overlap ? (bakes || surge === 'all' ? keepWhole(input) : oneByOne(input)) : inPlace(input);
  const goings = wave(remove, ['leave', 'drain', 'stop']);
  return { waves: [...comings, goings].filter((tracks) => tracks.length > 0) };
}

function wave(slots: readonly number[], actions: readonly RolloutAction[]): RolloutWave {
  return slots.map((slot) => ({ slot, actions }));
}

function oneByOne({ replace, add, parallel }: RolloutInput): RolloutWave[] {
  return [
    ...chunks(replace, parallel).map((slots) => wave(slots, ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop'])),
    ...chunks(add, parallel).map((slots) => wave(slots, ['start', 'await-ready', 'join'])),
  ];
}

/** The old set stays whole until the whole new one is proven. */
function keepWhole({ replace, add, parallel, surge, bakes }: RolloutInput): RolloutWave[] {
  const atATime = surge === 'all' ? Math.max(1, replace.length + add.length) : parallel;
  return [
    ...chunks([...replace, ...add], atATime).map((slots) => [
      ...wave(
        slots.filter((slot) => replace.includes(slot)),
        ['start-successor', 'await-ready'],
      ),
      ...wave(
        slots.filter((slot) => add.includes(slot)),
        ['start', 'await-ready'],
      ),
    ]),
    bakes ? wave([...replace, ...add], ['bake']) : [],
    ...chunks(replace, atATime).map((slots) => wave(slots, ['join', 'leave', 'drain', 'stop'])),
    wave(add, ['join']),
  ];
}

/** The slot is empty in between. */
function inPlace({ replace, add, parallel, bakes }: RolloutInput): RolloutWave[] {
  const proof: readonly RolloutAction[] = bakes ? ['start', 'await-ready', 'bake', 'join'] : ['start', 'await-ready', 'join'];
  return [
    ...chunks(replace, parallel).map((slots) => wave(slots, ['leave', 'drain', 'stop', ...proof])),
    ...chunks(add, parallel).map((slots) => wave(slots, proof)),
  ];
}

function chunks(slots: readonly number[], size: number): (readonly number[])[] {
  const count = Math.ceil(slots.length / size);
  return Array.from({ length: count }, (_, index) => slots.slice(index * size, (index + 1) * size));
}

/** Whether old and new may live side by side, by what the old ones do. In fork mode one that holds a port of its own decides for all. */
export function decideOverlap(
  mode: AppSpec['mode'],
  instances: readonly { readonly listens: boolean; readonly reusesPort: boolean }[],
): Overlap {
  if (mode === 'cluster') return 'balanced';
  if (instances.some(({ listens, reusesPort }) => listens && !reusesPort)) return 'none';
  return instances.some(({ listens }) => listens) ? 'shares-port' : 'listens-not';
}

/** Whether somebody asked for it; the others are a host's own doing. */
export function isAskedFor(cause: RolloutCause): boolean {
  return cause !== 'memory' && cause !== 'liveness' && cause !== 'takeover';
}

/** Whether its successors have to bake first. More or fewer of what serves already, or the same once more, is proven. */
export function hasToBake(cause: RolloutCause, { bakeTimeMs }: Pick<AppSpec, 'bakeTimeMs'>): boolean {
  return bakeTimeMs > 0 && isAskedFor(cause) && cause !== 'scale';
}
