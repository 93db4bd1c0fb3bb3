// Memory over time: when an instance above its limit is to be replaced. Sampling and replacing are done elsewhere.
import type { Bytes, Ms } from '../model/units.ts';

/** So many samples in a row must be over the limit: one peak is no leak. */
const SAMPLES_OVER = 3;

/** What is remembered between two samples of one child. */
export interface MemoryState {
  /** Samples over the limit in a row, at most SAMPLES_OVER. */
  readonly samplesOver: number;
}

/** The state of a child that was not sampled yet. */
export const UNSAMPLED: MemoryState = { samplesOver: 0 };

/** One sample of an instance's process tree, and what its app is about. */
export interface MemorySample {
  readonly bytes: Bytes;
  /** Null: no limit. */
  readonly limitBytes: Bytes | null;
  readonly nowMs: Ms;
  readonly minUptimeMs: Ms;
  /** When the app's latest replacement (of any of its instances) began; null when there was none. */
  readonly lastReplacedAtMs: Ms | null;
  /** Whether that replacement is still under way. */
  readonly replacing: boolean;
}

/**
 * `over`: replace this instance now. Three samples in a row above the limit, no other replacement of the app under way, and the last one
 * at least min_uptime ago; otherwise the count is kept and the next sample over the limit asks again.
 */
export function stepMemory(state: MemoryState, sample: MemorySample): { readonly next: MemoryState; readonly over: boolean } {
  if (sample.limitBytes === null || sample.bytes <= sample.limitBytes) return { next: UNSAMPLED, over: false };
  const samplesOver = Math.min(state.samplesOver + 1, SAMPLES_OVER);
  const isFree = !sample.replacing && (sample.lastReplacedAtMs === null || sample.nowMs - sample.lastReplacedAtMs >= sample.minUptimeMs);
  if (samplesOver < SAMPLES_OVER || !isFree) return { next: { samplesOver }, over: false };
  return { next: UNSAMPLED, over: true };
}
