// What went wrong with an instance that a rollout minds, in the words of the closed list of reasons.
import type { EventBody } from '../model/event.ts';
import { printExit, printMissingSign } from '../model/event.ts';
import type { RolloutFailure } from '../model/rollout.ts';

/** Why a place of a rollout cannot be completed. */
export interface Trouble {
  readonly reason: RolloutFailure;
  readonly text: string;
}

/** Null where the event is no trouble. `probeText` is what its readiness probe said last. */
export function troubleOf(body: EventBody, probeText: () => string | null): Trouble | null {
  if (body.kind === 'not-ready' && body.outcome === 'failed') {
    const seen = body.waitedFor === 'probe' ? probeText() : null;
    const text = `${printMissingSign(body)} (listen_timeout)${seen === null ? '' : `; ${seen}`}`;
    return { reason: body.waitedFor === 'probe' ? 'probe-failed' : 'not-ready', text };
  }
  if (body.kind !== 'exited') return null;
  const { launchError } = body.exit;
  return launchError === null
    ? { reason: 'crashed', text: printExit(body.exit, body.pid) }
    : { reason: 'cannot-be-started', text: launchError };
}
