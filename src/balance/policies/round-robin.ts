// Whose turn it is: strictly one after the other, leaving out those that cannot take anything now. Pure.

/** The first free place after `last` in a circle of `count`; -1 when none is free. */
export function nextInTurn(count: number, last: number, isFree: (place: number) => boolean): number {
  for (let step = 1; step <= count; step += 1) {
    const place = (last + step) % count;
    if (isFree(place)) return place;
  }
  return -1;
}
