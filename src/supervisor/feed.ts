// The recent output of a host's apps: a ring each, its tail on request, and the live lines while somebody follows.
import { createRing } from '../log/ring.ts';
import type { Ring } from '../log/ring.ts';
import type { LogLine } from '../model/protocol.ts';
import type { Clock } from '../platform/clock.ts';

export interface Feed {
  /** The ring of an app, made when first asked for. */
  ringOf(app: string): Ring;
  tail(app: string, wanted: { readonly slots: readonly number[]; readonly lines: number }): readonly LogLine[];
  /** Lines are cut and handed out only while this is on. */
  follow(isOn: boolean): void;
  forget(app: string): void;
}

/** `deliver` gets the lines of one turn of the event loop together. */
export function createFeed({ clock, deliver }: { readonly clock: Clock; readonly deliver: (lines: readonly LogLine[]) => void }): Feed {
  const rings = new Map<string, Ring>();
  const unfollow = new Map<string, () => void>();
  let isFollowed = false;
  let batch: LogLine[] = [];

  function collect(line: LogLine): void {
    batch.push(line);
    if (batch.length > 1) return;
    clock.setTimer(0, () => {
      const lines = batch;
      batch = [];
      deliver(lines);
    });
  }

  function followRing(app: string, ring: Ring): void {
    unfollow.set(app, ring.follow(collect));
  }

  return {
    ringOf(app) {
      const known = rings.get(app);
      if (known) return known;
      const ring = createRing();
      rings.set(app, ring);
      if (isFollowed) followRing(app, ring);
      return ring;
    },
    tail: (app, wanted) => rings.get(app)?.tail(wanted) ?? [],
    follow(isOn) {
      if (isOn === isFollowed) return;
      isFollowed = isOn;
      for (const stop of unfollow.values()) stop();
      unfollow.clear();
      if (isOn) for (const [app, ring] of rings) followRing(app, ring);
    },
    forget(app) {
      unfollow.get(app)?.();
      unfollow.delete(app);
      rings.delete(app);
    },
  };
}
