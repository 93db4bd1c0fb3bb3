// What has happened between two states of a rollout, as the events that the log has of it. Pure.
import type { HoldfastEvent, EventBody } from '../../model/event.ts';
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
    case 'undoing':
      return [{ kind: 'rollout-undoing', slots: slots.length }];
    case 'done':
      return [{ kind: 'rollout-done', cause, slots: slots.length, tookMs: (endedAt ?? startedAt) - startedAt }];
    case 'running':
    case 'failed':
      return [];
    default:
      return phase satisfies never;
  }
}

/** Whether an event that came besides the steps belongs to the story of a rollout: why it takes long, or what was cut off. */
export function isTelling(event: HoldfastEvent, rollout: RolloutState | undefined): boolean {
  switch (event.kind) {
    case 'exited':
      return isComingUp(rollout, event.slot);
    case 'drained':
      return event.report.finished + event.report.cut + event.report.toldToGo > 0;
    case 'not-ready':
    case 'will-restart':
    case 'kill-timeout':
    case 'port-busy':
    case 'readiness-failed':
    case 'release-vanished':
    case 'node-vanished':
    case 'loop-blocked':
    case 'host-gone':
      return true;
    default:
      return false;
  }
}

/** An instance that is stopped exits too: that is nothing to tell. */
function isComingUp(rollout: RolloutState | undefined, slot: number | null): boolean {
  const action = rollout?.slots.find((one) => one.slot === slot)?.action ?? null;
  return action !== null && ['start-successor', 'start', 'await-ready', 'bake', 'join'].includes(action);
}
