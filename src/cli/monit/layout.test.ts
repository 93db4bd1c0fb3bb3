// Where the panes stand at each size of the terminal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut, PANES } from './layout.ts';
import type { Pane } from './layout.ts';

const areas = (columns: number, rows: number, instances: number, focus: Pane = 'processes'): string[] =>
  layOut({ columns, rows }, { instances, focus }).map(
    ({ pane, left, top, ...size }) => `${pane} ${left},${top} ${size.columns}x${size.rows}`,
  );

describe('layOut', () => {
  it.each([
    [60, 15, 3, ['processes 0,0 60x5', 'log 0,5 60x9']],
    [60, 15, 0, ['processes 0,0 60x3', 'log 0,3 60x11']],
    [80, 24, 1, ['processes 0,0 80x3', 'log 0,3 80x13', 'metrics 0,16 32x7', 'about 33,16 47x7']],
    [80, 24, 60, ['processes 0,0 80x7', 'log 0,7 80x9', 'metrics 0,16 32x7', 'about 33,16 47x7']],
    [120, 40, 3, ['processes 0,0 56x26', 'log 57,0 63x26', 'metrics 0,26 56x13', 'about 57,26 63x13']],
    [200, 50, 3, ['processes 0,0 72x35', 'log 73,0 127x35', 'metrics 0,35 72x14', 'about 73,35 127x14']],
    [120, 15, 3, ['processes 0,0 56x9', 'log 57,0 63x9', 'metrics 0,9 56x5', 'about 57,9 63x5']],
    [59, 15, 3, []],
    [60, 14, 3, []],
  ])('%i x %i with %i instances', (columns, rows, instances, expected) => {
    expect(areas(columns, rows, instances)).toEqual(expected);
  });

  it.each([
    ['log', 'log'],
    ['metrics', 'metrics'],
    ['about', 'about'],
  ] as const)('on a low terminal shows %s below the list where that has the focus', (focus, shown) => {
    expect(areas(80, 20, 3, focus)[1]).toMatch(new RegExp(`^${shown} `));
  });

  it('always fills all rows but the last, leaves a column between panes, and gives each room for a title and a row', () => {
    const sizes = fc.record({ columns: fc.integer({ min: 60, max: 300 }), rows: fc.integer({ min: 15, max: 100 }) });
    fc.assert(
      fc.property(sizes, fc.nat(100), fc.constantFrom(...PANES), (size, instances, focus) => {
        const shown = layOut(size, { instances, focus });
        for (let y = 0; y < size.rows - 1; y += 1) {
          const across = shown.filter(({ top, rows }) => y >= top && y < top + rows).sort((a, b) => a.left - b.left);
          expect(across[0]!.left).toBe(0);
          expect(across.at(-1)!.left + across.at(-1)!.columns).toBe(size.columns);
          if (across.length > 1) expect(across[1]!.left).toBe(across[0]!.columns + 1);
        }
        for (const { rows } of shown) expect(rows).toBeGreaterThanOrEqual(3);
        expect(Math.max(...shown.map(({ top, rows }) => top + rows))).toBe(size.rows - 1);
      }),
    );
  });
});
