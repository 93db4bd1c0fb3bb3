// What has happened between two states of a rollout, as the events that the log has of it. Pure.
import type { EventBody, EventKind, HoldfastEvent } from '../../model/event.ts';
import type { RolloutSlot, RolloutState } from '../../model/rollout.ts';

/** `before` undefined: all of it is new. `at` is the moment of printing. */
export function eventsBetween(
  app: string,
  { before, after, at }: { readonly before: RolloutState | undefined; readonly after: RolloutState; readonly at: number },
): HoldfastEvent[] {
  const known = before?.startedAt === after.startedAt ? before : undefined;
  const of =
    (slot: number | null) =>
    (body: EventBody): HoldfastEvent => ({ ...body, at, app, slot });
  const steps = after.slots.flatMap((slot) => newSteps(slot, known).map(of(slot.slot)));
  return [...(known === undefined ? [of(null)(begin(after))] : []), ...steps, ...phaseChange(known, after).map(of(null))];
}

function begin({ cause, release, slots, overlap }: RolloutState): EventBody {
  return { kind: 'rollout-started', cause, release, slots: slots.length, overlap };
}

/** Steps are only added; what became fewer began anew. */
function newSteps({ slot, steps }: RolloutSlot, known: RolloutState | undefined): EventBody[] {
  const told = known?.slots.find((other) => other.slot === slot)?.steps.length ?? 0;
  return steps.slice(told <= steps.length ? told : 0).map(({ action, tookMs }) => ({ kind: 'rollout-step', action, tookMs }));
}

/** How it failed is told at length where it ends. */
function phaseChange(known: RolloutState | undefined, { cause, phase, slots, startedAt, endedAt }: RolloutState): EventBody[] {
  if (known?.phase === phase) return [];
  switch (phase) {
    case 'undoing': {
      const replaced = slots.filter(({ steps }) => steps.some(({ action }) => action === 'leave')).length;
      return replaced === 0 ? [] : [{ kind: 'rollout-undoing', slots: replaced }];
    }
    case 'done':
      return [{ kind: 'rollout-done', cause, slots: slots.length, tookMs: (endedAt ?? startedAt) - startedAt }];
    case 'running':
    case 'failed':
      return [];
    default:
      return phase satisfies never;
  }
}

/** Whether an event that came besides the steps belongs to the story of a rollout: trouble, or requests that a drain has waited for or cut off. */
export function isTelling(event: HoldfastEvent, rollout: RolloutState | undefined): boolean {
  if (event.kind !== 'drained') return isTrouble(event, rollout);
  return event.report.finished + event.report.cut + event.report.toldToGo > 0;
}

const TROUBLE: readonly EventKind[] = [
  'not-ready',
  'will-restart',
  'kill-timeout',
  'port-busy',
  'readiness-failed',
  'release-vanished',
  'node-vanished',
  'loop-blocked',
  'host-gone',
];

/** Whether it says why a rollout takes long, or will fail. */
export function isTrouble(event: HoldfastEvent, rollout: RolloutState | undefined): boolean {
  return event.kind === 'exited' ? isComingUp(rollout, event.slot) : TROUBLE.includes(event.kind);
}

/** An instance that is stopped exits too: that is nothing to tell. */
function isComingUp(rollout: RolloutState | undefined, slot: number | null): boolean {
  if (rollout?.phase !== 'running') return false;
  const action = rollout.slots.find((one) => one.slot === slot)?.action ?? null;
  return action !== null && ['start-successor', 'start', 'await-ready', 'bake', 'join'].includes(action);
}
