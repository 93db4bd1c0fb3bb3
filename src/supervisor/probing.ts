// Looks at the instances of one app at their intervals, never twice at a time, and says when that has changed what holds. How to look is passed in.
import type { AppSpec, ProbeSpec } from '../model/app-spec.ts';
import { printCheck } from '../model/probe.ts';
import type { ProbeState } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { createProbeRun, stepProbe } from '../policy/probe.ts';
import type { ProbeKind, ProbeRun } from '../policy/probe.ts';
import type { LookResult } from '../probe/look.ts';
import type { Live } from './live.ts';

/** How often is looked, at most, until it has passed for the first time: a deploy waits for it. */
const QUICK_MS: Ms = 250;

/** What several looks have come to. */
export interface ProbeVerdict {
  readonly passing: boolean;
  /** So many looks in a row said it. */
  readonly times: number;
  /** What the latest look said. */
  readonly reason: string;
  /** What was looked at: `GET /ready`, `tcp 3000`, `exec ./check.sh`, `message`. */
  readonly check: string;
}

export interface ProbingOptions {
  readonly clock: Clock;
  /** Of the instance's own release. */
  readonly spec: (live: Live) => AppSpec;
  /** Calls `done` once, within `timeoutMs`, unless cancelled. */
  readonly look: (live: Live, check: ProbeSpec['check'], timeoutMs: Ms, done: (result: LookResult) => void) => Cancel;
  /** `passing` has flipped. */
  readonly changed: (live: Live, which: ProbeKind, verdict: ProbeVerdict) => void;
}

export interface Probing {
  /** Its child was launched: what an earlier one was found to be is forgotten. Once for each generation; more change nothing. */
  start(live: Live): void;
  /** It has given its first sign of readiness: from now on it is looked at. */
  ready(live: Live): void;
  /** It is about to leave, or has ended. */
  stop(live: Live): void;
  /** Null without that probe, and before its first look. */
  state(live: Live): { readonly readiness: ProbeState | null; readonly liveness: ProbeState | null };
}

interface Watch {
  readonly kind: ProbeKind;
  readonly probe: ProbeSpec;
  readonly launchedAtMs: Ms;
  run: ProbeRun;
  state: ProbeState | null;
  /** Of the look under way or the timer until the next; null when neither is. */
  cancel: Cancel | null;
}

interface Entry {
  readonly generation: number;
  readonly watches: readonly Watch[];
}

/** Costs nothing for an app without probes. */
export function createProbing({ clock, spec, look, changed }: ProbingOptions): Probing {
  const entries = new Map<number, Entry>();

  function start(live: Live): void {
    const { generation } = live.machine;
    if (entries.get(live.key)?.generation === generation) return;
    stop(live);
    const { readiness, liveness } = spec(live);
    const watches = [watchOf('readiness', readiness), watchOf('liveness', liveness)].filter((watch) => watch !== null);
    if (watches.length > 0) entries.set(live.key, { generation, watches });
  }

  function watchOf(kind: ProbeKind, probe: ProbeSpec | null): Watch | null {
    return probe && { kind, probe, launchedAtMs: clock.monotonicMs(), run: createProbeRun(kind), state: null, cancel: null };
  }

  function ready(live: Live): void {
    for (const watch of entries.get(live.key)?.watches ?? []) if (watch.cancel === null) lookAt(live, watch);
  }

  function lookAt(live: Live, watch: Watch): void {
    const { check, timeoutMs } = watch.probe;
    const beganAtMs = clock.monotonicMs();
    let hasAnswered = false;
    const cancel = look(live, check, timeoutMs, (result) => {
      hasAnswered = true;
      // First, so that whoever hears of the change may stop all this.
      wait(live, watch, beganAtMs, result.ok);
      take(live, watch, result);
    });
    if (!hasAnswered) watch.cancel = cancel;
  }

  function wait(live: Live, watch: Watch, beganAtMs: Ms, ok: boolean): void {
    const { intervalMs } = watch.probe;
    const isAwaited = watch.kind === 'readiness' && !watch.run.proven && !ok;
    const everyMs = isAwaited ? Math.min(QUICK_MS, intervalMs) : intervalMs;
    watch.cancel = clock.setTimer(Math.max(0, beganAtMs + everyMs - clock.monotonicMs()), () => lookAt(live, watch));
  }

  function take(live: Live, watch: Watch, { ok, text }: LookResult): void {
    const { next, flipped } = stepProbe(watch.run, { ok, ageMs: clock.monotonicMs() - watch.launchedAtMs }, watch.probe);
    watch.run = next;
    const { passing, run: times } = next;
    if (watch.state?.text !== text || flipped) watch.state = { passing, text, at: clock.epochMs() };
    if (flipped) changed(live, watch.kind, { passing, times, reason: text, check: printCheck(watch.probe.check) });
  }

  function stop(live: Live): void {
    for (const watch of entries.get(live.key)?.watches ?? []) watch.cancel?.();
    entries.delete(live.key);
  }

  return {
    start,
    ready,
    stop,
    state(live) {
      const watches = entries.get(live.key)?.watches ?? [];
      const stateOf = (kind: ProbeKind): ProbeState | null => watches.find((watch) => watch.kind === kind)?.state ?? null;
      return { readiness: stateOf('readiness'), liveness: stateOf('liveness') };
    },
  };
}
