// The title of a pane: a line with its name in it, heavy and bright where the keys go. Pure.
import { toPm2Status } from '../../model/pm2-status.ts';
import { printCompactSize } from '../../model/units.ts';
import type { Palette } from '../render/colour.ts';
import { printable } from '../render/width.ts';
import { widthOf } from '../render/wide.ts';
import type { Area } from './layout.ts';
import { visibleRange } from './list-rows.ts';
import { rowsOf, selectedIndex, selectedRow } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import { factRowsOf, withoutTitle } from './panes.ts';
import { clipStyled } from './styled.ts';

const NAMES = { processes: 'Processes', log: 'Log', metrics: 'Metrics', about: 'About' } as const;

/** One row as wide as the pane. */
export function drawTitle(monitor: Monitor, area: Area, palette: Palette): string {
  const isFocused = monitor.focus === area.pane;
  const line = isFocused ? '━' : '─';
  const name = `${NAMES[area.pane]}${subjectOf(monitor, area)}`;
  const note = noteOf(monitor, area, palette);
  const words = ` ${isFocused ? palette.bold(palette.cyan(name)) : palette.bold(name)}${note === '' ? '' : `  ${palette.dim(note)}`} `;
  const left = area.columns - widthOf(` ${name}${note === '' ? '' : `  ${note}`} `) - 1;
  const paint = isFocused ? palette.cyan : palette.dim;
  return clipStyled(`${paint(line)}${words}${paint(line.repeat(Math.max(0, left)))}`, area.columns);
}

/** ` of api`, or ` of api:1` where it is about one instance. */
function subjectOf(monitor: Monitor, { pane }: Area): string {
  const row = selectedRow(monitor);
  if (pane === 'processes' || row === undefined) return '';
  const name = printable(row.app.name);
  return ` of ${pane === 'log' ? name : `${name}:${row.instance.slot}`}`;
}

function noteOf(monitor: Monitor, area: Area, palette: Palette): string {
  const { rows, columns } = withoutTitle(area);
  const { pane } = area;
  switch (pane) {
    case 'processes':
      return noteOfList(monitor, rows);
    case 'log':
      return monitor.log.back === 0 ? '' : `${monitor.log.back} more below; End follows`;
    case 'metrics':
    case 'about': {
      const all = factRowsOf(monitor, pane, { columns, palette }).length;
      const above = monitor.above[pane];
      return all <= rows ? '' : `${above + 1}-${Math.min(all, above + rows)} of ${all}`;
    }
    default:
      return pane satisfies never;
  }
}

/** `3 online, 1 errored, cpu 2.5%, mem 210mb`; before that which rows are shown, where there is no room for all. */
function noteOfList(monitor: Monitor, rows: number): string {
  const instances = rowsOf(monitor).map(({ instance }) => instance);
  if (instances.length === 0) return '';
  const statuses = new Map<string, number>();
  for (const word of instances.map(({ status }) => toPm2Status(status))) statuses.set(word, (statuses.get(word) ?? 0) + 1);
  const cpu = instances.reduce((sum, instance) => sum + instance.cpu, 0);
  const memory = instances.reduce((sum, instance) => sum + instance.memory, 0);
  const { first, last } = visibleRange(instances.length, selectedIndex(monitor), rows - 1);
  return [
    ...(last - first < instances.length ? [`${first + 1}-${last} of ${instances.length}`] : []),
    ...[...statuses].map(([status, number]) => `${number} ${status}`),
    `cpu ${Number(cpu.toFixed(1))}%`,
    `mem ${printCompactSize(memory)}`,
  ].join(', ');
}
