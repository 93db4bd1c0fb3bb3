// The way of one stream of one instance to its files: bytes as they are, with a date before each line, or as JSON; in whole lines.
import type { Clock } from '../platform/clock.ts';
import { compileDateFormat } from '../model/date-format.ts';
import { createJsonLines } from './json-lines.ts';
import { createLinePrefixer } from './prefix.ts';
import type { Subject } from './timed-lines.ts';
import { createWholeLines } from './whole-lines.ts';
import type { WholeLines } from './whole-lines.ts';

/** What stands in the files. */
export interface LineForm {
  /** Tokens as in dayjs; null for none. */
  readonly dateFormat: string | null;
  readonly json: boolean;
}

/** Takes the chunks of the stream. */
export interface Lane {
  write(chunk: Buffer): void;
  /** Passes on what was held back; ends a line that is unfinished where lines have a form. */
  end(): void;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly form: LineForm;
  readonly source: Subject & { readonly stream: 'out' | 'err' };
  /** As `LogWriter.write`. */
  readonly pass: (pieces: readonly Buffer[]) => void;
}

export function createLane({ clock, form, source, pass }: LaneOptions): Lane {
  const printDate = form.dateFormat === null ? null : compileDateFormat(form.dateFormat);
  if (form.json) {
    const lines = createJsonLines(source, printDate);
    const passOn = (objects: Buffer | null): void => (objects === null ? undefined : pass([objects]));
    return { write: (chunk) => passOn(lines.push(chunk, clock.epochMs())), end: () => passOn(lines.end(clock.epochMs())) };
  }
  const whole = createWholeLines(clock, pass);
  if (printDate === null) return { write: whole.push, end: whole.end };
  return createDatedLane(whole, () => `${printDate(clock.epochMs())}: `);
}

function createDatedLane(whole: WholeLines, prefix: () => string): Lane {
  const prefixer = createLinePrefixer();
  return {
    write: (chunk) => whole.push(prefixer.add(chunk, prefix())),
    end() {
      // The next run's first date has to begin a line.
      if (prefixer.unfinished) whole.push(Buffer.from('\n'));
      whole.end();
    },
  };
}
