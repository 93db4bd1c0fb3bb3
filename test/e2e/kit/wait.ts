// Waiting for a fact: a bounded poll. A test never sleeps for a guessed time.
import { setTimeout as pause } from 'node:timers/promises';

/** Polls until `probe` answers anything but undefined, null or false, and resolves to that. Rejects after `timeoutMs` (30 s) with the last answer. */
export async function waitFor<T>(
  description: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Exclude<Awaited<T>, undefined | null | false>> {
  const deadline = performance.now() + timeoutMs;
  let last = 'nothing';
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== null && answer !== false) return answer as Exclude<Awaited<T>, undefined | null | false>;
      last = String(answer);
    } catch (error) {
      last = String(error); // a probe may fail while the thing is not there yet; the message tells it if that never changes
    }
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${description}; last answer: ${last}`);
    await pause(everyMs);
  }
}
