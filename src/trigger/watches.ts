// Knows the files that apps watch, and says when those of one have changed and are quiet again. What is done then is not its business.
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { FolderWatch } from '../platform/folder-watch.ts';
import { createScope } from './watch-scope.ts';
import type { ScopeOptions, WatchScope } from './watch-scope.ts';

/** An app that may watch files. */
export interface WatchedApp extends ScopeOptions {
  readonly name: string;
  /** Whether it is to be restarted at all: nothing is watched for an app that is stopped. */
  readonly isWanted: boolean;
}

/** What changed, until it was quiet. */
export interface Change {
  /** The first of them, as people are told. */
  readonly files: readonly string[];
  /** How many there were. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What an app cannot watch; the rest is watched. */
export interface WatchTrouble {
  readonly reason: string;
  /** What makes it work. */
  readonly advice: string | null;
}

export interface WatchesOptions {
  readonly clock: Clock;
  readonly apps: () => readonly WatchedApp[];
  readonly watch: (folders: FolderWatch) => () => void;
  /** False: it cannot be dealt with now, and is to be told again. */
  readonly changed: (app: string, change: Change) => boolean;
  /** Something that is named is not there. */
  readonly missing: (app: string, path: string) => void;
  /** Called once for an app, until what it watches is another. */
  readonly failed: (app: string, trouble: WatchTrouble) => void;
}

export interface Watches {
  /** To be called when apps, what they watch, or what is wanted of them may have changed. */
  review(): void;
  /** Null where all is well, and for an app that watches nothing. */
  troubleOf(app: string): WatchTrouble | null;
  /** Nothing is watched any more, until the next review. */
  stop(): void;
}

/** Names that are told of a change; the others are counted. */
const MAX_FILES = 5;
/** Different files of one change that are counted. */
const MAX_COUNTED = 1000;
/** A change that does not come to an end is told after so long. */
const MAX_BURST_MS: Ms = 60_000;
/** The least time after which what could not be dealt with is told again. */
const AGAIN_MS: Ms = 100;

interface Burst {
  readonly files: Set<string>;
  readonly firstAt: number;
  lastAt: number;
}

interface Entry {
  readonly app: WatchedApp;
  /** Which folder it was when it began: another may have come into its place. */
  readonly inode: string | null;
  readonly close: () => void;
  burst: Burst | null;
  cancel: Cancel | null;
  trouble: WatchTrouble | null;
}

/** Nothing is watched before the first review. */
export function createWatches(options: WatchesOptions): Watches {
  const { clock } = options;
  const entries = new Map<string, Entry>();

  function review(): void {
    const wanted = new Map(options.apps().flatMap((app) => (app.watch.isOn && app.isWanted ? [[app.name, app] as const] : [])));
    for (const [name, entry] of entries) {
      const now = wanted.get(name);
      if (now !== undefined && isDeepStrictEqual(now, entry.app) && inodeOf(now.folder) === entry.inode) wanted.delete(name);
      else end(name, entry);
    }
    for (const app of wanted.values()) begin(app);
  }

  function begin(app: WatchedApp): void {
    const scope = createScope(app);
    const inode = inodeOf(app.folder);
    const entry: Entry = { app, inode, burst: null, cancel: null, trouble: null, close: inode === null ? () => {} : open(app, scope) };
    entries.set(app.name, entry);
    for (const path of inode === null ? [app.folder] : scope.missing) options.missing(app.name, path);
  }

  function open({ name, watch }: WatchedApp, scope: WatchScope): () => void {
    return options.watch({
      roots: scope.roots,
      enters: scope.enters,
      followsLinks: watch.followsLinks,
      pollMs: watch.pollMs,
      changed(place) {
        if (scope.counts(place)) note(name, scope.show(place));
      },
      failed(error) {
        const entry = entries.get(name);
        if (entry === undefined || entry.trouble !== null) return;
        entry.trouble = troubleFrom(error);
        options.failed(name, entry.trouble);
      },
    });
  }

  function note(name: string, file: string): void {
    const entry = entries.get(name);
    if (entry === undefined) return;
    const now = clock.epochMs();
    entry.burst ??= { files: new Set(), firstAt: now, lastAt: now };
    entry.burst.lastAt = now;
    if (entry.burst.files.size < MAX_COUNTED) entry.burst.files.add(file);
    entry.cancel ??= clock.setTimer(entry.app.watch.delayMs, () => look(entry));
  }

  function look(entry: Entry): void {
    entry.cancel = null;
    const { burst, app } = entry;
    if (burst === null) return;
    const now = clock.epochMs();
    const quietAt = Math.min(burst.lastAt + app.watch.delayMs, burst.firstAt + MAX_BURST_MS);
    // At most the delay: the date may have been set back.
    if (now < quietAt) return again(entry, Math.min(quietAt - now, app.watch.delayMs));
    const { files, firstAt, lastAt } = burst;
    // What comes while it is dealt with is another change.
    entry.burst = null;
    const isTaken = options.changed(app.name, { files: [...files].slice(0, MAX_FILES), count: files.size, firstAt, lastAt });
    if (isTaken || entries.get(app.name) !== entry) return;
    entry.burst = burst;
    again(entry, Math.max(app.watch.delayMs, AGAIN_MS));
  }

  function again(entry: Entry, delayMs: Ms): void {
    entry.cancel?.();
    entry.cancel = clock.setTimer(delayMs, () => look(entry));
  }

  function end(name: string, entry: Entry): void {
    entry.cancel?.();
    entry.close();
    entries.delete(name);
  }

  return {
    review,
    troubleOf: (app) => entries.get(app)?.trouble ?? null,
    stop() {
      for (const [name, entry] of entries) end(name, entry);
    },
  };
}

function inodeOf(folder: string): string | null {
  const stats = fs.statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}

/** inotify(7): ENOSPC is the limit on watches, EMFILE that on those who watch; both are of the user, and both can be raised. */
function troubleFrom(error: NodeJS.ErrnoException): WatchTrouble {
  const raise = (name: string, value: number): string => `sudo sysctl fs.inotify.${name}=${value} raises the limit, then restart the app`;
  if (error.code === 'ENOSPC') return { reason: 'the system has no inotify watch left', advice: raise('max_user_watches', 524_288) };
  if (error.code === 'EMFILE') return { reason: 'the system has no inotify instance left', advice: raise('max_user_instances', 1024) };
  return { reason: error.message, advice: null };
}
