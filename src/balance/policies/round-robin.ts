// Whose turn it is: strictly one after the other, leaving out those that cannot take anything now. Pure.
import type { Choose } from './circle.ts';

/** The first free place after `last` in a circle of `count`; -1 when none is free. */
export function nextInTurn(count: number, last: number, isFree: (place: number) => boolean): number {
  for (let step = 1; step <= count; step += 1) {
    const place = (last + step) % count;
    if (isFree(place)) return place;
  }
  return -1;
}

/** The place with the smallest load, in case of several the first after `last`; -1 when all loads are infinite. */
export function leastLoaded(count: number, last: number, load: (place: number) => number): number {
  let found = -1;
  let smallest = Infinity;
  for (let step = 1; step <= count; step += 1) {
    const place = (last + step) % count;
    const here = load(place);
    if (here < smallest) [found, smallest] = [place, here];
  }
  return found;
}

/** Whose turn it is, or where nobody has room the one with the fewest on their way. */
export const roundRobin: Choose = ({ count, last, wants, hasRoom, canBePressed, load }) => {
  const next = nextInTurn(count, last, (place) => hasRoom(place) && wants(place));
  return next >= 0 ? next : leastLoaded(count, last, (place) => (canBePressed(place) && wants(place) ? load(place) : Infinity));
};
