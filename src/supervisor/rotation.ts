// Keeps those in rotation that should be: online, not on trial, ready by their probe. Who that is decides policy/rotation.ts; traffic carries it out.
import { decideRotation } from '../policy/rotation.ts';
import type { Candidate } from '../policy/rotation.ts';
import type { Live } from './live.ts';
import type { Traffic } from './traffic.ts';

export interface RotationKeeper {
  /** Its lifecycle lets it have traffic. */
  open(live: Live): void;
  /** Its lifecycle takes it out. */
  close(live: Live): void;
  /** Looks again at everybody, after a trial has ended or a probe has changed. What is said of `spoken` somebody else says. */
  update(spoken?: Live): void;
  isIn(live: Live): boolean;
}

export function createRotation({ traffic, lives }: { readonly traffic: Traffic; readonly lives: () => readonly Live[] }): RotationKeeper {
  const opened = new Set<number>();
  const inRotation = new Set<number>();

  function candidates(): Candidate[] {
    return lives()
      .filter((live) => opened.has(live.key) && live.trial === null)
      .map((live) => ({ key: live.key, isReady: isReady(live), inRotation: inRotation.has(live.key) }));
  }

  function update(spoken?: Live): void {
    const chosen = decideRotation(candidates());
    // Those that come first come in before those that go leave.
    for (const live of lives()) if (chosen.has(live.key) && !inRotation.has(live.key)) join(live);
    for (const live of lives()) {
      if (chosen.has(live.key) || !inRotation.has(live.key)) continue;
      if (live === spoken) live.saidServing = false;
      leave(live);
    }
  }

  function join(live: Live): void {
    inRotation.add(live.key);
    traffic.join(live);
  }

  function leave(live: Live): void {
    inRotation.delete(live.key);
    traffic.leave(live);
  }

  return {
    open(live) {
      opened.add(live.key);
      update();
    },
    close(live) {
      opened.delete(live.key);
      if (inRotation.has(live.key)) leave(live);
      update();
    },
    update,
    isIn: (live) => inRotation.has(live.key),
  };
}

function isReady(live: Live): Candidate['isReady'] {
  if ((live.release?.spec.readiness ?? null) === null) return 'yes';
  const { probe } = live.signs;
  return probe === 'passed' ? 'yes' : probe === 'unproven' ? 'never' : 'failed';
}
