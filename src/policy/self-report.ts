// What of an app's message is a report about itself, and what is kept of it. Pure.
import { MAX_ENTRIES, MAX_ENTRY_CHARS } from '../model/self-report.ts';
import type { AppAction, SelfReport } from '../model/self-report.ts';

/** Of an app that has told nothing. */
export const NO_REPORT: SelfReport = { metrics: {}, actions: [], options: {} };

/** The report with what the message adds to it; null where the message is none of that kind. What does not fit is left out. */
export function noteReport(report: SelfReport, message: unknown): SelfReport | null {
  if (!isRecord(message)) return null;
  const { type, data } = message;
  switch (type) {
    case 'axm:monitor':
      return isRecord(data) ? { ...report, metrics: merge(report.metrics, data, isRecord) } : report;
    case 'axm:action':
      return isAction(data) ? { ...report, actions: add(report.actions, data) } : report;
    case 'axm:option:configuration':
      return isRecord(data) ? { ...report, options: merge(report.options, data, isAnything) } : report;
    default:
      return null;
  }
}

/** The action whose reply the message is; null where it is none. */
export function replyOf(message: unknown): { readonly action: string; readonly data: Readonly<Record<string, unknown>> } | null {
  if (!isRecord(message) || message['type'] !== 'axm:reply' || !isRecord(message['data'])) return null;
  const { data } = message;
  return typeof data['action_name'] === 'string' ? { action: data['action_name'], data } : null;
}

function merge<V>(
  known: Readonly<Record<string, V>>,
  told: Readonly<Record<string, unknown>>,
  isRight: (value: unknown) => value is V,
): Readonly<Record<string, V>> {
  const merged = new Map(Object.entries(known));
  for (const [name, value] of Object.entries(told))
    if (isRight(value) && fits([name, value]) && (merged.has(name) || merged.size < MAX_ENTRIES)) merged.set(name, value);
  return Object.fromEntries(merged);
}

/** One that is told again is known already. */
function add(known: readonly AppAction[], action: AppAction): readonly AppAction[] {
  const isKnown = known.some((one) => one.action_name === action.action_name);
  return isKnown || known.length >= MAX_ENTRIES || !fits(action) ? known : [...known, action];
}

function isAnything(_value: unknown): _value is unknown {
  return true;
}

function isAction(data: unknown): data is AppAction {
  return isRecord(data) && typeof data['action_name'] === 'string' && data['action_name'] !== '';
}

function fits(value: unknown): boolean {
  return JSON.stringify(value).length <= MAX_ENTRY_CHARS;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
