// What an instance has told of itself, as lines of its page: metrics and actions, under PM2's headings. Pure.
import type { Metric, SelfReport } from '../../model/self-report.ts';
import type { FactRow } from './facts.ts';

/** None where it has told of none. */
export function selfReportFacts(report: SelfReport | null): FactRow[] {
  if (report === null) return [];
  const metrics = Object.entries(report.metrics);
  const width = Math.max(0, ...metrics.map(([name]) => name.length));
  return [
    ['Code metrics value', metrics.map(([name, metric]) => `${name.padEnd(width)}  ${printMetric(metric)}`)],
    ['Actions available', report.actions.map((action) => action.action_name)],
  ];
}

/** `10.48 MiB`; the value of some libraries is a text already. */
export function printMetric({ value, unit }: Metric): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return typeof unit === 'string' && unit !== '' ? `${text} ${unit}` : text;
}
