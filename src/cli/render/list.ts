// The page of `list`: PM2's table of all instances; on a terminal what apps wait for and open alerts below. Pure: view in, text out.
import { printSubject } from '../../model/event.ts';
import { printCompactSize, printDuration } from '../../model/units.ts';
import type { AlertView, AppsReply, AppView, InstanceView, WaitingView } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { printMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { paintOfStatus, printStatus } from './status.ts';
import { renderTable } from './table.ts';
import type { Cell, Column } from './table.ts';
import { printUptime } from '../../model/uptime.ts';
import { printable } from './width.ts';
import type { WidthOf } from './width.ts';

/** Which of two instances comes first, as for Array.sort. */
export type Compare = (a: InstanceView, b: InstanceView) => number;

/** PM2's order: by name, then by id. */
export const BY_NAME: Compare = (a, b) => (a.app === b.app ? a.id - b.id : a.app < b.app ? -1 : 1);

/** Where the table goes, and what is known of its surroundings. */
export interface ListStyle {
  /** Null: into a pipe, where nothing is cut. */
  readonly maxWidth: number | null;
  /** Whether what PM2 does not have stands below the table: hints, what apps wait for, alerts. Not for scripts, which count words and lines. */
  readonly notes: boolean;
  readonly palette: Palette;
  readonly widthOf: WidthOf;
  /** There is a saved list to bring back. */
  readonly saved: boolean;
  /** PM2's where nothing is said. */
  readonly order?: Compare;
  /** The version of the package that a script belongs to, by its absolute path; null where there is none. */
  readonly versionOf: (script: string) => string | null;
  /** The name of the user that an app runs as. */
  readonly userOf: (app: AppView) => string;
  readonly machine: Machine;
}

interface Row {
  readonly instance: InstanceView;
  readonly app: AppView;
  readonly version: string;
  readonly user: string;
}

const WATCHING_WORDS = { on: 'enabled', off: 'disabled', paused: 'paused' } as const;

/** The whole page, with a newline at its end. */
export function renderList(reply: AppsReply, style: ListStyle): string {
  const compare = style.order ?? BY_NAME;
  const rows = reply.apps.flatMap((app) => rowsOf(app, style)).sort((a, b) => compare(a.instance, b.instance));
  const { maxWidth, widthOf, palette } = style;
  const table = renderTable({
    layouts: layouts(palette),
    rows,
    maxWidth,
    widthOf,
    paintTitle: palette.bold,
    paintFrame: palette.dim,
  });
  return `${table}${palette.dim(printMachine(style.machine))}\n${style.notes ? renderNotes(reply, style) : ''}`;
}

function rowsOf(app: AppView, { versionOf, userOf }: ListStyle): Row[] {
  const script = app.releases.find(({ current }) => current)?.script;
  const version = script === undefined ? null : versionOf(script);
  const user = userOf(app);
  return app.instances.map((instance) => ({ instance, app, version: version ?? 'N/A', user }));
}

/** PM2's three tables: names, order, units and widths of the columns are its own. */
function layouts(palette: Palette): readonly [readonly Column<Row>[], ...(readonly Column<Row>[])[]] {
  const column = (title: string, roomy: number, cell: (row: Row) => Cell | string): Column<Row> => ({
    title,
    roomy,
    shrinksTo: null,
    cell: (row) => asCell(cell(row)),
  });
  const shrinking = (shrinksTo: number, one: Column<Row>): Column<Row> => ({ ...one, shrinksTo });
  const id = column('id', 2, ({ instance }) => ({ text: String(instance.id), paint: palette.cyan }));
  const name = column('name', 8, ({ app }) => app.name);
  const mode = column('mode', 7, ({ app }) => app.mode);
  const restarts = column('↺', 4, ({ instance }) => String(instance.restarts));
  const status = column('status', 9, ({ instance, app }) => ({
    text: printStatus(instance, app.nextRunAt),
    paint: paintOfStatus(instance, palette),
  }));
  const cpu = column('cpu', 8, ({ instance }) => `${Number(instance.cpu.toFixed(1))}%`);
  const memory = column('mem', 8, ({ instance }) => printCompactSize(instance.pid === null ? 0 : instance.memory));
  return [
    [
      id,
      shrinking(16, name),
      shrinking(
        9,
        column('namespace', 11, ({ app }) => app.namespace),
      ),
      shrinking(
        7,
        column('version', 7, ({ version }) => version),
      ),
      mode,
      column('pid', 8, ({ instance }) => String(instance.pid ?? 0)),
      column('uptime', 6, ({ instance }) => (instance.uptimeMs === null ? '0' : printUptime(instance.uptimeMs))),
      restarts,
      status,
      cpu,
      memory,
      shrinking(
        8,
        column('user', 8, ({ user }) => user),
      ),
      column('watching', 8, ({ app }) => ({
        text: WATCHING_WORDS[app.watch],
        paint: { on: palette.green, off: palette.dim, paused: palette.red }[app.watch],
      })),
    ],
    [id, shrinking(12, name), mode, restarts, status, cpu, { ...memory, title: 'memory' }],
    [id, shrinking(8, name), status, cpu, memory],
  ];
}

function asCell(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: cell } : cell;
}

/** What is not PM2's: how to go on from an empty list, what apps wait for, open alerts. */
function renderNotes({ apps, alerts }: AppsReply, { saved, palette }: ListStyle): string {
  const isEmpty = apps.every(({ instances }) => instances.length === 0);
  const hints = ['No apps in the list. Start one: holdfast start app.js\n', saved ? 'Or start what was saved: holdfast resurrect\n' : ''];
  const lines = [
    ...(isEmpty ? [hints.join('')] : []),
    ...apps.map((app) => renderWaiting(app, palette)),
    ...alerts.map((alert) => renderAlert(alert, palette)),
  ].join('');
  return lines === '' ? '' : `\n${lines}`;
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
