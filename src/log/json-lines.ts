// Lines as JSON objects in PM2's shape (`log_type: json`), one a line. Text only: bytes that are no UTF-8 become U+FFFD.
import { createLineSplitter } from './lines.ts';
import type { DateFormatter } from '../model/date-format.ts';
import type { Subject } from './timed-lines.ts';

/** Turns the bytes of one stream into objects. */
export interface JsonLines {
  /** The objects of the lines that end in this chunk; null when none does. */
  push(chunk: Buffer, at: number): Buffer | null;
  /** That of an unfinished last line. */
  end(at: number): Buffer | null;
}

/** A `message` ends with `\n` where its line did: a very long one is several objects of which only the last one does. */
export function createJsonLines(source: Subject & { readonly stream: 'out' | 'err' }, printDate: DateFormatter | null): JsonLines {
  let objects = '';
  let stamp = '';
  const rest = `"type":"${source.stream}","process_id":${source.id},"app_name":${JSON.stringify(source.app)}}\n`;
  const splitter = createLineSplitter((text, end) => {
    objects += `{"message":${JSON.stringify(text + end)},"timestamp":${stamp},${rest}`;
  });

  function collect(at: number, feed: () => void): Buffer | null {
    stamp = JSON.stringify(printDate === null ? new Date(at).toISOString() : printDate(at));
    feed();
    const collected = objects;
    objects = '';
    return collected === '' ? null : Buffer.from(collected);
  }

  return {
    push: (chunk, at) => collect(at, () => splitter.push(chunk)),
    end: (at) => collect(at, () => splitter.flush()),
  };
}
