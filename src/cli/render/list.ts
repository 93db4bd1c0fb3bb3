// The table of `list`: apps and their instances, open alerts below. Pure: view in, text out.
import { printSubject } from '../../model/event.ts';
import { printDuration, printSize } from '../../model/units.ts';
import type { AlertView, AppsReply, AppView, InstanceView, WaitingView } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { renderTable } from './table.ts';
import type { Cell, Column } from './table.ts';
import { printMoment } from './text.ts';
import { printUptime } from '../../model/uptime.ts';
import { printable } from './width.ts';
import type { WidthOf } from './width.ts';

/** Which of two instances comes first, as for Array.sort. */
export type Compare = (a: InstanceView, b: InstanceView) => number;

/** The usual order. */
export const BY_ID: Compare = (a, b) => a.id - b.id;

/** Where the table goes. `maxWidth` null: into a pipe, where nothing is cut. `saved`: there is a saved list to bring back. */
export interface ListStyle {
  readonly maxWidth: number | null;
  readonly palette: Palette;
  readonly widthOf: WidthOf;
  readonly saved: boolean;
  /** By id where nothing is said. */
  readonly order?: Compare;
}

/** On a narrow terminal names shrink first, then columns go in the order of `drops`; id, name and status stay. */
const COLUMNS: readonly Column[] = [
  { title: 'id', align: 'right', drops: null, shrinksTo: null },
  { title: 'name', align: 'left', drops: null, shrinksTo: 12 },
  { title: 'mode', align: 'left', drops: 1, shrinksTo: null },
  { title: 'pid', align: 'right', drops: 2, shrinksTo: null },
  { title: 'uptime', align: 'right', drops: 3, shrinksTo: null },
  { title: '↺', align: 'right', drops: 4, shrinksTo: null },
  { title: 'status', align: 'left', drops: null, shrinksTo: null },
  { title: 'cpu', align: 'right', drops: 5, shrinksTo: null },
  { title: 'mem', align: 'right', drops: 6, shrinksTo: null },
];

/** Only where an app watches files: it goes first where there is no room. */
const WATCHING: Column = { title: 'watching', align: 'left', drops: 0, shrinksTo: null };
const WATCHING_WORDS = { on: 'enabled', off: 'disabled', paused: 'paused' } as const;

/** The whole page, with a newline at its end. */
export function renderList(reply: AppsReply, style: ListStyle): string {
  const compare = style.order ?? BY_ID;
  const isWatched = reply.apps.some(({ watch }) => watch !== 'off');
  const instances = reply.apps
    .flatMap((app) => app.instances.map((instance) => ({ instance, app })))
    .sort((a, b) => compare(a.instance, b.instance));
  const alerts = reply.alerts.map((alert) => renderAlert(alert, style.palette)).join('');
  const table =
    instances.length === 0
      ? `No apps in the list. Start one: holdfast start app.js\n${style.saved ? 'Or start what was saved: holdfast resurrect\n' : ''}`
      : renderTable({
          columns: isWatched ? [...COLUMNS, WATCHING] : COLUMNS,
          rows: instances.map(({ instance, app }) => [
            ...renderInstance(instance, app.nextRunAt, style.palette),
            ...(isWatched ? [renderWatching(app, style.palette)] : []),
          ]),
          maxWidth: style.maxWidth,
          widthOf: style.widthOf,
          paintTitle: style.palette.bold,
        });
  const below = `${reply.apps.map((app) => renderWaiting(app, style.palette)).join('')}${alerts}`;
  return below === '' ? table : `${table}\n${below}`;
}

/** What an app waits for, as a line; nothing where it waits for nothing. */
export function renderWaiting({ name, waiting }: Pick<AppView, 'name' | 'waiting'>, palette: Palette): string {
  return waiting === null ? '' : `${palette.yellow('waits')}  ${printable(`App [${name}] waits for ${printWaiting(waiting)}`)}\n`;
}

/** `db (ready), which is starting: 12 s of at most 10 min`. */
export function printWaiting({ for: awaited, sinceMs, limitMs }: WaitingView): string {
  const what = awaited.map(({ app, condition, text }) => `${app} (${condition}), which ${text}`).join(', and ');
  return `${what === '' ? 'its turn' : what}: ${printDuration(sinceMs)} of at most ${printDuration(limitMs)}`;
}

/** One open alert as a line. */
export function renderAlert(alert: AlertView, palette: Palette): string {
  return `${palette.red('alert')}  ${printable(`${printSubject(alert)} ${alert.text}`)}\n`;
}

function renderInstance(instance: InstanceView, nextRunAt: number | null, palette: Palette): Cell[] {
  return [
    { text: String(instance.id), paint: palette.cyan },
    { text: instance.app },
    { text: instance.mode },
    { text: instance.pid === null ? '-' : String(instance.pid) },
    { text: printUptime(instance.uptimeMs) },
    { text: String(instance.restarts) },
    { text: `${printStatus(instance)}${printWait(instance, nextRunAt)}`, paint: paintOfStatus(instance, palette) },
    { text: `${Number(instance.cpu.toFixed(1))}%` },
    { text: instance.pid === null ? '-' : printSize(instance.memory) },
  ];
}

function renderWatching({ watch }: AppView, palette: Palette): Cell {
  return { text: WATCHING_WORDS[watch], paint: { on: palette.green, off: palette.dim, paused: palette.red }[watch] };
}

/** `until 11-30 03:00` for one that waits for its schedule. */
function printWait({ status }: InstanceView, nextRunAt: number | null): string {
  return status === 'waiting' && nextRunAt !== null ? ` until ${printMoment(nextRunAt).slice('YYYY-'.length, -':ss'.length)}` : '';
}

/** What the status of an instance is printed from. */
type Shown = Pick<InstanceView, 'status' | 'role' | 'readiness' | 'restartInMs'>;

/**
 * The status; an instance that is replacing another, or is being replaced, says so: both have the same id. One whose readiness probe fails is online,
 * and says that it is not ready. One that was given up says when it gets its second chance.
 */
export function printStatus(instance: Shown): string {
  if (instance.role !== 'current') return `${instance.status} (${instance.role})`;
  if (instance.status === 'errored' && instance.restartInMs !== null) return `errored (again in ${printUptime(instance.restartInMs)})`;
  return isUnready(instance) ? `${instance.status} (not ready)` : instance.status;
}

function isUnready({ status, readiness }: Shown): boolean {
  return status === 'online' && readiness?.passing === false;
}

/** Green serves, cyan could, red is given up or left alone, yellow is on its way or does not serve; grey was stopped. */
export function paintOfStatus(instance: Shown, palette: Palette): (text: string) => string {
  const { status } = instance;
  switch (status) {
    case 'online':
      return isUnready(instance) ? palette.yellow : palette.green;
    case 'standby':
      return palette.cyan;
    case 'errored':
    case 'unsupervised':
      return palette.red;
    case 'stopped':
      return palette.dim;
    case 'waiting':
    case 'starting':
    case 'draining':
    case 'stopping':
    case 'waiting restart':
      return palette.yellow;
    default:
      return status satisfies never;
  }
}
