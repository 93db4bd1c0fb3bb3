// What apps say over Node's message channel, as PM2's bus tells it. Pure.
import type { AppMessage } from '../model/self-report.ts';

/** Whose message it is, as the bus says it. */
export interface BusSpeaker {
  readonly pm_id: number;
  readonly name: string;
  readonly namespace: string;
}

/** A message with a `type` and `data` is told under its own type, any other as it is under `process:msg`. */
export function toBusMessage({ at, message }: AppMessage, speaker: BusSpeaker): { readonly topic: string; readonly payload: object } {
  const { type, data } = (message ?? {}) as { readonly type?: unknown; readonly data?: unknown };
  // PM2 takes what JavaScript takes for true.
  const isTyped = (typeof type === 'string' || typeof type === 'number') && Boolean(type) && Boolean(data);
  return isTyped
    ? { topic: String(type), payload: { at, data, process: speaker } }
    : { topic: 'process:msg', payload: { at, raw: message, process: speaker } };
}
