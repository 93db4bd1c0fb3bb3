// A rollout while it runs: through its plan, or back again where it fails. What a step does is place.ts's, what is said of it the supervisor's.
import type { EventBody } from '../model/event.ts';
import type { FailedRollout, Overlap, RolloutCause, RolloutState } from '../model/rollout.ts';
import type { Release } from '../model/release.ts';
import type { Ms } from '../model/units.ts';
import { printDuration } from '../model/units.ts';
import { planRollout } from '../policy/rollout.ts';
import type { RolloutPlan } from '../policy/rollout.ts';
import type { Live } from './live.ts';
import { Place } from './place.ts';
import type { Ground, PlaceOptions } from './place.ts';
import { createRolloutRecord } from './rollout-record.ts';
import type { Trouble } from './trouble.ts';
import { createWaves } from './waves.ts';

export interface RolloutOptions {
  readonly cause: RolloutCause;
  readonly release: Release;
  readonly overlap: Overlap;
  readonly plan: RolloutPlan;
  readonly places: readonly PlaceOptions[];
  readonly parallel: number;
  /** Nobody has asked for it: what it cannot replace in place is left to the restart policy. */
  readonly isInternal: boolean;
  readonly timeoutMs: Ms;
  readonly ground: Ground;
  readonly clock: { monotonicMs(): Ms; epochMs(): number };
  /** It has moved on; `body` is what there is to say about it, of the app where `slot` is null. */
  readonly moved: (state: RolloutState, slot: number | null, body: EventBody | null) => void;
  readonly ended: (rollout: Rollout) => void;
}

export interface Rollout {
  readonly cause: RolloutCause;
  readonly release: Release;
  readonly state: () => RolloutState;
  readonly places: readonly Place[];
  /** Looks again; to be called after every change of an instance. */
  progress(): void;
  notice(live: Live, body: EventBody): void;
  /** A command is about to be carried out on these slots. */
  takeOver(slots: readonly number[], command: string): void;
}

/** Begins at the next `progress`. */
export function createRollout(options: RolloutOptions): Rollout {
  const { cause, release, overlap, plan, ground, clock, moved } = options;
  const record = createRolloutRecord({ cause, release: release.number, overlap, waves: plan.waves, now: () => clock.epochMs() });
  const places = options.places.map((place) => new Place(place, ground));
  const startedAtMs = clock.monotonicMs();
  let undone: readonly Place[] = [];
  let failure: FailedRollout | null = null;
  let isOver = false;
  let waves = goThrough(plan, places, () => false);
  let stopClock = ground.later(options.timeoutMs, runOut);

  function goThrough(course: RolloutPlan, ofPlaces: readonly Place[], isGivenUp: (place: Place) => boolean) {
    return createWaves({
      waves: course.waves,
      placeOf: (slot) => ofPlaces.find((place) => place.slot === slot)!,
      nowMs: () => clock.monotonicMs(),
      moved(move) {
        record.moved(move);
        moved(record.state(), move.slot, move.ended && { kind: 'rollout-step', ...move.ended });
      },
      isGivenUp,
    });
  }

  function runOut(): void {
    // What is still to leave does so within its own limits.
    if (places.every((place) => place.kind === 'removed' || place.isSwitched)) return;
    fail(null, { reason: 'rollout-timeout', text: tooLate() });
  }

  function tooLate(): string {
    const late = record.state().slots.filter((slot) => slot.begun && slot.action !== null);
    const trouble = places.map((place) => place.lastTrouble()).find((text) => text !== null);
    const where = late.map(({ slot, action }) => `instance ${slot} at ${action}`).join(', ');
    return [`not done after ${printDuration(options.timeoutMs)} (rollout_timeout)`, where, trouble].filter(Boolean).join('; ');
  }

  function progress(): void {
    if (isOver) return;
    if (failure === null) {
      const failed = places.find((place) => place.failure() !== null);
      if (failed) fail(failed, failed.failure()!);
    }
    if (!waves.progress()) return;
    if (failure === null) end('done');
    else if ([...places, ...undone].every((place) => place.isQuiet())) end('failed');
  }

  function fail(place: Place | null, { reason, text }: Trouble): void {
    if (failure !== null || isOver) return;
    stopClock();
    failure = {
      reason,
      slot: place?.slot ?? null,
      text,
      lines: (place ?? places.find((one) => one.lastLines().length > 0))?.lastLines() ?? [],
    };
    const back = places.filter((one) => !one.isTaken && !one.withdraw());
    const ways = options.isInternal ? [] : back.filter(({ wasUp }) => wasUp).map((one) => one.wayBack());
    undone = ways.filter((way) => way !== null).map((way) => new Place(way, ground));
    for (const one of back) if (!one.wasUp) one.stopAgain();
    for (const one of places) one.release();
    const course = planRollout({
      replace: undone.map(({ slot }) => slot),
      add: [],
      remove: [],
      parallel: options.parallel,
      surge: 'one',
      overlap: overlap !== 'none',
      bakes: false,
    });
    waves = goThrough(course, undone, (one) => one.isTaken || one.failure() !== null);
    // The way back is bounded as well: what cannot be put back stays as it is.
    stopClock = ground.later(options.timeoutMs, () => end('failed'));
    record.undoing(failure, course.waves);
    moved(record.state(), null, undone.length === 0 ? null : { kind: 'rollout-undoing', slots: undone.length });
  }

  function end(phase: 'done' | 'failed'): void {
    if (isOver) return;
    isOver = true;
    stopClock();
    // What could not be put back in time stays as it is.
    for (const place of undone) if (!place.isTaken) place.withdraw();
    for (const place of [...places, ...undone]) place.release();
    record.ended(phase);
    const slots = record.state().slots.length;
    const tookMs = Math.round(clock.monotonicMs() - startedAtMs);
    moved(
      record.state(),
      null,
      phase === 'done'
        ? { kind: 'rollout-done', cause, slots, tookMs }
        : { kind: 'rollout-failed', cause, reason: failure!.reason, text: failure!.text, lines: failure!.lines },
    );
    options.ended(rollout);
  }

  const rollout: Rollout = {
    cause,
    release,
    state: record.state,
    places,
    progress,
    notice(live, body) {
      for (const place of [...places, ...undone]) place.notice(live, body);
    },
    takeOver(slots, command) {
      const taken = [...places, ...undone].filter((place) => slots.includes(place.slot));
      if (isOver || taken.length === 0) return;
      for (const place of taken) place.abandon();
      fail(taken[0]!, { reason: 'taken-over', text: `${command} was asked for meanwhile` });
    },
  };
  return rollout;
}
