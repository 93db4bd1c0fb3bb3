// What an instance still waits for before it is ready, by its app's settings and the signs it has given. Looking for the signs is done elsewhere.
import type { AppSpec } from '../model/app-spec.ts';
import type { Ms } from '../model/units.ts';

/** Its ready message, its first listen, its readiness probe, that it was spawned, that it has lived for min_uptime. */
export type Awaited = 'ready' | 'listen' | 'probe' | 'spawn' | 'uptime';

/** What the present run has shown. */
export interface Signs {
  readonly spawned: boolean;
  /** It has sent its ready message. */
  readonly told: boolean;
  readonly listening: boolean;
  /** What its readiness probe says: `failed` only after it had passed. */
  readonly probe: 'unproven' | 'passed' | 'failed';
}

export const NO_SIGNS: Signs = { spawned: false, told: false, listening: false, probe: 'unproven' };

/** A run that has to prove itself before something is taken away for it. */
export interface Trial {
  /** Its predecessors listened. */
  readonly mustListen: boolean;
}

export type ReadinessRules = Pick<AppSpec, 'mode' | 'waitReady' | 'readiness'> & { readonly trial: Trial | null };

/** What is missing; null when it is ready. Without a trial a plain start is meant. */
export function awaitedOf(rules: ReadinessRules, signs: Signs): Awaited | null {
  const first = firstSign(rules, signs);
  if (first !== null) return first;
  return rules.readiness !== null && signs.probe === 'unproven' ? 'probe' : null;
}

function firstSign({ mode, waitReady, readiness, trial }: ReadinessRules, signs: Signs): Awaited | null {
  if (waitReady && !signs.told) return 'ready';
  if (mode === 'cluster' && !signs.listening) {
    if (trial === null ? !waitReady : trial.mustListen) return 'listen';
    return waitReady || readiness !== null ? null : 'uptime';
  }
  if (mode === 'cluster' || waitReady) return null;
  // Where the launch itself is the sign, the probe begins with it.
  if (readiness !== null) return signs.spawned ? null : 'probe';
  return trial === null ? 'spawn' : 'uptime';
}

/** A deploy is patient: nobody waits for a successor. */
const LISTEN_TIMEOUT_MS: Readonly<Record<'plain' | 'trial', Ms>> = { plain: 3000, trial: 30_000 };

/** How long it may take. A probe's start period is time that the app was promised. */
export function listenTimeout({
  listenTimeoutMs,
  readiness,
  trial,
}: Pick<AppSpec, 'listenTimeoutMs' | 'readiness'> & { readonly trial: Trial | null }): Ms {
  return listenTimeoutMs ?? Math.max(LISTEN_TIMEOUT_MS[trial === null ? 'plain' : 'trial'], readiness?.startPeriodMs ?? 0);
}
