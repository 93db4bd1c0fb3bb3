// Text with styles in it, made harmless: of all control sequences only those for colours and the like are left (ECMA-48, SGR). Pure.
import { widthOf } from '../render/wide.ts';
import { applySgr } from './sgr.ts';

/** Text of one style; `sgr` are the parameters that switch it on, empty for none. */
export interface Run {
  readonly text: string;
  readonly sgr: string;
}

/** Cursor movements, titles, modes, pastes into the clipboard (OSC 52): no app may do any of it here. */
const SGR = '(?:\\u001b\\[|\\u009b)(?<sgr>[\\d;:]*)m';
const OTHER_CSI = '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]';
const STRINGS = '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)';
const OTHER_ESCAPES = '\\u001b[ -/]*[0-~]?';
/** Whatever has no place in a row: control characters, line and paragraph separators, and what turns the direction of writing (Unicode, UAX #9). */
const NO_TEXT = '\\p{Cc}\\u2028\\u2029\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff';
const TOKENS = new RegExp(`${SGR}|${OTHER_CSI}|${STRINGS}|${OTHER_ESCAPES}|(?<text>\\t|[^${NO_TEXT}]+)|[^]`, 'gu');

/** Most texts have none of it. */
const HARMFUL = new RegExp(`[${NO_TEXT}]`, 'u');

const TAB_COLUMNS = 8;

/** The text as runs. Of what was written over after a carriage return only the last is left. */
export function readStyled(text: string): readonly Run[] {
  if (!HARMFUL.test(text)) return [{ text, sgr: '' }];
  const style = new Map<string, string>();
  const runs: Run[] = [];
  let column = 0;
  for (const { groups } of afterReturn(text).matchAll(TOKENS)) {
    if (groups?.['sgr'] !== undefined) applySgr(style, groups['sgr']);
    const written = groups?.['text'];
    if (written === undefined) continue;
    const shown = written === '\t' ? ' '.repeat(TAB_COLUMNS - (column % TAB_COLUMNS)) : written;
    runs.push({ text: shown, sgr: [...style.values()].join(';') });
    column += widthOf(shown);
  }
  return runs;
}

/** The text without any style. */
export function plainText(text: string): string {
  return readStyled(text)
    .map((run) => run.text)
    .join('');
}

/** The text in rows of so many columns, at least one; each begins and ends without a style. */
export function foldStyled(text: string, columns: number): readonly string[] {
  return foldRuns(readStyled(text), columns).map(printRuns);
}

/** The text, or as much of it as fits before a `…`. */
export function clipStyled(text: string, columns: number): string {
  const runs = readStyled(text);
  const [row, more] = foldRuns(runs, columns, 2);
  return printRuns(more === undefined ? row! : [...foldRuns(runs, columns - 1, 1)[0]!, { text: '…', sgr: '' }]);
}

function afterReturn(text: string): string {
  const kept = text.replace(/\r+$/, '');
  return kept.slice(kept.lastIndexOf('\r') + 1);
}

/** Not more rows than `most`: the rest is left out. */
function foldRuns(runs: readonly Run[], width: number, most = Infinity): Run[][] {
  const columns = Math.max(1, width);
  const rows: Run[][] = [[]];
  let room = columns;
  for (const { text, sgr } of runs) {
    for (const { part, width: taken } of partsOf(text, () => room || columns)) {
      if (taken > room && room < columns) {
        if (rows.length === most) return rows;
        rows.push([]);
        room = columns;
      }
      rows.at(-1)!.push({ text: part, sgr });
      room -= taken;
    }
  }
  return rows;
}

/** Letters of Europe, lines and arrows: each takes one column, and none joins another. Others are looked at one by one, which takes a hundred times as long. */
const NARROW = /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f…↑↓→←↺▸\u2500-\u257f\u2581-\u2588]*$/;

/** Made when it is needed: that takes milliseconds. */
let segmenter: Intl.Segmenter | null = null;

/** Narrow text in pieces of up to the room that there is, all other in characters as people see them. */
function* partsOf(text: string, room: () => number): Generator<{ readonly part: string; readonly width: number }> {
  if (!NARROW.test(text)) {
    segmenter ??= new Intl.Segmenter();
    for (const { segment } of segmenter.segment(text)) yield characterOf(segment);
    return;
  }
  for (let at = 0; at < text.length;) {
    const part = text.slice(at, at + room());
    yield { part, width: part.length };
    at += part.length;
  }
}

/** No terminal shows a character in more than two columns: how it shows such a pile of marks nobody knows. */
function characterOf(segment: string): { readonly part: string; readonly width: number } {
  const width = widthOf(segment);
  return width > 2 ? { part: '\ufffd', width: 1 } : { part: segment, width };
}

function printRuns(runs: readonly Run[]): string {
  return runs.map(({ text, sgr }) => (sgr === '' ? text : `\u001b[${sgr}m${text}\u001b[0m`)).join('');
}
