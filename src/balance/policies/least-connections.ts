// Who has the fewest connections: a slow instance keeps what it has for longer, so it gets fewer. Pure.
import type { Choose } from './circle.ts';
import { leastLoaded } from './round-robin.ts';

/** Among equals one after the other. One that does not take what it is given comes last. */
export const leastConnections: Choose = ({ count, last, wants, hasRoom, canBePressed, open }) => {
  const least = (may: (place: number) => boolean): number =>
    leastLoaded(count, last, (place) => (may(place) && wants(place) ? open(place) : Infinity));
  const next = least(canBePressed);
  return next >= 0 ? next : least(hasRoom);
};
