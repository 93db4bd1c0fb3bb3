// Always the same instance for the same client, by its address: rendezvous hashing over the slots, so that an instance that goes or comes moves its own clients only. Pure.
import type { Choose } from './circle.ts';
import { roundRobin } from './round-robin.ts';

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** 2^32 over the golden ratio: neighbouring slots come out far apart. */
const SPREAD = 0x9e3779b1;

/** A number for an address. An IPv4 address is the same one where it came in through an IPv6 socket (RFC 4291, 2.5.5.2). */
export function hashAddress(address: string): number {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  let hash = FNV_BASIS;
  for (let at = 0; at < plain.length; at += 1) hash = Math.imul(hash ^ plain.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}

/** How much a client belongs to a slot: it goes to the slot with the largest. The end of MurmurHash3 (fmix32), which mixes every bit into every other. */
export function weigh(peer: number, slot: number): number {
  let mixed = peer ^ Math.imul(slot + 1, SPREAD);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Waits for its instance where that has no room. In turn where the client has no address: a Unix socket. */
export const ipHash: Choose = (circle, peer) => {
  if (peer === null) return roundRobin(circle, peer);
  let found = -1;
  let largest = -1;
  for (let place = 0; place < circle.count; place += 1) {
    if (!circle.wants(place)) continue;
    const weight = weigh(peer, circle.slot(place));
    // Of two in one slot the later has joined later: the successor.
    if (weight >= largest) [found, largest] = [place, weight];
  }
  return found >= 0 && (circle.hasRoom(found) || circle.canBePressed(found)) ? found : -1;
};
