// Which lines and events a request means, as the filters that reading takes.
import type { EventLevel } from '../model/event.ts';
import { LINE_LEVELS } from '../model/log-request.ts';
import type { LineLevel, LogRequest } from '../model/log-request.ts';
import type { LogFileView } from '../model/view.ts';
import { everyLine, linesMatching, linesPassing } from './line-filter.ts';
import type { LineFilter } from './line-filter.ts';
import { levelIn } from './log-level.ts';
import { parseStoredObject } from './stored-object.ts';

type Wish = Pick<LogRequest, 'grep' | 'level'>;

/** The filter for the lines of a file, or for what was written to a stream. */
export function lineFilterFor(wish: Wish, { streams, json }: Pick<LogFileView, 'streams' | 'json'>): LineFilter {
  const filter = textFilter(wish, streams[0]!);
  if (!json || filter === everyLine) return filter;
  // What counts is the message, not its form.
  return linesPassing((text) => {
    let isWanted = false;
    filter(Buffer.from(parseStoredObject(text)?.message ?? text), () => void (isWanted = true));
    return isWanted;
  });
}

function textFilter({ grep, level }: Wish, stream: 'out' | 'err'): LineFilter {
  if (level === null) return grep === null ? everyLine : linesMatching(grep);
  return (block, onLine) => {
    // A stack belongs to the message before it.
    let current = unstatedLevel(stream);
    linesPassing((text) => {
      if (!/^\s/.test(text)) current = levelIn(text) ?? unstatedLevel(stream);
      return isAtLeast(current, level) && (grep === null || grep.test(text));
    })(block, onLine);
  };
}

/** Whether an event of the manager is wanted. */
export function isEventWanted({ grep, level }: Wish, event: { readonly level: EventLevel; readonly text: string }): boolean {
  return (level === null || isAtLeast(EVENT_LEVELS[event.level], level)) && (grep === null || grep.test(event.text));
}

const EVENT_LEVELS: Readonly<Record<EventLevel, LineLevel>> = { info: 'info', warn: 'warn', error: 'error', alert: 'fatal' };

/** What `console.error` and a crash write states no level, and is what somebody who asks for errors looks for. */
function unstatedLevel(stream: 'out' | 'err'): LineLevel {
  return stream === 'err' ? 'error' : 'info';
}

function isAtLeast(level: LineLevel, least: LineLevel): boolean {
  return LINE_LEVELS.indexOf(level) >= LINE_LEVELS.indexOf(least);
}
