// Carries out a draft: has the host begin the rollout, waits for its end, and only then takes the result into the list.
import { HoldfastError } from '../../model/errors.ts';
import type { ProcessId } from '../../model/protocol.ts';
import type { RolloutState } from '../../model/rollout.ts';
import type { DesiredSlot } from '../../policy/reconcile.ts';
import { livingHostOf } from '../next-host.ts';
import { withRelease } from '../releases.ts';
import type { StoredApp } from '../store.ts';
import { slotIds } from '../supervise.ts';
import { saveState } from './plan.ts';
import type { Running } from './plan.ts';
import type { Draft } from './ways.ts';

/** Resolves when the rollout has ended, well or not, or when nothing more can be known of it. */
export async function rollOut(running: Running, draft: Draft): Promise<void> {
  const { context, task } = running;
  const { app, cause, release, replace, parallel, surge } = draft;
  const { name } = app.spec;
  const slots = slotsAfter(running, draft);
  const before = processes(running, name);
  const link = await livingHostOf(context, app);
  if (link === null)
    throw new HoldfastError('HOST_UNREACHABLE', `Cannot roll out ${name}: its host died, and no other has come.`, {
      hint: `holdfast restart ${name}`,
    });
  const end = await task.rollout(name, cause, () =>
    link.request({
      type: 'rollout',
      app: name,
      cause,
      release: { ...release, spec: { ...release.spec, instances: slots.length } },
      slots: slotIds({ slots }),
      replace,
      parallel,
      surge,
    }),
  );
  if (end.kind === 'let-go') return tellOutcomes(running, draft, { slots, ok: false, text: () => end.text });
  const after = processes(running, name);
  if (end.state.phase === 'done') {
    await takeIn(running, draft, { slots, state: end.state });
    const text = (slot: number): string => doneText(draft, slot, before.get(slot)?.pid ?? null, after.get(slot)?.pid ?? null);
    return tellOutcomes(running, draft, { slots, ok: true, text });
  }
  task.fail(failureText(end.state, task.apps.length > 1 ? `${name}: ` : ''));
  const text = (slot: number): string => keptText(before.get(slot)?.pid ?? null, after.get(slot)?.pid ?? null);
  tellOutcomes(running, draft, { slots, ok: false, text });
}

/** `deploy failed: not-ready: ...`. */
export function failureText({ failure }: Pick<RolloutState, 'failure'>, before = ''): string {
  return failure === null ? `${before}deploy failed` : `${before}deploy failed: ${failure.reason}: ${failure.text}`;
}

/** Ids of added slots are given here: where the rollout fails nobody has heard of them. */
function slotsAfter({ context }: Running, { app, replace, add, remove }: Draft): readonly DesiredSlot[] {
  const ids = context.store.takeIds(add.length);
  return [
    ...app.slots
      .filter((slot) => !remove.includes(slot.slot))
      .map((slot) => (replace.includes(slot.slot) ? { ...slot, goal: 'up' as const } : slot)),
    ...add.map((slot, index) => ({ slot, id: ids[index]!, goal: 'up' as const })),
  ];
}

async function takeIn(
  { context, task }: Running,
  { app, release }: Draft,
  { slots, state }: { readonly slots: readonly DesiredSlot[]; readonly state: RolloutState },
): Promise<void> {
  const present = context.store.get(app.spec.name) ?? app;
  const next: StoredApp = { ...present, slots, rolloutAt: state.startedAt };
  context.store.put(withRelease(next, release, { now: context.clock.epochMs(), healthy: true }));
  context.registry.setRelease(app.spec.name, release);
  await saveState(context, task);
}

interface Told {
  readonly slots: readonly DesiredSlot[];
  readonly ok: boolean;
  readonly text: (slot: number) => string;
}

/** Slots that were not touched have none. */
function tellOutcomes({ task }: Running, { app, replace, add, remove }: Draft, { slots, ok, text }: Told): void {
  const known = [...slots, ...app.slots.filter((slot) => remove.includes(slot.slot))];
  for (const slot of known)
    if (replace.includes(slot.slot) || add.includes(slot.slot) || remove.includes(slot.slot))
      task.outcome(app.spec.name, slot, { ok, text: text(slot.slot) });
}

function processes({ context }: Running, name: string): ReadonlyMap<number, ProcessId> {
  return new Map(
    context.registry
      .rows(name)
      .flatMap((row) => (row.role === 'current' && row.process !== null ? [[row.slot, row.process] as const] : [])),
  );
}

function doneText({ cause, add, remove }: Draft, slot: number, from: number | null, to: number | null): string {
  if (remove.includes(slot)) return 'deleted';
  if (add.includes(slot)) return 'online';
  if (from === null) return to === null ? 'started' : `started: pid ${to}`;
  const word = cause === 'rollback' ? 'rolled back' : 'reloaded';
  return to === null ? word : `${word}: pid ${from} -> ${to}`;
}

function keptText(from: number | null, to: number | null): string {
  if (to === null) return 'not running';
  if (from === null) return `running: pid ${to}`;
  return from === to ? `as before: pid ${to}` : `put back: pid ${from} -> ${to}`;
}
