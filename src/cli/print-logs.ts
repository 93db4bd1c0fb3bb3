// Prints records of logs in the form that was asked for, many with one write.
import type { LogRecord } from '../model/log-request.ts';
import type { LogEntry } from '../model/view.ts';
import type { Context } from './context.ts';
import type { LogForm } from './log-wish.ts';
import { createLogRenderer, createPairsRenderer } from './render/log-line.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Returns the function that prints. */
export function createLogPrinter(form: LogForm, ctx: Context): (records: readonly LogRecord[]) => void {
  if (form.kind === 'raw') return (records) => ctx.out(linesOf(records));
  const render = rendererOf(form, ctx);
  return (records) => ctx.out(records.map((record) => `${render(toEntry(record))}\n`).join(''));
}

function rendererOf(form: Exclude<LogForm, { kind: 'raw' }>, { palette, isTTY }: Context): (entry: LogEntry) => string {
  switch (form.kind) {
    case 'json':
      return (entry) => JSON.stringify(entry);
    case 'pairs':
      return createPairsRenderer();
    case 'text':
      return createLogRenderer({ palette, isTTY, timeFormat: form.timeFormat, highlight: form.highlight });
    default:
      return form satisfies never;
  }
}

function linesOf(records: readonly LogRecord[]): Uint8Array {
  const lines = Buffer.allocUnsafe(records.reduce((sum, { bytes }) => sum + bytes.length + 1, 0));
  let at = 0;
  for (const { bytes } of records) {
    lines.set(bytes, at);
    at += bytes.length + 1;
    lines[at - 1] = NEWLINE;
  }
  return lines;
}

/** Bytes that are no UTF-8 become U+FFFD. */
function toEntry({ bytes, at, app, slot, id, stream, level }: LogRecord): LogEntry {
  const end = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString();
  return { at, app, slot, id, stream, level, text };
}
