// The names of log files that were put aside, made and read back. It touches no file.
import type { AsideForm } from '../policy/rotate.ts';

/** `api-out.log` as `api-out__2026-11-22_19-30-00-123Z.log`: pm2-logrotate's shape in UTC, so that the names sort by time. */
export function asideName(name: string, at: number): string {
  const { stem, extension } = split(name);
  return `${stem}__${new Date(at).toISOString().replace('T', '_').replaceAll(/[:.]/g, '-')}${extension}`;
}

/** A file name that `asideName` made, perhaps compressed since, or half compressed. */
export interface AsideName {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly form: AsideForm;
}

/** Null for any other name. With `numbered` also those of the instances that have a number each. */
export function parseAside(name: string, of: string, { numbered }: { readonly numbered: boolean } = { numbered: false }): AsideName | null {
  const { stem, extension } = split(of);
  if (!name.startsWith(stem)) return null;
  const match = /^(-\d+)?__(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)-(\d{3})Z(.*)$/.exec(name.slice(stem.length));
  if (match === null || (match[1] !== undefined && !numbered)) return null;
  const at = Date.parse(`${match[2]}T${match[3]}:${match[4]}:${match[5]}.${match[6]}Z`);
  const form = FORMS.find(({ suffix }) => match[7] === `${extension}${suffix}`)?.form;
  return form === undefined || Number.isNaN(at) ? null : { at, form };
}

/** Added to the name while, and after, it is compressed. */
export const COMPRESSED = '.gz';
export const PARTIAL = '.gz.tmp';
const FORMS = [
  { suffix: '', form: 'plain' },
  { suffix: COMPRESSED, form: 'compressed' },
  { suffix: PARTIAL, form: 'partial' },
] as const;

/** Whether `name` is that of a present log file: `of` itself, or with the number of an instance where each has one. */
export function isPresent(name: string, of: string, { numbered }: { readonly numbered: boolean }): boolean {
  const { stem, extension } = split(of);
  if (!name.startsWith(stem) || !name.endsWith(extension)) return false;
  const number = name.slice(stem.length, name.length - extension.length);
  return numbered ? /^-\d+$/.test(number) : number === '';
}

/** As the numbers of instances are put in. */
function split(name: string): { readonly stem: string; readonly extension: string } {
  return name.endsWith('.log') ? { stem: name.slice(0, -'.log'.length), extension: '.log' } : { stem: name, extension: '' };
}
