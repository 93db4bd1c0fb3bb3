// Text with styles in it, made harmless: of all control sequences only those for colours and the like are left (ECMA-48, SGR). Pure.
import { widthOf } from '../render/wide.ts';
import { isSimple } from '../render/width.ts';

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

const TAB_COLUMNS = 8;

/** The text as runs. Of what was written over after a carriage return only the last is left. */
export function readStyled(text: string): readonly Run[] {
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
  const rows = foldRuns(runs, columns);
  if (rows.length === 1) return printRuns(rows[0]!);
  return printRuns([...foldRuns(runs, columns - 1)[0]!, { text: '…', sgr: '' }]);
}

function afterReturn(text: string): string {
  const kept = text.replace(/\r+$/, '');
  return kept.slice(kept.lastIndexOf('\r') + 1);
}

function foldRuns(runs: readonly Run[], columns: number): Run[][] {
  const rows: Run[][] = [[]];
  let room = columns;
  for (const { text, sgr } of runs) {
    for (const part of partsOf(text, () => room || columns)) {
      const width = widthOf(part);
      if (width > room && room < columns) {
        rows.push([]);
        room = columns;
      }
      rows.at(-1)!.push({ text: part, sgr });
      room -= width;
    }
  }
  return rows;
}

/** Simple text in pieces of up to the room that there is, all other in characters as people see them. */
function* partsOf(text: string, room: () => number): Generator<string> {
  if (!isSimple(text)) {
    for (const { segment } of new Intl.Segmenter().segment(text)) yield segment;
    return;
  }
  for (let at = 0; at < text.length;) {
    const part = text.slice(at, at + room());
    yield part;
    at += part.length;
  }
}

function printRuns(runs: readonly Run[]): string {
  return runs.map(({ text, sgr }) => (sgr === '' ? text : `\u001b[${sgr}m${text}\u001b[0m`)).join('');
}

/** What switches an attribute on, and what it is; what blinks or hides itself is not taken. */
const ATTRIBUTES: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike' };
const ENDS: Readonly<Record<string, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['foreground'],
  49: ['background'],
};

function applySgr(style: Map<string, string>, parameters: string): void {
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    const attribute = ATTRIBUTES[code];
    if (code === '' || Number(code) === 0) style.clear();
    else if (attribute !== undefined) style.set(attribute, code);
    else if (/^(?:[34][0-7]|9[0-7]|10[0-7])$/.test(code)) style.set(/^[39]/.test(code) ? 'foreground' : 'background', code);
    else if (/^[34]8/.test(code)) {
      // `38;5;n` and `38;2;r;g;b` are several parameters, `38:5:n` is one (ISO 8613-6).
      const length = code.length > 2 ? 1 : codes[at + 1] === '5' ? 3 : codes[at + 1] === '2' ? 5 : 1;
      const colour = codes.slice(at, at + length);
      if (length > 1 ? colour.length === length : /^[34]8:/.test(code))
        style.set(code.startsWith('3') ? 'foreground' : 'background', colour.join(';'));
      at += length - 1;
    } else for (const ended of ENDS[code] ?? []) style.delete(ended);
  }
}
