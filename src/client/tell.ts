// Events as programs get them: with their weight and their sentence.
import { levelOf, printEvent } from '../model/event.ts';
import type { EventLevel, HoldfastEvent } from '../model/event.ts';

/** An event that can be shown as it is. */
export type ToldEvent = HoldfastEvent & { readonly level: EventLevel; readonly text: string };

/** Adds what is derived from it. */
export function tell(event: HoldfastEvent): ToldEvent {
  return { ...event, level: levelOf(event), text: printEvent(event) };
}
