// Goes through the waves of a rollout's plan: begins each step when the one before it is done, and the next wave when all tracks have ended.
import type { RolloutAction } from '../model/rollout.ts';
import type { Ms } from '../model/units.ts';
import type { RolloutWave } from '../policy/rollout.ts';
import type { Place } from './place.ts';

/** One step of a slot has ended, or its first one has begun. */
export interface Move {
  readonly slot: number;
  /** Null where the first step of a wave begins. */
  readonly ended: { readonly action: RolloutAction; readonly tookMs: Ms } | null;
  /** What has begun now; null at the end of the track. */
  readonly begun: RolloutAction | null;
}

export interface WavesOptions {
  readonly waves: readonly RolloutWave[];
  readonly placeOf: (slot: number) => Place;
  readonly nowMs: () => Ms;
  readonly moved: (move: Move) => void;
  /** The rest of its track is left out. */
  readonly isGivenUp: (place: Place) => boolean;
}

interface Track {
  readonly place: Place;
  readonly actions: readonly RolloutAction[];
  at: number;
  sinceMs: Ms;
}

/** `progress` is to be called after every change of an instance; it returns whether all is done. */
export function createWaves({ waves, placeOf, nowMs, moved, isGivenUp }: WavesOptions): { progress(): boolean } {
  let next = 0;
  let tracks: Track[] = [];

  function beginWave(wave: RolloutWave): void {
    tracks = wave.map(({ slot, actions }) => ({ place: placeOf(slot), actions, at: 0, sinceMs: nowMs() }));
    for (const track of tracks) {
      const [first] = track.actions;
      if (first === undefined || isGivenUp(track.place)) continue;
      moved({ slot: track.place.slot, ended: null, begun: first });
      track.place.begin(first);
    }
  }

  function hasEnded(track: Track): boolean {
    return track.at >= track.actions.length || isGivenUp(track.place);
  }

  function follow(track: Track): void {
    while (!hasEnded(track) && track.place.isDone(track.actions[track.at]!)) {
      const ended = { action: track.actions[track.at]!, tookMs: Math.round(nowMs() - track.sinceMs) };
      track.at += 1;
      track.sinceMs = nowMs();
      const begun = track.actions[track.at] ?? null;
      moved({ slot: track.place.slot, ended, begun });
      if (begun !== null) track.place.begin(begun);
    }
  }

  return {
    progress() {
      for (;;) {
        for (const track of tracks) follow(track);
        if (!tracks.every(hasEnded)) return false;
        const wave = waves[next];
        if (wave === undefined) return true;
        next += 1;
        beginWave(wave);
      }
    },
  };
}
