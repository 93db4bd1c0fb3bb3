// The pane of what the selected instance uses, and tells of itself. Pure.
import { printSize } from '../../model/units.ts';
import type { InstanceView } from '../../model/view.ts';
import type { FactRow } from '../render/facts.ts';
import { metricFacts } from '../render/self-report.ts';
import { widthOf } from '../render/wide.ts';
import { factRows } from './fact-rows.ts';
import type { PaneStyle } from './fact-rows.ts';
import { foldStyled, plainText } from './styled.ts';
import { renderBars } from './usage.ts';
import type { Usage } from './usage.ts';

/** `full` is the same instance with its report; null until that is known. */
export interface Metered {
  readonly instance: InstanceView;
  readonly full: InstanceView | null;
  readonly usage: Usage | undefined;
}

/** Of a figure that has bars behind it. */
const FIGURE_COLUMNS = '1000 MB  '.length;
/** Fewer bars say nothing. */
const LEAST_BARS = 8;

/** Its processor time and memory with those of the last minute, then its metrics and actions. */
export function metricRows({ instance, full, usage }: Metered, { columns, palette }: PaneStyle): readonly string[] {
  const report = full?.selfReport ?? null;
  const metrics = metricFacts(report);
  const nameColumns = Math.max(...['memory', ...metrics.map(([name]) => name)].map((name) => widthOf(plainText(name))));
  const room = columns - Math.min(nameColumns, Math.floor(columns / 2)) - '   '.length - FIGURE_COLUMNS;
  const withBars = (figure: string, values: readonly number[] = []): string =>
    room < LEAST_BARS ? figure : `${figure.padEnd(FIGURE_COLUMNS)}${renderBars(values, room)}`;
  const facts: FactRow[] = [
    ['cpu', withBars(`${Number(instance.cpu.toFixed(1))}%`, usage?.cpu)],
    ['memory', withBars(instance.pid === null ? 'none' : printSize(instance.memory), usage?.memory)],
    ...metrics,
    ['actions', report?.actions.map((action) => action.action_name) ?? []],
  ];
  const isSilent = instance.pid !== null && full !== null && report === null;
  const hint = isSilent ? ['', palette.dim(' It tells of no metrics (@pm2/io, or axm:monitor).')] : [];
  return [...factRows(facts, { columns, palette, nameColumns }), ...hint.flatMap((text) => foldStyled(text, columns))];
}
