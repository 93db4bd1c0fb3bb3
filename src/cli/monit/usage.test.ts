// Samples of what instances use, and their bars.
import { describe, expect, it } from 'vitest';
import { appsReply, instanceView } from '../../../test/canned-views.ts';
import { rowsOf } from './row.ts';
import type { Row } from './row.ts';
import { NO_USAGE, renderBars, sampleUsage } from './usage.ts';

const rows = (cpu: number, id = 0): readonly Row[] => rowsOf(appsReply([instanceView({ id, cpu, memory: cpu * 10 })]));

describe('sampleUsage', () => {
  it('adds a sample a second, however often the list comes', () => {
    const samples = [0, 100, 899, 1000, 1100, 2000].reduce((history, at) => sampleUsage(history, rows(at), at), NO_USAGE);
    expect(samples.byKey.get('0 current')).toEqual({ cpu: [0, 1000, 2000], memory: [0, 10_000, 20_000] });
  });

  it('keeps the last minute', () => {
    let history = NO_USAGE;
    for (let at = 0; at < 100; at += 1) history = sampleUsage(history, rows(at), at * 1000);
    const { cpu } = history.byKey.get('0 current')!;
    expect([cpu.length, cpu[0], cpu.at(-1)]).toEqual([60, 40, 99]);
  });

  it('forgets what is not in the list any more', () => {
    const history = sampleUsage(sampleUsage(NO_USAGE, rows(1, 7), 0), rows(1, 8), 1000);
    expect([...history.byKey.keys()]).toEqual(['8 current']);
  });
});

describe('renderBars', () => {
  it.each([
    [[], 5, ''],
    [[0, 0], 5, ''],
    [[1], 5, '█'],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8], 20, '▁▂▃▄▅▆▇██'],
    [[9, 1, 2], 2, '▅█'],
    [[1, 2], 0, ''],
  ])('%j in %i columns', (values, columns, bars) => {
    expect(renderBars(values, columns)).toBe(bars);
  });
});
