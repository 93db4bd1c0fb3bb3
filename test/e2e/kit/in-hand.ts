// What kill -9 of a host may cost: the connection that it had in hand at that very instant. Every other failed request is a defect.
import type { LoadFailure } from './load.ts';

/**
 * The failures without as many as hosts were killed of those that can be of this kind. From accept(2) to sendmsg(2), some 20 µs, a connection is in its
 * host alone (docs/adr/0008): one at a time, on which nobody has answered yet.
 */
export function notInHand<Failure extends LoadFailure>(failures: readonly Failure[], hostsKilled: number): Failure[] {
  const inHand = failures.filter(({ error, answeredBy }) => error === 'ECONNRESET' && answeredBy === null).slice(0, hostsKilled);
  return failures.filter((failure) => !inHand.includes(failure));
}
