// What PM2's daemon says of itself, on its bus and in pm2.log: our events in PM2's frame. Pure.
import { TIME_FORMAT, compileDateFormat } from '../model/date-format.ts';
import { printEvent, printSubject } from '../model/event.ts';
import type { HoldfastEvent } from '../model/event.ts';

/** Of the instance that an event is about, as PM2 counts them; null where it is about none. */
type Id = number | null;

/** The payload of `log:PM2`. */
export function toBusLog(event: HoldfastEvent, id: Id): object {
  return { process: { pm_id: 'PM2', name: 'PM2', rev: null }, at: event.at, data: printText(event, id) };
}

/** A printer of lines of pm2.log. `format` is PM2_LOG_DATE_FORMAT: undefined for the usual one, empty for lines without a time. */
export function createPm2LogPrinter(format: string | undefined): (event: HoldfastEvent, id: Id) => string {
  if (format === '') return printText;
  const print = compileDateFormat(format ?? TIME_FORMAT);
  return (event, id) => `${print(event.at)}: PM2 log: ${printText(event, id)}`;
}

function printText(event: HoldfastEvent, id: Id): string {
  return `${printSubject({ app: event.app, slot: id })} ${printEvent(event)}\n`;
}
