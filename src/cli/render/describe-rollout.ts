// The parts of `describe` about releases, probes and the latest rollout. Pure.
import type { AppSpec, ProbeSpec } from '../../model/app-spec.ts';
import { printCheck } from '../../model/probe.ts';
import { printOverlap } from '../../model/event.ts';
import type { ProbeState } from '../../model/protocol.ts';
import type { RolloutSlot, RolloutState } from '../../model/rollout.ts';
import { printDuration } from '../../model/units.ts';
import type { AppView, ReleaseView } from '../../model/view.ts';
import type { FactRow } from './facts.ts';
import { DOING, DONE, ROLLOUTS } from './rollout-words.ts';
import { printMoment } from './text.ts';

/** The release that runs, with its real paths, and those that can be returned to. */
export function releaseFacts({ releases }: AppView): FactRow[] {
  const current = releases.find((release) => release.current);
  const earlier = releases.filter((release) => release.number < (current?.number ?? 0)).toReversed();
  return [
    ['release', current === undefined ? null : printRelease(current)],
    ['earlier releases', earlier.map(printRelease)],
  ];
}

function printRelease({ number, createdAt, cwd, script, healthy, current }: ReleaseView): string {
  const folder = script.slice(0, Math.max(0, script.lastIndexOf('/')));
  // The release may be in the path of the script alone: `current/app.js`, started from the folder above.
  const inside = folder === cwd ? cwd : script;
  const where = script.startsWith(`${cwd}/`) ? inside : `${cwd}, ${script}`;
  return `${number}, ${printMoment(createdAt)}, ${where}${healthy ? '' : current ? ', not healthy yet' : ', was never healthy'}`;
}

/** What a reload and the probes of an app are set to. */
export function rolloutSettings(spec: AppSpec): FactRow[] {
  return [
    ['reload_on_timeout', spec.onListenTimeout],
    ['rollout_timeout', printDuration(spec.rolloutTimeoutMs)],
    ['bake_time', spec.bakeTimeMs === 0 ? 'off' : printDuration(spec.bakeTimeMs)],
    ['surge', spec.surge],
    ['readiness', spec.readiness === null ? 'no probe' : printProbe(spec.readiness)],
    ['liveness', spec.liveness === null ? 'no probe' : printProbe(spec.liveness)],
    ['max_loop_block', spec.maxLoopBlockMs === null ? 'off' : printDuration(spec.maxLoopBlockMs)],
  ];
}

/** `GET /ready every 10 s, at most 2 s; fails after 3, passes after 1; start period 30 s`. */
function printProbe({ check, intervalMs, timeoutMs, failures, successes, startPeriodMs }: ProbeSpec): string {
  const when = `every ${printDuration(intervalMs)}, at most ${printDuration(timeoutMs)}`;
  const start = startPeriodMs === 0 ? '' : `; start period ${printDuration(startPeriodMs)}`;
  return `${printCheckInFull(check)} ${when}; fails after ${failures}, passes after ${successes}${start}`;
}

/** With what only a description has room for. */
function printCheckInFull(check: ProbeSpec['check']): string {
  if (check.kind !== 'http') return printCheck(check);
  const port = check.port === null ? '' : ` on port ${check.port}`;
  const statuses = check.statuses === null ? '' : `, answered by ${check.statuses.join(' or ')},`;
  return `${printCheck(check)}${port}${check.tls ? ' (TLS)' : ''}${statuses}`;
}

/** `passing: 200 (since 2026-11-22 19:30:00)`; null before the first look. */
export function printProbeState(state: ProbeState | null): string | null {
  return state === null ? null : `${state.passing ? 'passing' : 'failing'}: ${state.text} (since ${printMoment(state.at)})`;
}

const PHASES = { running: 'running', undoing: 'going back, it failed', done: 'done', failed: 'failed' } as const;

/** `Reload of api: going back, it failed`. */
export function rolloutTitle(app: string, { cause, phase }: RolloutState): string {
  return `${ROLLOUTS[cause]} of ${app}: ${PHASES[phase]}`;
}

/** The rollout that runs, or the latest one, with what each slot went through. */
export function rolloutFacts(app: string, rollout: RolloutState, nowMs: number): FactRow[] {
  const { release, overlap, startedAt, endedAt, slots, failure } = rollout;
  return [
    ['release', String(release)],
    ['began', printMoment(startedAt)],
    [endedAt === null ? 'runs for' : 'took', printDuration((endedAt ?? nowMs) - startedAt)],
    ['way', printOverlap(overlap)],
    ...slots.map((slot): FactRow => [`${app}:${slot.slot}`, printSlot(slot, endedAt === null ? nowMs : null)]),
    ['reason', failure === null ? null : `${failure.reason}: ${failure.text}`],
    ['said last', failure?.lines ?? null],
  ];
}

/** `nowMs` null: it has ended, and what was not done will not be. */
function printSlot({ steps, action, begun, sinceAt }: RolloutSlot, nowMs: number | null): string {
  if (!begun) return nowMs === null ? 'untouched' : 'waits for its turn';
  const done = steps.map((step) => `${DONE[step.action]} ${printDuration(step.tookMs)}`);
  return [...done, ...printRest(action, sinceAt, nowMs)].join(', ') || 'nothing to do';
}

function printRest(action: RolloutSlot['action'], sinceAt: number | null, nowMs: number | null): string[] {
  if (action === null) return [];
  if (nowMs === null) return [`given up while ${DOING[action]}`];
  return [`${DOING[action]}${sinceAt === null ? '' : ` ${printDuration(nowMs - sinceAt)}`}`];
}
