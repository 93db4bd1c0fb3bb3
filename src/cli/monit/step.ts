// What the monitor becomes by news and by keys, and what is to be done then. Pure: who does it is run-monitor.ts.
import type { AppsReply, AppView, LogEntry } from '../../model/view.ts';
import { createPalette } from '../render/colour.ts';
import { actionOf } from './actions.ts';
import type { Action, AppCommand } from './actions.ts';
import { PANES } from './layout.ts';
import type { Size } from './layout.ts';
import { countLogRows } from './log-rows.ts';
import { modeOf, selectedIndex, selectedRow } from './monitor.ts';
import type { Monitor, Notice } from './monitor.ts';
import { areasOf, factRowsOf, logStyleOf, roomOf } from './panes.ts';
import { keyOf, rowsOf } from './row.ts';
import { sampleUsage } from './usage.ts';

/** What is heard of the daemon and of the terminal. */
export type News =
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'listed'; readonly reply: AppsReply; readonly at: number }
  /** What is known of one app in full. */
  | { readonly kind: 'described'; readonly app: AppView }
  /** The lines of an app are going to come, from the last ones on. */
  | { readonly kind: 'log-opened'; readonly app: string }
  | { readonly kind: 'lines'; readonly app: string; readonly lines: readonly LogEntry[] }
  | { readonly kind: 'lost' }
  | { readonly kind: 'told'; readonly notice: Notice };

/** What is to be done. */
export type Effect =
  | { readonly kind: 'leave' | 'suspend' }
  | { readonly kind: 'carry-out'; readonly command: AppCommand; readonly app: string };

/** What a key makes of it. */
export interface Step {
  readonly next: Monitor;
  readonly effect: Effect | null;
}

/** Of an app so many lines are at hand; the others are in its files. */
export const MAX_LINES = 1000;

/** With news. */
export function hear(monitor: Monitor, news: News): Monitor {
  switch (news.kind) {
    case 'resized':
      return withinReach(withoutHiddenQuestion({ ...monitor, size: news.size }));
    case 'listed':
      return withinReach(selectAgain(takeList(monitor, news)));
    case 'described':
      return news.app.name === monitor.log.app ? withinReach({ ...monitor, subject: news.app }) : monitor;
    case 'log-opened':
      return news.app === monitor.log.app ? { ...monitor, log: { ...monitor.log, lines: [], back: 0 } } : monitor;
    case 'lines':
      return news.app === monitor.log.app ? withinReach(addLines(monitor, news.lines)) : monitor;
    case 'lost':
      return { ...monitor, isConnected: false };
    case 'told':
      return { ...monitor, notice: news.notice };
    default:
      return news satisfies never;
  }
}

/** What cannot be seen must not be answered. */
function withoutHiddenQuestion(monitor: Monitor): Monitor {
  return areasOf(monitor).length === 0 ? { ...monitor, question: null } : monitor;
}

function takeList(monitor: Monitor, { reply, at }: Extract<News, { kind: 'listed' }>): Monitor {
  const rows = rowsOf(reply);
  return { ...monitor, isConnected: true, rows, alerts: reply.alerts, usage: sampleUsage(monitor.usage, rows, at) };
}

/** The same row, else one of the same id, else the one that is now where it was. */
function selectAgain(monitor: Monitor): Monitor {
  const { rows, selected } = monitor;
  const sameKey = selectedIndex(monitor);
  const sameId = rows.findIndex((row) => selected !== null && keyOf(row).split(' ')[0] === selected.key.split(' ')[0]);
  return selectRow(monitor, sameKey >= 0 ? sameKey : sameId >= 0 ? sameId : (selected?.index ?? 0));
}

/** With another app goes another log. */
function selectRow(monitor: Monitor, index: number): Monitor {
  const { rows } = monitor;
  const at = Math.max(0, Math.min(index, rows.length - 1));
  const row = rows[at];
  const name = row?.app.name ?? null;
  const isSame = name === monitor.log.app;
  return {
    ...monitor,
    selected: row === undefined ? null : { key: keyOf(row), index: at },
    ...(isSame ? {} : { subject: null, log: { app: name, lines: [], back: 0 }, above: { metrics: 0, about: 0 } }),
  };
}

/** Who has scrolled up goes on seeing the same lines. */
function addLines(monitor: Monitor, lines: readonly LogEntry[]): Monitor {
  const { log } = monitor;
  const back = log.back === 0 ? 0 : log.back + countLogRows(lines, styleOfLog(monitor));
  return { ...monitor, log: { ...log, lines: [...log.lines, ...lines].slice(-MAX_LINES), back } };
}

/** No pane is scrolled beyond what it has. */
function withinReach(monitor: Monitor): Monitor {
  const { log, above } = monitor;
  const back = log.back === 0 ? 0 : Math.min(log.back, farthestBack(monitor));
  const within = (pane: 'metrics' | 'about'): number => (above[pane] === 0 ? 0 : Math.min(above[pane], farthestDown(monitor, pane)));
  return { ...monitor, log: { ...log, back }, above: { metrics: within('metrics'), about: within('about') } };
}

/** With a key. What was said last has been seen by then. */
export function press(monitor: Monitor, key: string): Step {
  const action = actionOf(key, modeOf(monitor));
  const quiet = { ...monitor, notice: null };
  return action === null ? { next: quiet, effect: null } : act(quiet, action);
}

function act(monitor: Monitor, action: Action): Step {
  const only = (next: Monitor): Step => ({ next, effect: null });
  switch (action.kind) {
    case 'leave':
    case 'suspend':
      return { next: monitor, effect: { kind: action.kind } };
    case 'help':
      return only({ ...monitor, isHelpShown: true });
    case 'dismiss':
      return only({ ...monitor, isHelpShown: false, question: null });
    case 'focus':
      return only({ ...monitor, focus: PANES[(PANES.indexOf(monitor.focus) + PANES.length + action.way) % PANES.length]! });
    case 'move':
      return only(move(monitor, action));
    case 'ask':
      return only(ask(monitor, action.command));
    case 'confirm':
      return confirm(monitor);
    default:
      return action satisfies never;
  }
}

function move(monitor: Monitor, { by, way }: Extract<Action, { kind: 'move' }>): Monitor {
  const { focus, log, above } = monitor;
  const { rows } = roomOf(monitor, focus);
  const rowsMoved = way * { row: 1, page: Math.max(1, rows - 1), all: Infinity }[by];
  switch (focus) {
    case 'processes':
      return selectRow(monitor, selectedIndex(monitor) + rowsMoved);
    case 'log':
      return { ...monitor, log: { ...log, back: clamp(log.back - rowsMoved, farthestBack(monitor)) } };
    case 'metrics':
    case 'about':
      return { ...monitor, above: { ...above, [focus]: clamp(above[focus] + rowsMoved, farthestDown(monitor, focus)) } };
    default:
      return focus satisfies never;
  }
}

function ask(monitor: Monitor, command: AppCommand): Monitor {
  const app = selectedRow(monitor)?.app;
  if (app === undefined || !monitor.isConnected) return monitor;
  const instances = app.instances.filter(({ role }) => role === 'current').length;
  return withoutHiddenQuestion({ ...monitor, question: { command, app: app.name, instances } });
}

function confirm(monitor: Monitor): Step {
  const { question } = monitor;
  const next = { ...monitor, question: null };
  return { next, effect: question === null ? null : { kind: 'carry-out', command: question.command, app: question.app } };
}

/** How a row looks does not change how many there are. */
const PLAIN = createPalette(false);

function styleOfLog(monitor: Monitor): ReturnType<typeof logStyleOf> {
  return logStyleOf(monitor, roomOf(monitor, 'log').columns, PLAIN);
}

/** A pane that is not shown is not scrolled. */
function farthestBack(monitor: Monitor): number {
  const { columns, rows } = roomOf(monitor, 'log');
  return columns === 0 ? 0 : Math.max(0, countLogRows(monitor.log.lines, styleOfLog(monitor)) - rows);
}

function farthestDown(monitor: Monitor, pane: 'metrics' | 'about'): number {
  const { columns, rows } = roomOf(monitor, pane);
  return columns === 0 ? 0 : Math.max(0, factRowsOf(monitor, pane, { columns, palette: PLAIN }).length - rows);
}

function clamp(number: number, most: number): number {
  return Math.max(0, Math.min(number, most));
}
