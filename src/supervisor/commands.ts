// What a command means for the instances of an app. It says what each of them is told; the lifecycle decides what follows.
import type { ProcessId, SlotId } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import { hasChild } from '../policy/lifecycle.ts';
import type { Event } from '../policy/lifecycle.ts';
import type { Instances } from './instances.ts';
import type { Live } from './live.ts';

/** What can be asked of a supervisor. */
export type AppCommand =
  | {
      readonly type: 'apply';
      readonly release: Release;
      readonly slots: readonly SlotId[];
      readonly start: boolean;
      readonly orphans: readonly ProcessId[];
    }
  | { readonly type: 'start' | 'stop' | 'restart' | 'reset' | 'remove'; readonly slots: readonly number[] };

/** Tells the instances, in order. What is started by command is started from `release`. */
export function carryOut(
  command: AppCommand,
  { instances, release, tell }: { instances: Instances; release: Release; tell: (live: Live, event: Event) => void },
): void {
  switch (command.type) {
    case 'apply':
      return applySlots(command, instances, tell);
    case 'start':
    case 'restart':
      for (const slot of command.slots) {
        const holder = instances.holder(slot);
        // What is being removed does not come back.
        if (!holder || holder.forget) continue;
        if (command.type === 'restart' || !hasChild(holder.machine.phase)) holder.next = release;
        tell(holder, { type: command.type });
      }
      return;
    case 'reset':
      for (const slot of command.slots) {
        const holder = instances.holder(slot);
        if (holder) tell(holder, { type: command.type });
      }
      return;
    case 'stop':
      for (const live of instances.inSlots(command.slots)) tell(live, { type: 'stop' });
      return;
    case 'remove':
      return remove(instances.inSlots(command.slots), tell);
    default:
      return command satisfies never;
  }
}

/** As a person calls it who asked for it: `a delete`. */
export function nameOf({ type }: AppCommand): string {
  if (type === 'apply') return 'another configuration';
  return `a ${type === 'remove' ? 'delete' : type}`;
}

/** The slots that a command takes over from a running rollout. */
export function slotsTaken(command: AppCommand, instances: Instances, release: Release): readonly number[] {
  switch (command.type) {
    case 'start':
    case 'reset':
      return [];
    case 'stop':
    case 'restart':
    case 'remove':
      return command.slots;
    case 'apply': {
      const held = instances.all().map((live) => live.slot);
      const wanted = command.slots.map(({ slot }) => slot);
      const changesNothing = command.release.number === release.number && new Set([...held, ...wanted]).size === wanted.length;
      // A daemon that has come back says once more what is already so.
      return changesNothing && wanted.every((slot) => held.includes(slot)) ? [] : held;
    }
    default:
      return command satisfies never;
  }
}

function applySlots(command: Extract<AppCommand, { type: 'apply' }>, instances: Instances, tell: (live: Live, event: Event) => void): void {
  const kept = new Set(command.slots.map(({ slot }) => slot));
  remove(
    instances.all().filter((live) => !kept.has(live.slot)),
    tell,
  );
  for (const slot of command.slots) {
    const holder = instances.holder(slot.slot);
    if (holder && !holder.forget) continue;
    const live = instances.create(slot, 'current');
    live.next = command.release;
    if (holder) holder.role = 'leaving';
    tell(live, { type: command.start ? 'start' : 'stop' });
  }
}

function remove(lives: readonly Live[], tell: (live: Live, event: Event) => void): void {
  for (const live of lives) {
    live.forget = true;
    tell(live, { type: 'stop' });
  }
}
