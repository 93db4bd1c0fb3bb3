// Lines of `logs`, in every form. Pure.
import { compileDateFormat } from '../../model/date-format.ts';
import type { DateFormatter } from '../../model/date-format.ts';
import { printSubject } from '../../model/event.ts';
import type { LogEntry } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { printClock } from './text.ts';
import { printable } from './width.ts';

/** How lines look where they go. */
export interface LogStyle {
  readonly palette: Palette;
  readonly isTTY: boolean;
  /** Tokens as in dayjs; null for `HH:mm:ss`. */
  readonly timeFormat: string | null;
  /** A text that is to be marked on a terminal. */
  readonly highlight: string | null;
}

/** PM2's. */
const PAIRS_TIME_FORMAT = 'YYYY-MM-DD-HH:mm:ssZZ';

/** Makes `19:30:00 0|api | text` of a line of an app, `19:30:00 App [api:0] text` of an event; no time where none is known. */
export function createLogRenderer(style: LogStyle): (entry: LogEntry) => string {
  const { palette } = style;
  const printTime = style.timeFormat === null ? printClock : compileDateFormat(style.timeFormat);
  return (entry) => {
    const time = entry.at === null ? '' : `${palette.dim(printTime(entry.at))} `;
    return time + (entry.stream === 'event' ? renderEvent(entry, palette) : renderLine(entry, style));
  };
}

/** PM2's `--format`: `timestamp=2026-11-22-19:30:00+0000 app=api id=0 type=out message=text`. */
export function createPairsRenderer(): (entry: LogEntry) => string {
  const printTime: DateFormatter = compileDateFormat(PAIRS_TIME_FORMAT);
  const types = { out: 'out', err: 'error', event: 'process_event' };
  return ({ at, app, id, stream, text }) =>
    `timestamp=${at === null ? '-' : printTime(at)} app=${app ?? '-'} id=${id ?? '-'} type=${types[stream]} message=${text}`;
}

/** On a terminal each instance has its colour; lines of standard error are red, and have a `!` for the bar, which is there without colours too. */
function renderLine(entry: LogEntry, { palette, isTTY, highlight }: LogStyle): string {
  const who = `${entry.id ?? '-'}|${printable(entry.app ?? '-')}`;
  const text = highlight === null || highlight === '' ? entry.text : entry.text.replaceAll(highlight, palette.marked(highlight));
  const colours = [palette.cyan, palette.green, palette.yellow, palette.magenta, palette.blue];
  const name = colours[(entry.id ?? 0) % colours.length]!(who);
  if (entry.stream === 'out' || !isTTY) return `${name} | ${text}`;
  return `${name} ${palette.red('!')} ${palette.red(text)}`;
}

function renderEvent(entry: LogEntry, palette: Palette): string {
  const text = `${printable(printSubject(entry))} ${entry.text}`;
  switch (entry.level) {
    case 'info':
      return palette.green(text);
    case 'warn':
      return palette.yellow(text);
    case 'error':
    case 'alert':
      return palette.red(text);
    default:
      return entry.level satisfies never;
  }
}
