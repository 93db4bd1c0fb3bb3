// Which files an app watches: what it names, without what it ignores and what never counts. It watches none of them.
import fs from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { WatchSpec } from '../model/app-spec.ts';

/** What decides it. */
export interface ScopeOptions {
  readonly watch: WatchSpec;
  /** Absolute, without symlinks: the app's folder. */
  readonly folder: string;
  /** Absolute: the home directory of the manager; null where nothing is kept. */
  readonly home: string | null;
  /** Absolute, before an instance's number is put in: what is written for the app, its logs and its pid file. */
  readonly written: readonly string[];
}

/** See the first line of this file. */
export interface WatchScope {
  /** The folders that must be watched, those above all others. */
  readonly roots: readonly string[];
  /** What is named and not there now, as it was named. */
  readonly missing: readonly string[];
  /** Whether something in this folder may count. */
  enters(folder: string): boolean;
  counts(file: string): boolean;
  /** As people are told: relative to the app's folder where it is in it. */
  show(file: string): string;
}

/** A path, or a glob below one. */
interface Named {
  readonly text: string;
  readonly base: string;
  /** Null: everything at and below `base`. */
  readonly matches: ((relative: string) => boolean) | null;
  /** The glob speaks of names that begin with a dot. */
  readonly meansDots: boolean;
}

type Test = (relative: string) => boolean;

/** Folders that programs fill by themselves. */
const NEVER = new Set(['node_modules', '.git', '__pycache__']);

/** Looks at the disk once, for what is there and where symlinks lead. */
export function createScope({ watch, folder, home, written }: ScopeOptions): WatchScope {
  const named = (watch.paths.length === 0 ? ['.'] : watch.paths).map((text) => readNamed(text, folder));
  const ignored = watch.ignore.map(readPattern);
  const logs = written.map(writtenTest);
  // An app may live in the home directory (as PM2's modules do): then only its own files are left out.
  const ours = home === null || isWithin(folder, home) ? null : home;
  const relative = (place: string): string => (isWithin(place, folder) ? path.relative(folder, place) : place);

  function isLeftOut(place: string, { base, meansDots }: Named): boolean {
    if (ours !== null && isWithin(place, ours)) return true;
    const below = path.relative(base, place).split('/');
    if (below.some((name) => NEVER.has(name) || (!meansDots && name.startsWith('.') && name !== '.'))) return true;
    return ignored.some((test) => test(relative(place)));
  }

  return {
    roots: [...new Set(named.map(({ base }) => rootOf(base, folder)))],
    missing: named.filter(({ base }) => !fs.existsSync(base)).map(({ text }) => text),
    enters: (place) => named.some((one) => isWithin(one.base, place) || (isWithin(place, one.base) && !isLeftOut(place, one))),
    counts(place) {
      if (!hasExtension(place, watch.extensions) || logs.some((test) => test(place))) return false;
      return named.some((one) => isWithin(place, one.base) && !isLeftOut(place, one) && (one.matches?.(relative(place)) ?? true));
    },
    show: relative,
  };
}

function readNamed(text: string, folder: string): Named {
  const literal = path.resolve(folder, text);
  const { base, isGlob } = picomatch.scan(text);
  if (!isGlob || fs.existsSync(literal)) return { text, base: withoutLinks(literal), matches: null, meansDots: false };
  const meansDots = text.split('/').some((part) => part.startsWith('.') && part !== '.' && part !== '..');
  return { text, base: withoutLinks(path.resolve(folder, base)), matches: alongTheWay(globTest(text)), meansDots };
}

function withoutLinks(place: string): string {
  try {
    return fs.realpathSync(place);
  } catch {
    return place; // not there yet
  }
}

/** The app's folder for what is in it, so that it may go and come again; else the nearest folder above. */
function rootOf(base: string, folder: string): string {
  if (isWithin(base, folder)) return folder;
  let root = path.dirname(base);
  while (!fs.existsSync(root)) root = path.dirname(root);
  return root;
}

/** A glob without a slash means a name wherever it stands, as in .gitignore. */
function readPattern({ kind, text }: WatchSpec['ignore'][number]): Test {
  if (kind === 'regexp') {
    const pattern = new RegExp(text);
    return (relative) => pattern.test(relative) || pattern.test(`/${relative}`);
  }
  const glob = text.replace(/(.)\/+$/, '$1');
  const test = globTest(glob);
  return glob.includes('/') ? alongTheWay(test) : (relative) => relative.split('/').some((name) => name !== '' && test(name));
}

function globTest(glob: string): Test {
  return picomatch(glob.replace(/^\.\//, ''), { dot: true, nonegate: true });
}

/** What is true of a folder is true of what is in it. */
function alongTheWay(test: Test): Test {
  return (relative) => {
    for (let part = relative; part !== '' && part !== '.' && part !== '/'; part = path.dirname(part)) if (test(part)) return true;
    return false;
  };
}

/** `api-out.log` is written as `api-out-3.log`, and put aside as `api-out__DATE.log.gz` or, by others, `api-out.log.1`. */
function writtenTest(file: string): Test {
  const { dir, name, ext } = path.parse(file);
  const pattern = new RegExp(`^${escape(name)}(-\\d+)?(__[^/]*)?${escape(ext)}([.-].+)?$`);
  return (place) => path.dirname(place) === dir && pattern.test(path.basename(place));
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A name without an extension counts whatever was asked for: it may be that of a folder. */
function hasExtension(place: string, extensions: WatchSpec['extensions']): boolean {
  const extension = path.extname(place).slice(1);
  return extensions === null || extension === '' || extensions.includes(extension);
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder === '/' ? '/' : `${folder}/`);
}
