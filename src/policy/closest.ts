// Did you mean: the known word nearest to a mistyped one. It knows nothing of what the words stand for.
import { editDistance } from '../model/edit-distance.ts';

/** The candidate within a third of the word's length (at least one edit), ignoring case; the first of equals; null when none is near. */
export function closest(word: string, candidates: readonly string[]): string | null {
  const typed = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= bestDistance) continue;
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
