// The page of help: every key. Pure.
import type { Palette } from '../render/colour.ts';
import { renderFacts } from '../render/facts.ts';
import type { FactRow } from '../render/facts.ts';
import { clipStyled } from './styled.ts';

const KEYS: readonly FactRow[] = [
  ['↑ ↓  k j', 'select an instance; in the other panes: scroll'],
  ['PgUp PgDn  ^U ^D', 'by a page'],
  ['Home End  g G', 'to the beginning, to the end; the end of a log follows it'],
  ['Tab  → ←', 'to the next pane, or back'],
  ['r  l  s', 'restart, reload, stop all instances of the app; it is asked first'],
  ['?', 'this page'],
  ['^Z', 'to the shell; fg comes back'],
  ['q  Esc  ^C', 'quit; apps run on'],
];

/** As many rows as there are keys, and a title. */
export function helpRows({ columns, palette }: { readonly columns: number; readonly palette: Palette }): readonly string[] {
  return renderFacts(palette.bold(' Keys'), KEYS, palette)
    .trimEnd()
    .split('\n')
    .map((row) => clipStyled(row, columns));
}
