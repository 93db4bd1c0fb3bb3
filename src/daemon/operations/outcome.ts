// Whether an instance has done what an operation wanted of it, judged from its rows and the latest fact. Pure; it waits for nothing.
import type { AppSpec } from '../../model/app-spec.ts';
import { printEvent } from '../../model/event.ts';
import type { HoldfastEvent } from '../../model/event.ts';
import type { InstanceRow } from '../../model/protocol.ts';
import type { Ms } from '../../model/units.ts';

/** A launch: facts of it, and of later ones, count. */
export interface Launch {
  readonly key: number;
  readonly generation: number;
}

/** `online`: by a launch after `after` (null: by any). The others are about the slot as it is. */
export type Wish =
  | { readonly kind: 'online'; readonly after: Launch | null }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'reset' };

/** What is wanted of one slot. */
export interface Expectation {
  readonly slot: number;
  readonly id: number;
  readonly spec: AppSpec;
  readonly wish: Wish;
}

/** What is known now. `answered`: the host has taken the command, so the rows can be believed to be after it. */
export interface Evidence {
  readonly rows: readonly InstanceRow[];
  readonly event: HoldfastEvent | null;
  readonly answered: boolean;
  readonly nowMs: number;
}

export type Verdict =
  | { readonly kind: 'settled'; readonly ok: boolean; readonly text: string }
  /** `againMs`: time alone may settle it by then. */
  | { readonly kind: 'waiting'; readonly againMs: Ms | null };

const WAITING: Verdict = { kind: 'waiting', againMs: null };
/** A script that lives this long after its start did not crash at once. */
const ALIVE_ENOUGH_MS: Ms = 1000;

/** Judges one expectation. */
export function judge(expectation: Expectation, evidence: Evidence): Verdict {
  const { wish, slot } = expectation;
  const row = evidence.rows.find((one) => one.slot === slot && one.role === 'current');
  // A rollout that ended just before the command came has taken the slot away.
  const isNowhere = evidence.answered && !evidence.rows.some((one) => one.slot === slot);
  switch (wish.kind) {
    case 'online':
      if (isNowhere) return settled(false, 'it is not there any more');
      return judgeOnline(expectation, { ...evidence, row, after: wish.after });
    case 'stopped':
      if (isNowhere) return settled(true, 'stopped');
      if (!evidence.answered || row === undefined) return WAITING;
      return row.phase.kind === 'stopped' || row.phase.kind === 'errored' ? settled(true, row.phase.kind) : WAITING;
    case 'gone':
      return isNowhere ? settled(true, 'deleted') : WAITING;
    case 'reset':
      return evidence.answered ? settled(true, 'reset') : WAITING;
    default:
      return wish satisfies never;
  }
}

interface OnlineEvidence extends Evidence {
  readonly row: InstanceRow | undefined;
  readonly after: Launch | null;
}

function judgeOnline({ spec, slot }: Expectation, { row, after, event, nowMs }: OnlineEvidence): Verdict {
  if (row === undefined || !isLater(row, after)) return WAITING;
  const { phase } = row;
  // An exit on the way of a restart is followed by a launch at once: then the phase is another one.
  const hasEnded = phase.kind === 'backoff' || phase.kind === 'errored' || (phase.kind === 'stopped' && phase.finished !== null);
  if (hasEnded)
    return event?.kind === 'exited' && event.slot === slot
      ? settled(isFinishedWell(spec, event.exit.code), printEvent(event))
      : judgeLastExit(row, spec);
  if (phase.kind !== 'online') return WAITING;
  if (spec.mode === 'cluster' || spec.waitReady || row.healthy) return settled(true, 'online');
  const leftMs = Math.min(spec.minUptimeMs, ALIVE_ENOUGH_MS) - (nowMs - (row.startedAt ?? nowMs));
  return leftMs <= 0 ? settled(true, 'online') : { kind: 'waiting', againMs: Math.min(leftMs, ALIVE_ENOUGH_MS) };
}

function isLater(row: InstanceRow, after: Launch | null): boolean {
  if (row.generation === 0) return false;
  return after === null || row.key !== after.key || row.generation > after.generation;
}

/** A job that is meant to end, and did so without an error, has done what was asked. */
function isFinishedWell(spec: AppSpec, code: number | null): boolean {
  return code === 0 && (!spec.autorestart || spec.stopExitCodes.includes(0));
}

/** For an exit that was reported before anybody watched. */
function judgeLastExit(row: InstanceRow, spec: AppSpec): Verdict {
  const last = row.tally.toSorted((a, b) => a.at - b.at).at(-1);
  if (last === undefined) return settled(false, errorText(row, spec));
  return settled(
    isFinishedWell(spec, last.exit.code),
    printEvent({ kind: 'exited', exit: last.exit, pid: last.pid, at: last.at, app: row.app, slot: row.slot }),
  );
}

/** The sentence of the `errored` event, made again from the row. */
export function errorText(row: InstanceRow, spec: AppSpec): string {
  if (row.phase.kind !== 'errored') return row.phase.kind;
  return printEvent({ ...row.phase, maxRestarts: spec.maxRestarts, at: 0, app: row.app, slot: row.slot });
}

function settled(ok: boolean, text: string): Verdict {
  return { kind: 'settled', ok, text };
}
