// What instances have used of late, a sample a second, and a line of little bars for it. Pure.
import { keyOf } from './row.ts';
import type { Row } from './row.ts';

/** The latest sample last. */
export interface Usage {
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
}

/** By the key of the row. Of what is not in the list nothing is kept. */
export interface UsageHistory {
  readonly sampledAt: number;
  readonly byKey: ReadonlyMap<string, Usage>;
}

export const NO_USAGE: UsageHistory = { sampledAt: -Infinity, byKey: new Map() };

const MAX_SAMPLES = 60;
/** The list may be asked for more often: a bar is a second all the same. */
const SAMPLE_MS = 900;

/** With a sample of this list, asked for at `at`, unless the last one is too young. */
export function sampleUsage(history: UsageHistory, rows: readonly Row[], at: number): UsageHistory {
  if (at - history.sampledAt < SAMPLE_MS) return history;
  const byKey = rows.map((row): [string, Usage] => {
    const { cpu = [], memory = [] } = history.byKey.get(keyOf(row)) ?? {};
    const { instance } = row;
    return [keyOf(row), { cpu: [...cpu, instance.cpu].slice(-MAX_SAMPLES), memory: [...memory, instance.memory].slice(-MAX_SAMPLES) }];
  });
  return { sampledAt: at, byKey: new Map(byKey) };
}

const BARS = '▁▂▃▄▅▆▇█';

/** The last of them as bars, the highest of these at full height; nothing where all are zero. */
export function renderBars(values: readonly number[], columns: number): string {
  const shown = columns > 0 ? values.slice(-columns) : [];
  const most = Math.max(...shown);
  if (!(most > 0)) return '';
  return shown.map((value) => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))]).join('');
}
