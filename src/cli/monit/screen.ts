// Rows on a terminal: what differs from the frame before is written, and nothing else. It knows nothing of what it shows.

/** Alternate screen, no cursor, nothing runs on into the next row, pasted text in brackets (xterm, "Private Modes"). */
export const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h';
/** All of it back. Blank first: tmux keeps rows in its history that have become longer than the screen that it returns to was. */
export const LEAVE = '\u001b[0m\u001b[2J\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l';

/** Holds the picture back until the frame is whole (DEC private mode 2026); a terminal that does not know it takes no notice. */
const BEGIN_FRAME = '\u001b[?2026h';
const END_FRAME = '\u001b[?2026l';
const ERASE_ROW = '\u001b[2K';
const ERASE_ALL = '\u001b[2J';

export interface Screen {
  /** Shows these rows, from the top on. Each begins and ends without a style. */
  draw(rows: readonly string[]): void;
  /** The terminal has forgotten what it showed, or shows it at other places. */
  forget(): void;
}

/** `write` is called once a frame, and not at all where nothing has changed. */
export function createScreen(write: (text: string) => void): Screen {
  let drawn: readonly string[] | null = null;
  return {
    draw(rows) {
      const erased = drawn === null ? ERASE_ALL : '';
      const changed = rows.flatMap((row, index) => (row === drawn?.[index] ? [] : [`${toRow(index)}${ERASE_ROW}${row}`]));
      drawn = rows;
      if (erased !== '' || changed.length > 0) write(BEGIN_FRAME + erased + changed.join('') + END_FRAME);
    },
    forget: () => void (drawn = null),
  };
}

/** Moves to a column of the row that is being written (ECMA-48, CHA); counted from 0. */
export function toColumn(column: number): string {
  return `\u001b[${column + 1}G`;
}

function toRow(row: number): string {
  return `\u001b[${row + 1};1H`;
}
