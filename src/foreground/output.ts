// Everything that the foreground runtime prints: what instances write, on the stream they wrote it to, and what happens to them, on standard error.
import { compileDateFormat } from '../model/date-format.ts';
import type { Source } from '../log/ring.ts';
import type { LiveOutput } from '../log/sink.ts';
import { levelOf, printEvent, printGivenUp, printSubject } from '../model/event.ts';
import type { EventLevel, HoldfastEvent } from '../model/event.ts';
import type { LineStyle, Paint } from '../model/foreground.ts';
import type { LogEntry } from '../model/view.ts';
import type { Clock } from '../platform/clock.ts';
import type { Destination } from './destination.ts';
import { createDirectLane, createLineLane, createTextLane } from './lane.ts';
import type { Lane } from './lane.ts';

export interface OutputOptions {
  readonly clock: Clock;
  readonly out: Destination;
  readonly err: Destination;
  readonly style: () => LineStyle;
  /** Whether only one instance runs, so that its bytes may pass as they come. */
  readonly isAlone: () => boolean;
  /** Tokens as in dayjs; null for no time before the lines of the app. */
  readonly dateFormatOf: (app: string) => string | null;
  /** Events of no weight are left out. */
  readonly silent: boolean;
  readonly paint: Paint;
  readonly print: Readonly<Record<'json' | 'key-value', (entry: LogEntry) => string>>;
}

export interface Output {
  /** Gets what one run of an instance of the app writes. */
  ringOf(app: string): LiveOutput;
  event(event: HoldfastEvent): void;
  /** A line of the runtime itself. */
  say(text: string, level: EventLevel): void;
}

/** Creates the output of one runtime. */
export function createOutput(options: OutputOptions): Output {
  const { clock, out, err, style, paint } = options;
  const printClock = compileDateFormat('HH:mm:ss');
  const self = {};

  function laneFor(source: Source): Lane {
    const destination = source.stream === 'out' ? out : err;
    const how = style();
    if (how === 'json' || how === 'key-value')
      return createTextLane(destination, (at, text) =>
        options.print[how]({ ...subjectOf(source), at, stream: source.stream, level: source.stream === 'out' ? 'info' : 'error', text }),
      );
    const format = options.dateFormatOf(source.app);
    const who = how === 'prefixed' ? paint.prefix(`${source.id}|${source.app} | `) : '';
    const printDate = format === null ? null : compileDateFormat(format);
    const prefixAt = (at: number): string | null => (printDate === null ? (who === '' ? null : who) : `${who}${printDate(at)}: `);
    return options.isAlone() ? createDirectLane(destination, prefixAt) : createLineLane(destination, prefixAt);
  }

  function tell(entry: LogEntry & { readonly at: number }, subject: string): void {
    if (options.silent && entry.level === 'info') return;
    const how = style();
    const line =
      how === 'json' || how === 'key-value'
        ? options.print[how](entry)
        : `${printClock(entry.at)} Holdfast | ${paint.event(`${subject}${entry.text}`, entry.level)}`;
    err.put(self, Buffer.from(`${line}\n`), null);
  }

  return {
    ringOf() {
      const lanes = new Map<Source['stream'], Lane>();
      return {
        push(at, source, chunk) {
          let lane = lanes.get(source.stream);
          if (lane === undefined) lanes.set(source.stream, (lane = laneFor(source)));
          lane.push(at, chunk);
        },
        endStream: (at, source) => lanes.get(source.stream)?.end(at),
      };
    },
    event(event) {
      const { at, app, slot } = event;
      const subject = app === null ? '' : `${printSubject(event)} `;
      const text = event.kind === 'errored' ? printGivenUp(event) : printEvent(event);
      const lines = event.kind === 'rollout-failed' ? event.lines.map((line) => `\n  ${line}`) : [];
      tell({ at, app, slot, id: null, stream: 'event', level: levelOf(event), text: `${text}${lines.join('')}` }, subject);
    },
    say: (text, level) => tell({ at: clock.epochMs(), app: null, slot: null, id: null, stream: 'event', level, text }, ''),
  };
}

function subjectOf({ app, slot, id }: Source): Pick<LogEntry, 'app' | 'slot' | 'id'> {
  return { app, slot, id };
}
