// Reads the logs of apps and the manager's events from their files: the last lines or all since a time, and then what comes. Runs in whoever wants to read, never in the manager.
import type { LogReader, LogRecord, LogRequest } from '../model/log-request.ts';
import type { EventFileView, LogEntry, LogFileView } from '../model/view.ts';
import type { Clock } from '../platform/clock.ts';
import { compileDateSkipper } from './date-pattern.ts';
import { parseEventLine } from './event-lines.ts';
import { createFollower } from './follower.ts';
import type { Follower } from './follower.ts';
import { linesPassing } from './line-filter.ts';
import { createLogWatch } from './log-watch.ts';
import type { LogWatch } from './log-watch.ts';
import { mergeByTime, mergeLists } from './merge.ts';
import { partsOf } from './parts.ts';
import { lastLines, linesForward, shareOf } from './stored-lines.ts';
import type { LineRequest, Log, Share, StoredLine } from './stored-lines.ts';
import { parseStoredObject } from './stored-object.ts';
import { isEventWanted, lineFilterFor } from './wanted.ts';

export interface ReaderOptions {
  readonly request: LogRequest;
  readonly clock: Pick<Clock, 'epochMs' | 'setTimer'>;
  readonly notice: (text: string) => void;
}

/** However many apps there are. */
const MAX_LAST_EVENTS = 10_000;

export function createLogReader(options: ReaderOptions): LogReader {
  return new FileReader(options);
}

class FileReader implements LogReader {
  readonly #options: ReaderOptions;
  readonly #followers = new Map<string, Follower>();
  #deliver: ((records: readonly LogRecord[]) => void) | null = null;
  #watch: LogWatch | null = null;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  async *history(files: readonly LogFileView[], events: EventFileView): AsyncGenerator<readonly LogRecord[]> {
    const { request } = this.#options;
    const wanted = this.#wanted(files);
    const logs = await Promise.all(wanted.map(async (file) => ({ file, log: await this.#open(file) })));
    if (request.lines === 0) return;
    const share = shareOf(wanted.length);
    if (request.lines === null) {
      const sources = logs.map(({ file, log }) => recordsOf(file, linesForward(log, this.#lineRequest(file, share))));
      yield* mergeByTime([...sources, ...this.#allEvents(events)]);
      return;
    }
    const count = request.lines;
    const lasts = await Promise.all(
      logs.map(async ({ file, log }) => (await lastLines(log, this.#lineRequest(file, share), count)).map(recordMaker(file))),
    );
    const perApp = groupBy(lasts, (_, index) => wanted[index]!.app);
    const lines = [...perApp.values()].map((lists) => mergeLists(lists).slice(-count));
    yield mergeLists([...lines, await this.#lastEvents(events, { count, lines })]);
  }

  follow(files: readonly LogFileView[], onRecords: (records: readonly LogRecord[]) => void): void {
    this.#deliver = onRecords;
    this.#watch ??= createLogWatch(this.#options.clock);
    for (const file of this.#wanted(files)) {
      const follower = this.#followers.get(file.path) ?? this.#followerOf(file);
      this.#followers.set(file.path, follower);
      const look = (): void => void follower.look();
      const tick = (): void => void follower.look().then(() => follower.endLine());
      this.#watch.add(file.path, { changed: look, tick });
      look();
    }
  }

  select(entry: LogEntry): LogRecord | null {
    const { request } = this.#options;
    const { text, ...rest } = entry;
    if (!request.streams.includes(entry.stream) || (request.sinceMs !== null && (entry.at ?? 0) < request.sinceMs)) return null;
    const bytes = Buffer.from(text);
    if (entry.stream === 'event') return isEventWanted(request, entry) ? { ...rest, bytes } : null;
    let isWanted = false;
    lineFilterFor(request, { streams: [entry.stream], json: false })(bytes, () => void (isWanted = true));
    return isWanted ? { ...rest, bytes } : null;
  }

  async close(): Promise<void> {
    this.#watch?.close();
    await Promise.all([...this.#followers.values()].map((follower) => follower.close()));
  }

  /** What goes to both streams in one file cannot be told apart: whoever wants one of them gets it. */
  #wanted(files: readonly LogFileView[]): readonly LogFileView[] {
    return files.filter((file) => file.streams.some((stream) => this.#options.request.streams.includes(stream)));
  }

  async #open(file: LogFileView): Promise<Log> {
    const onTrouble = (path: string, reason: string): void => this.#options.notice(`Cannot read ${path}: ${reason}.`);
    if (!this.#options.request.follow) {
      const parts = partsOf(file.path);
      return { parts, presentBytes: parts.at(-1)?.bytes ?? 0, onTrouble };
    }
    const follower = this.#followerOf(file);
    this.#followers.set(file.path, follower);
    return { ...(await follower.open()), onTrouble };
  }

  #followerOf(file: LogFileView): Follower {
    const filter = lineFilterFor(this.#options.request, file);
    const toRecord = recordMaker(file);
    return createFollower(file.path, {
      now: () => this.#options.clock.epochMs(),
      on: {
        block: (bytes, timeAt) => {
          const records: LogRecord[] = [];
          filter(bytes, (start, end) => records.push(toRecord({ at: timeAt(start), bytes: bytes.subarray(start, end) })));
          if (records.length > 0) this.#deliver?.(records);
        },
        lost: () => this.#options.notice(`Some lines of ${file.path} were removed by its rotation before they could be read.`),
      },
    });
  }

  #lineRequest(file: LogFileView, share: Share): LineRequest {
    const { sinceMs, untilMs } = this.#options.request;
    return { sinceMs, untilMs, share, filter: lineFilterFor(this.#options.request, file) };
  }

  #allEvents(events: EventFileView): readonly AsyncIterable<readonly LogRecord[]>[] {
    const reading = this.#eventReading(events);
    return reading === null ? [] : [mapBatches(linesForward(reading.log, reading.request), reading.toRecord)];
  }

  /** Those since the first line that is shown of their app, or as many as lines were asked for where it has fewer. */
  async #lastEvents(
    events: EventFileView,
    shown: { readonly count: number; readonly lines: readonly (readonly LogRecord[])[] },
  ): Promise<readonly LogRecord[]> {
    const reading = this.#eventReading(events);
    if (reading === null) return [];
    const { count } = shown;
    const found = await lastLines(reading.log, reading.request, Math.min(count * (events.apps.length + 1), MAX_LAST_EVENTS));
    const firstShown = new Map(shown.lines.flatMap((of) => (of.length < count ? [] : [[of[0]!.app, of[0]!.at ?? 0]])));
    const perApp = groupBy(found.map(reading.toRecord), ({ app }) => app);
    return mergeLists([...perApp].map(([app, records]) => records.slice(-count).filter(({ at }) => at! >= (firstShown.get(app) ?? 0))));
  }

  #eventReading(
    events: EventFileView,
  ): { readonly log: Log; readonly request: LineRequest; readonly toRecord: (line: StoredLine) => LogRecord } | null {
    const { request } = this.#options;
    if (!request.streams.includes('event')) return null;
    const { sinceMs, untilMs } = request;
    const parse = eventParser(events);
    const filter = linesPassing((text) => {
      const event = parse(text);
      return event !== null && isEventWanted(request, event);
    });
    const parts = partsOf(events.path);
    const onTrouble = (path: string, reason: string): void => this.#options.notice(`Cannot read ${path}: ${reason}.`);
    return {
      log: { parts, presentBytes: parts.at(-1)?.bytes ?? 0, onTrouble },
      request: { sinceMs, untilMs, filter, share: shareOf(1) },
      toRecord: ({ bytes }) => {
        const { text, ...event } = parse(bytes.toString())!;
        return { ...event, stream: 'event', bytes: Buffer.from(text) };
      },
    };
  }
}

function eventParser({
  apps,
  own,
}: EventFileView): (line: string) => (ReturnType<typeof parseEventLine> & { readonly id: number | null }) | null {
  const names = apps.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const ids = new Map(apps.flatMap(({ name, slots }) => slots.map(({ slot, id }) => [`${slot} ${name}`, id])));
  return (line) => {
    const event = parseEventLine(line, names);
    if (event === null || (event.app === null && !own)) return null;
    if (event.app === null || event.slot === null) return { ...event, id: null };
    const id = ids.get(`${event.slot} ${event.app}`);
    return id === undefined ? null : { ...event, id };
  };
}

function recordMaker({ app, slot, id, streams, dateFormat, json }: LogFileView): (line: StoredLine) => LogRecord {
  const stream = streams[0]!;
  // Field by field: a spread, once for each of millions of lines, takes seven times as long and twice the memory.
  if (json) {
    return ({ at, bytes }) => {
      const object = parseStoredObject(bytes.toString());
      return {
        at,
        app,
        slot,
        id,
        stream: object?.stream ?? stream,
        level: 'info',
        bytes: object === null ? bytes : Buffer.from(object.message),
      };
    };
  }
  const skip = dateFormat === null ? null : compileDateSkipper(dateFormat);
  return ({ at, bytes }) => {
    const start = skip === null ? 0 : skip(bytes);
    return { at, app, slot, id, stream, level: 'info', bytes: start === 0 ? bytes : bytes.subarray(start) };
  };
}

function recordsOf(file: LogFileView, lines: AsyncIterable<readonly StoredLine[]>): AsyncIterable<readonly LogRecord[]> {
  return mapBatches(lines, recordMaker(file));
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T, index: number) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

async function* mapBatches<T, U>(batches: AsyncIterable<readonly T[]>, map: (item: T) => U): AsyncGenerator<readonly U[]> {
  for await (const batch of batches) yield batch.map(map);
}
