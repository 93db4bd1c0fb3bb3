// Keeps those in rotation that should be: online, not on trial nor about to end, ready by their probe, and no more than there are places. Who that is decides policy/rotation.ts; traffic carries it out.
import { decideRotation, decideSlot } from '../policy/rotation.ts';
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
  /** The same after one has said that it exits. What comes of that is said next time: people read the reason first. */
  updateUnsaid(): void;
  isIn(live: Live): boolean;
  /** It could serve at once, and is kept for when another one cannot any more. */
  standsBy(live: Live): boolean;
  /** Its traffic is another one's, or will be the moment it is gone. Never where nobody is to stand by: then the others have theirs besides their own. */
  covers(live: Live): boolean;
}

export interface RotationOptions {
  readonly traffic: Traffic;
  readonly lives: () => readonly Live[];
  /** How many may serve; Infinity where nobody stands by. */
  readonly places: () => number;
  /** One that stood by has come in. */
  readonly steppedIn: (live: Live) => void;
  /** Its row is to be published. */
  readonly changed: (live: Live) => void;
}

export function createRotation({ traffic, lives, places, steppedIn, changed }: RotationOptions): RotationKeeper {
  const opened = new Set<number>();
  /** Key to the slot whose clients it has. */
  const inRotation = new Map<number, number>();
  let standby: ReadonlySet<number> = new Set();
  const unsaid: (() => void)[] = [];

  function candidates(): Candidate[] {
    return lives()
      .filter((live) => opened.has(live.key) && live.trial === null && live.run?.isExiting !== true)
      .map((live) => ({
        key: live.key,
        slot: live.slot,
        isReady: isReady(live),
        listens: live.signs.listening,
        inRotation: inRotation.has(live.key),
        isLeaving: live.role === 'leaving' || live.forget,
        release: live.release?.number ?? 0,
      }));
  }

  function update(spoken?: Live): void {
    changeOver(spoken);
    for (const say of unsaid.splice(0)) say();
  }

  function changeOver(spoken?: Live): void {
    const chosen = decideRotation(candidates(), places());
    const before = standby;
    standby = chosen.standby;
    // Those that come first come in before those that go leave.
    for (const live of lives()) if (chosen.serving.has(live.key) && !inRotation.has(live.key)) join(live, chosen.serving);
    for (const live of lives()) {
      if (chosen.serving.has(live.key) || !inRotation.has(live.key)) continue;
      if (live === spoken) live.saidServing = false;
      leave(live);
    }
    for (const live of lives()) {
      if (before.has(live.key) === standby.has(live.key)) continue;
      if (inRotation.has(live.key)) unsaid.push(() => steppedIn(live));
      else changed(live);
      if (standby.has(live.key)) traffic.standBy(live);
    }
  }

  function join(live: Live, serving: ReadonlySet<number>): void {
    const taken = new Set([...inRotation].filter(([key]) => serving.has(key)).map(([, slot]) => slot));
    const slot = decideSlot(live.slot, { places: places(), taken });
    inRotation.set(live.key, slot);
    traffic.join(live, slot);
  }

  function leave(live: Live): void {
    inRotation.delete(live.key);
    traffic.leave(live);
    unsaid.push(() => traffic.left(live));
  }

  return {
    open(live) {
      opened.add(live.key);
      update();
    },
    close(live) {
      opened.delete(live.key);
      update();
    },
    update,
    updateUnsaid: changeOver,
    isIn: (live) => inRotation.has(live.key),
    standsBy: (live) => standby.has(live.key),
    covers: (gone) => places() !== Infinity && lives().some((live) => live !== gone && (inRotation.has(live.key) || standby.has(live.key))),
  };
}

function isReady(live: Live): Candidate['isReady'] {
  if ((live.release?.spec.readiness ?? null) === null) return 'yes';
  const { probe } = live.signs;
  return probe === 'passed' ? 'yes' : probe === 'unproven' ? 'never' : 'failed';
}
