// Reads the values of watch and ignore_watch, in all the forms that PM2's configurations have. Whether the paths are there is checked in watch.ts. Pure.
import type { WatchSpec } from '../model/app-spec.ts';
import type { Reading } from './values.ts';
import { splitWords } from './words.ts';

type Pattern = WatchSpec['ignore'][number];

const WATCH = 'true (the whole folder), false, or files, folders and globs, such as ["src", "*.json"]';
const PATTERNS = 'names, paths or globs, such as ["logs", "*.log", "data/**"], or regular expressions';

/** Empty for the whole folder, null for nothing. */
export function readWatch(value: unknown): Reading<readonly string[] | null> {
  const items = listOf(value);
  const [only] = items;
  if (items.length === 0 || (items.length === 1 && /^(true|1)$/i.test(String(only)))) return { ok: true, value: [], remark: null };
  if (items.length === 1 && /^(false|0)$/i.test(String(only))) return { ok: true, value: null, remark: null };
  if (!items.every(isText)) return { ok: false, why: 'which names no files', accepted: WATCH };
  return { ok: true, value: items.map((item) => item.trim()), remark: null };
}

/** Strings are globs, unless they can only be meant as regular expressions. One string may be several, with white space between them, as in PM2. */
export function readPatterns(value: unknown): Reading<Pattern[]> {
  const patterns: Pattern[] = [];
  for (const item of listOf(typeof value === 'string' ? splitWords(value).words : value)) {
    if (item instanceof RegExp && /[^gy]/.test(item.flags))
      return { ok: false, why: `where the flags of /${item.source}/${item.flags} would be lost`, accepted: PATTERNS };
    if (item instanceof RegExp) patterns.push({ kind: 'regexp', text: item.source });
    else if (isText(item)) patterns.push({ kind: isExpression(item.trim()) ? 'regexp' : 'glob', text: item.trim() });
    else return { ok: false, why: 'with an item that is no pattern', accepted: PATTERNS };
  }
  return { ok: true, value: patterns, remark: null };
}

function listOf(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== undefined && item !== null && item !== '');
}

function isText(item: unknown): item is string {
  return typeof item === 'string' && item.trim() !== '' && !item.includes('\0');
}

/** What has a meaning as a regular expression and hardly one as a glob: `themes/.*`, `[\/\\]\.`, `\.tmp$`. */
function isExpression(text: string): boolean {
  if (!/^\^|\$$|\\|\.\+|\(\?|[\w-]\/\.\*$/.test(text)) return false;
  try {
    RegExp(text);
    return true;
  } catch {
    return false; // then it is a glob after all
  }
}
