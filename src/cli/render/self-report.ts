// What an instance has told of itself, for its page: metrics and actions. Pure.
import type { Metric, SelfReport } from '../../model/self-report.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { FactRow } from './facts.ts';

/** Its metrics, in its own order; none where it has told of none. */
export function metricFacts(report: SelfReport | null): FactRow[] {
  return Object.entries(report?.metrics ?? {}).map(([name, metric]): FactRow => [name, printMetric(metric)]);
}

/** The actions that it carries out, and what to type for each. */
export function actionFacts(app: string, report: SelfReport | null): FactRow[] {
  return (report?.actions ?? []).map(({ action_name: name }): FactRow => [name, `holdfast trigger ${shellWord(app)} ${shellWord(name)}`]);
}

/** `10.48 MiB`; the value of some libraries is a text already. */
function printMetric({ value, unit }: Metric): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return typeof unit === 'string' && unit !== '' ? `${text} ${unit}` : text;
}
