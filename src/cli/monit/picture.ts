// What the monitor looks like: a row of text for each row of the terminal. Pure.
import type { Palette } from '../render/colour.ts';
import { footerRow } from './footer.ts';
import { helpRows } from './help-rows.ts';
import { SMALLEST } from './layout.ts';
import type { Area } from './layout.ts';
import { LIST_TITLES, visibleListRows, visibleRange } from './list-rows.ts';
import { visibleLogRows } from './log-rows.ts';
import { selectedIndex } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import { areasOf, factRowsOf, logStyleOf, withoutTitle } from './panes.ts';
import { toColumn } from './screen.ts';
import { clipStyled } from './styled.ts';
import { drawTitle, noteOfFacts, noteOfList, noteOfLog } from './title.ts';

/** Exactly as many rows as the terminal has, each without a style at its ends. */
export function drawMonitor(monitor: Monitor, palette: Palette): readonly string[] {
  const { size } = monitor;
  const areas = areasOf(monitor);
  if (areas.length === 0) return filled(tooSmall(monitor), size.rows);
  const body = monitor.isHelpShown
    ? helpRows({ columns: size.columns, palette })
    : sideBySide(
        areas.map((area) => drawPane(monitor, area, palette)),
        palette,
      );
  return [...filled(body, size.rows - 1), footerRow(monitor, palette)];
}

function tooSmall({ size: { columns, rows } }: Monitor): readonly string[] {
  const lines = [`The terminal has ${columns}x${rows},`, `monit needs ${SMALLEST.columns}x${SMALLEST.rows}.`, 'q quits.'];
  return lines.map((text) => clipStyled(text, columns));
}

function filled(rows: readonly string[], height: number): readonly string[] {
  return Array.from({ length: height }, (_, index) => rows[index] ?? '');
}

interface Drawn {
  readonly area: Area;
  readonly rows: readonly string[];
}

/** Every pane begins at a column of its own, so that a character that is wider than it is held to be moves nothing beside it. */
function sideBySide(panes: readonly Drawn[], palette: Palette): readonly string[] {
  const height = Math.max(...panes.map(({ area }) => area.top + area.rows));
  return Array.from({ length: height }, (_, y) =>
    panes
      .filter(({ area }) => y >= area.top && y < area.top + area.rows)
      .map(
        ({ area, rows }) =>
          `${area.left === 0 ? '' : toColumn(area.left - 1) + palette.dim(barAt(y, area, panes))}${rows[y - area.top] ?? ''}`,
      )
      .join(''),
  );
}

/** To the left of a pane; in the row of its title it meets a line. */
function barAt(y: number, { top, left }: Area, panes: readonly Drawn[]): string {
  if (y > top) return '│';
  return panes.some(({ area }) => area.left === left && area.top < top) ? '┼' : '┬';
}

function drawPane(monitor: Monitor, area: Area, palette: Palette): Drawn {
  const { rows, note } = drawContent(monitor, area, palette);
  return { area, rows: [drawTitle(monitor, { area, note }, palette), ...rows] };
}

/** What is below the title, and what the title says of it. */
function drawContent(monitor: Monitor, area: Area, palette: Palette): { readonly rows: readonly string[]; readonly note: string } {
  const { columns, rows } = withoutTitle(area);
  const { pane } = area;
  switch (pane) {
    case 'processes':
      return {
        rows: visibleListRows(monitor.rows, selectedIndex(monitor), { columns, rows }, palette),
        note: noteOfList(monitor.rows, visibleRange(monitor.rows.length, selectedIndex(monitor), rows - LIST_TITLES)),
      };
    case 'log': {
      const { lines, back } = monitor.log;
      return { rows: visibleLogRows(lines, { rows, back }, logStyleOf(monitor, columns, palette)), note: noteOfLog(back) };
    }
    case 'metrics':
    case 'about': {
      const all = factRowsOf(monitor, pane, { columns, palette });
      const first = monitor.above[pane];
      return { rows: all.slice(first, first + rows), note: noteOfFacts(all.length, { first, rows }) };
    }
    default:
      return pane satisfies never;
  }
}
