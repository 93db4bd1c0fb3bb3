// Small texts that several pages show: moments, counts.

/** `HH:mm:ss` in the local time zone. */
export function printClock(at: number): string {
  const moment = new Date(at);
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(twoDigits).join(':');
}

/** `YYYY-MM-DD HH:mm:ss` in the local time zone. */
export function printMoment(at: number): string {
  const moment = new Date(at);
  return `${moment.getFullYear()}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())} ${printClock(at)}`;
}

/** `1 instance`, `2 instances`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
