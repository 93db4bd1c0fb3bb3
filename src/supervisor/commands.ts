// What a command means for the instances of an app. It says what each of them is told; the lifecycle decides what follows.
import type { ProcessId, SlotId } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
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

/** Tells the instances. `isTold` is called for each with its command, in order. */
export function carryOut(command: AppCommand, instances: Instances, tell: (live: Live, event: Event) => void): void {
  switch (command.type) {
    case 'apply':
      return applySlots(command, instances, tell);
    case 'start':
    case 'restart':
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

/** The slots that a command takes over from a running replacement. */
export function slotsOf(command: AppCommand, instances: Instances): readonly number[] {
  if (command.type !== 'apply') return command.slots;
  return instances.all().map((live) => live.slot);
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
