// What others see of a rollout: its slots with their steps and times, kept while it moves. It decides nothing.
import type { FailedRollout, Overlap, RolloutAction, RolloutCause, RolloutSlot, RolloutState } from '../model/rollout.ts';
import type { RolloutWave } from '../policy/rollout.ts';
import type { Move } from './waves.ts';

export interface RolloutRecord {
  state(): RolloutState;
  moved(move: Move): void;
  /** It has failed; `waves` put back what it had replaced. */
  undoing(failure: FailedRollout, waves: readonly RolloutWave[]): void;
  ended(phase: 'done' | 'failed'): void;
}

export interface RecordOptions {
  readonly cause: RolloutCause;
  readonly release: number;
  readonly overlap: Overlap;
  readonly waves: readonly RolloutWave[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function createRolloutRecord({ cause, release, overlap, waves, now }: RecordOptions): RolloutRecord {
  let ahead = actionsOf(waves);
  let state: RolloutState = {
    cause,
    release,
    overlap,
    phase: 'running',
    startedAt: now(),
    endedAt: null,
    slots: [...ahead].map(([slot, [action]]) => ({ slot, action: action ?? null, begun: false, sinceAt: null, steps: [] })),
    failure: null,
  };

  function change(slot: number, next: (before: RolloutSlot) => Partial<RolloutSlot>): void {
    state = { ...state, slots: state.slots.map((one) => (one.slot === slot ? { ...one, ...next(one) } : one)) };
  }

  return {
    state: () => state,
    moved({ slot, ended, begun }) {
      if (ended !== null) ahead.get(slot)?.shift();
      change(slot, ({ steps }) => ({
        action: ahead.get(slot)?.[0] ?? null,
        begun: true,
        sinceAt: begun === null ? null : now(),
        steps: ended === null ? steps : [...steps, ended],
      }));
    },
    undoing(failure, undo) {
      ahead = actionsOf(undo);
      state = { ...state, phase: 'undoing', failure };
      for (const slot of ahead.keys()) change(slot, () => ({ action: ahead.get(slot)?.[0] ?? null, sinceAt: null }));
    },
    ended: (phase) => void (state = { ...state, phase, endedAt: now() }),
  };
}

function actionsOf(waves: readonly RolloutWave[]): Map<number, RolloutAction[]> {
  const lists = new Map<number, RolloutAction[]>();
  for (const { slot, actions } of waves.flat()) lists.set(slot, [...(lists.get(slot) ?? []), ...actions]);
  return lists;
}
