// One line of `logs`. Pure.
import { printSubject } from '../../model/event.ts';
import type { LogEntry } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { printClock } from './text.ts';
import { printable } from './width.ts';

/** How lines look where they go. */
export interface LogStyle {
  readonly palette: Palette;
  readonly isTTY: boolean;
}

/** `19:30:00 0|api | text` for a line of an app, `19:30:00 App [api:0] text` for an event; no time where none is known. */
export function renderLogEntry(entry: LogEntry, style: LogStyle): string {
  const time = entry.at === null ? '' : `${style.palette.dim(printClock(entry.at))} `;
  return time + (entry.stream === 'event' ? renderEvent(entry, style.palette) : renderLine(entry, style));
}

/** On a terminal, lines of standard error are red, and have a `!` for the bar, which is there without colours too. */
function renderLine(entry: LogEntry, { palette, isTTY }: LogStyle): string {
  const who = `${entry.id ?? '-'}|${printable(entry.app ?? '-')}`;
  if (entry.stream === 'out' || !isTTY) return `${palette.cyan(who)} | ${entry.text}`;
  return `${palette.cyan(who)} ${palette.red('!')} ${palette.red(entry.text)}`;
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
