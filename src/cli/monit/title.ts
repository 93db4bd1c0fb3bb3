// The title of a pane: a line with its name in it, heavy and bright where the keys go. Pure.
import { toPm2Status } from '../../model/pm2-status.ts';
import { printCompactSize } from '../../model/units.ts';
import type { Palette } from '../render/colour.ts';
import { printable } from '../render/width.ts';
import { widthOf } from '../render/wide.ts';
import type { Area } from './layout.ts';
import { selectedRow } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import type { Row } from './row.ts';
import { clipStyled } from './styled.ts';

const NAMES = { processes: 'Processes', log: 'Log', metrics: 'Metrics', about: 'About' } as const;
const GAP = '  ';

/** One row as wide as the pane; `note` may be empty. */
export function drawTitle(monitor: Monitor, { area, note }: { readonly area: Area; readonly note: string }, palette: Palette): string {
  const isFocused = monitor.focus === area.pane;
  const name = `${NAMES[area.pane]}${subjectOf(monitor, area)}`;
  const words = note === '' ? [name] : [name, note];
  const paint = isFocused ? palette.cyan : palette.dim;
  const painted = words.map((word, index) => (index > 0 ? palette.dim(word) : palette.bold(isFocused ? palette.cyan(word) : word)));
  const line = isFocused ? '━' : '─';
  const rest = line.repeat(Math.max(0, area.columns - widthOf(` ${words.join(GAP)} `) - line.length));
  return clipStyled(`${paint(line)} ${painted.join(GAP)} ${paint(rest)}`, area.columns);
}

/** ` of api`, or ` of api:1` where it is about one instance. */
function subjectOf(monitor: Monitor, { pane }: Area): string {
  const row = selectedRow(monitor);
  if (pane === 'processes' || row === undefined) return '';
  const name = printable(row.app.name);
  return ` of ${pane === 'log' ? name : `${name}:${row.instance.slot}`}`;
}

/** `3 online, 1 errored, cpu 2.5%, mem 210mb`; before that which rows are shown, where there is no room for all. */
export function noteOfList(rows: readonly Row[], { first, last }: { readonly first: number; readonly last: number }): string {
  if (rows.length === 0) return '';
  const statuses = new Map<string, number>();
  for (const word of rows.map(({ instance }) => toPm2Status(instance.status))) statuses.set(word, (statuses.get(word) ?? 0) + 1);
  const cpu = rows.reduce((sum, { instance }) => sum + instance.cpu, 0);
  const memory = rows.reduce((sum, { instance }) => sum + instance.memory, 0);
  return [
    ...(last - first < rows.length ? [`${first + 1}-${last} of ${rows.length}`] : []),
    ...[...statuses].map(([status, number]) => `${number} ${status}`),
    `cpu ${Number(cpu.toFixed(1))}%`,
    `mem ${printCompactSize(memory)}`,
  ].join(', ');
}

/** `back` rows are below what is shown. */
export function noteOfLog(back: number): string {
  return back === 0 ? '' : `${back} more below; End follows`;
}

/** Which of `all` rows are shown, where there is no room for all. */
export function noteOfFacts(all: number, { first, rows }: { readonly first: number; readonly rows: number }): string {
  return all <= rows ? '' : `${first + 1}-${Math.min(all, first + rows)} of ${all}`;
}
