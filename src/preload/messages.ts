// What the app sends to its manager, held within bounds where it costs nobody but the app: of metrics the latest, of all else what somebody hears.
import { createAllowance } from '../model/allowance.ts';
import { MAX_ENTRIES, MAX_ENTRY_CHARS, MAX_MESSAGE_CHARS, MESSAGES_PER_SECOND } from '../model/self-report.ts';
import type { Channel } from './channel.ts';

type Send = (message: unknown, ...rest: unknown[]) => boolean;
type Fields = Readonly<Record<string, unknown>>;

/** Metrics go out so often and no oftener; libraries send them once a second. */
const METRICS_EVERY_MS = 500;
/** When those that were not sent are told of. */
const TELL_AFTER_MS = 1000;

/** Announcements and replies are few; a flood of other messages leaves them their own room. */
const ANNOUNCEMENTS_PER_SECOND = { count: 2 * MAX_ENTRIES, chars: 2 * MAX_MESSAGE_CHARS };

export interface Messages {
  /** Whether anybody hears what the app says. */
  hear(on: boolean): void;
}

/** The process, as far as it sends. */
export interface Sender {
  send?: unknown;
  readonly connected: boolean;
}

/** To be called before the app runs, when `send` is otherwise what it is to be. */
export function limitMessages(channel: Pick<Channel, 'say'>, sender: Sender = process): Messages {
  const send = sender.send as Send;
  const announcements = createAllowance(ANNOUNCEMENTS_PER_SECOND);
  const others = createAllowance(MESSAGES_PER_SECOND);
  let isHeard = true;
  let unsent = 0;
  let metrics: Fields | null = null;
  let metricsSentMs = Number.NEGATIVE_INFINITY;

  sender.send = (message: unknown, ...rest: unknown[]): boolean => {
    const hasHandle = rest[0] !== undefined && rest[0] !== null && typeof rest[0] !== 'function';
    if (!sender.connected || hasHandle || isAlwaysSent(message)) return send(message, ...rest);
    // As without a manager, what has no JSON form is an error of whoever sends it.
    const text = JSON.stringify(message) as string | undefined;
    if (text === undefined) return send(message, ...rest);
    const verdict = decide(message, text.length);
    if (verdict !== 'kept back') return send(verdict.sent, ...rest);
    const done = rest.find((argument) => typeof argument === 'function');
    if (done !== undefined) process.nextTick(done, null);
    return true;
  };

  /** Kept back: it is not sent, or not now. */
  function decide(message: unknown, chars: number): { readonly sent: unknown } | 'kept back' {
    const { type, data } = (message ?? {}) as { readonly type?: unknown; readonly data?: unknown };
    const nowMs = Date.now();
    switch (type) {
      case 'axm:monitor':
        if (chars <= MAX_MESSAGE_CHARS && typeof data === 'object' && data !== null) keepMetrics(data as Fields);
        return 'kept back';
      case 'axm:action':
      case 'axm:option:configuration':
        return announcements.take(nowMs, chars) ? { sent: message } : missed();
      case 'axm:reply':
        if (chars > MAX_MESSAGE_CHARS) return { sent: shortReply((data ?? {}) as Fields, chars) };
        return announcements.take(nowMs, chars) ? { sent: message } : missed();
      default:
        if (!isHeard) return 'kept back';
        return others.take(nowMs, chars) ? { sent: message } : missed();
    }
  }

  function keepMetrics(told: Fields): void {
    const isWaiting = metrics !== null;
    // Longer ones would not be kept.
    const fitting = Object.entries(told).filter(([, value]) => (JSON.stringify(value) ?? '').length <= MAX_ENTRY_CHARS);
    metrics = Object.fromEntries(Object.entries({ ...metrics, ...Object.fromEntries(fitting) }).slice(0, MAX_ENTRIES));
    if (isWaiting) return;
    const waitMs = metricsSentMs + METRICS_EVERY_MS - Date.now();
    if (waitMs <= 0) return sendMetrics();
    setTimeout(sendMetrics, Math.min(waitMs, METRICS_EVERY_MS)).unref();
  }

  function sendMetrics(): void {
    const data = metrics;
    metrics = null;
    metricsSentMs = Date.now();
    if (sender.connected) send({ type: 'axm:monitor', data });
  }

  function missed(): 'kept back' {
    unsent += 1;
    if (unsent === 1) setTimeout(tellMissed, TELL_AFTER_MS).unref();
    return 'kept back';
  }

  function tellMissed(): void {
    channel.say({ act: 'unsent', count: unsent });
    unsent = 0;
  }

  return { hear: (on) => void (isHeard = on) };
}

/** The answers that a manager waits for, and Node's own. */
function isAlwaysSent(message: unknown): boolean {
  if (typeof message !== 'object') return message === 'ready' || message === 'healthy' || message === undefined;
  const { cmd } = (message ?? {}) as { readonly cmd?: unknown };
  return typeof cmd === 'string' && cmd.startsWith('NODE_');
}

/** Whoever waits for it hears why it does not come. */
function shortReply(data: Fields, chars: number): object {
  const error = `Cannot hand on what the action returned: it has ${chars} characters as JSON, and ${MAX_MESSAGE_CHARS} is the most.`;
  return { type: 'axm:reply', data: { at: data['at'], action_name: data['action_name'], return: { error } } };
}
