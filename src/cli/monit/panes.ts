// What stands in each pane, whatever the size of the terminal: for the picture, and for how far can be scrolled. Pure.
import type { Palette } from '../render/colour.ts';
import { aboutRows } from './about-rows.ts';
import type { PaneStyle } from './fact-rows.ts';
import { layOut } from './layout.ts';
import type { Area, Pane } from './layout.ts';
import type { LogStyle } from './log-rows.ts';
import { metricRows } from './metric-rows.ts';
import { selectedRow } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import { keyOf } from './row.ts';

/** Of a pane, without its title. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** The panes that are shown. */
export function areasOf(monitor: Monitor): readonly Area[] {
  return layOut(monitor.size, { instances: monitor.rows.length, focus: monitor.focus });
}

/** Nothing where the pane is not shown. */
export function roomOf(monitor: Monitor, pane: Pane): Room {
  const area = areasOf(monitor).find((one) => one.pane === pane);
  return area === undefined ? { columns: 0, rows: 0 } : withoutTitle(area);
}

/** What is left below the title. */
export function withoutTitle({ columns, rows }: Area): Room {
  return { columns, rows: rows - 1 };
}

/** How lines of the log look in a pane of this width. */
export function logStyleOf(monitor: Monitor, columns: number, palette: Palette): LogStyle {
  return { columns, areMany: (selectedRow(monitor)?.app.instances.length ?? 0) > 1, palette };
}

/** All rows of a pane of facts; none without a selected instance. */
export function factRowsOf(monitor: Monitor, pane: 'metrics' | 'about', style: PaneStyle): readonly string[] {
  const row = selectedRow(monitor);
  if (row === undefined) return [];
  const { app, instance } = row;
  const subject = monitor.subject?.name === app.name ? monitor.subject : null;
  if (pane === 'metrics') {
    const full = subject?.instances.find(({ id, role }) => id === instance.id && role === instance.role) ?? null;
    return metricRows({ instance, full, usage: monitor.usage.byKey.get(keyOf(row)) }, style);
  }
  const alerts = monitor.alerts.filter((alert) => alert.app === app.name);
  return aboutRows({ app: subject ?? app, instance, alerts }, style);
}
