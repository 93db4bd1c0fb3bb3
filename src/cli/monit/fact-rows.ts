// The panes of what is known of the selected instance: its figures and metrics, and what `describe` says of it and its app. Pure.
import { printSubject } from '../../model/event.ts';
import { printSize } from '../../model/units.ts';
import type { AlertView, AppView, InstanceView } from '../../model/view.ts';
import type { Palette } from '../render/colour.ts';
import { appFacts, instanceFacts } from '../render/describe.ts';
import type { FactRow } from '../render/facts.ts';
import { paintOfStatus, printStatus } from '../render/status.ts';
import { printMetric } from '../render/self-report.ts';
import { truncate } from '../render/width.ts';
import { widthOf } from '../render/wide.ts';
import { foldStyled, plainText } from './styled.ts';

/** How the rows look. */
export interface FactStyle {
  readonly columns: number;
  readonly palette: Palette;
}

/** What it uses, then what it tells of itself. `full` is the same instance with its report; null until that is known. */
export function metricRows(instance: InstanceView, full: InstanceView | null, { columns, palette }: FactStyle): readonly string[] {
  const report = full?.selfReport ?? null;
  const facts: FactRow[] = [
    ['cpu', `${Number(instance.cpu.toFixed(1))}%`],
    ['memory', instance.pid === null ? 'none' : printSize(instance.memory)],
    ...Object.entries(report?.metrics ?? {}).map(([name, metric]): FactRow => [name, printMetric(metric)]),
    ['actions', report?.actions.map((action) => action.action_name) ?? []],
  ];
  const nameColumns = Math.max(...facts.map(([name]) => widthOf(plainText(name))));
  const hint =
    instance.pid !== null && full !== null && report === null
      ? ['', palette.dim(' It tells of no metrics (@pm2/io, or axm:monitor).')]
      : [];
  return [...factRows(facts, { columns, palette, nameColumns }), ...hint.flatMap((text) => foldStyled(text, columns))];
}

/** What is looked for most stands first; the rest follows as in `describe`. */
const FIRST = ['uptime', 'restarts', 'script', 'args', 'cwd', 'last exits', 'pid', 'mode', 'node'];
const FIRST_COLUMNS = Math.max(...FIRST.map((name) => name.length));
/** Shown in another pane. */
const ELSEWHERE = ['cpu', 'memory', 'Code metrics value', 'Actions available'];

/** `app` has its spec once that is known; `alerts` are those of the app. */
export function aboutRows(
  {
    app,
    instance,
    alerts,
    nowMs,
  }: { readonly app: AppView; readonly instance: InstanceView; readonly alerts: readonly AlertView[]; readonly nowMs: number },
  { columns, palette }: FactStyle,
): readonly string[] {
  const known = [...instanceFacts(instance, nowMs), ...appFacts(app)].filter(([name]) => !ELSEWHERE.includes(name));
  const first = FIRST.flatMap((name) => known.filter((fact) => fact[0] === name));
  const rest = known.filter((fact) => !first.includes(fact));
  const style = { columns, palette, nameColumns: FIRST_COLUMNS };
  return [
    ...factRows([['status', printStatus(instance, app.nextRunAt)]], { ...style, paint: paintOfStatus(instance, palette) }),
    ...factRows([['alert', alerts.map((alert) => `${printSubject(alert)} ${alert.text}`)]], { ...style, paint: palette.red }),
    ...factRows([...first, ...rest], style),
  ];
}

interface FactRowsStyle extends FactStyle {
  /** Shorter names are padded to this. */
  readonly nameColumns: number;
  readonly paint?: (text: string) => string;
}

/** The names, and what is known folded beside them. A long name has half of the pane at most. */
function factRows(facts: readonly FactRow[], { columns, palette, nameColumns, paint = (text) => text }: FactRowsStyle): readonly string[] {
  return facts.flatMap(([name, known]) => {
    const shown = truncate(plainText(name), Math.floor(columns / 2), widthOf);
    const title = ` ${shown}${' '.repeat(Math.max(0, Math.min(nameColumns, Math.floor(columns / 2)) - widthOf(shown)))}  `;
    const indent = widthOf(title);
    const lines = typeof known === 'string' ? [known] : (known ?? []);
    return lines
      .flatMap((line) => foldStyled(plainText(line), columns - indent))
      .map((row, index) => (index === 0 ? palette.dim(title) : ' '.repeat(indent)) + paint(row));
  });
}
