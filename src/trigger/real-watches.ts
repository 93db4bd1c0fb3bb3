// The watches with what they watch files by: a chunk of its own, with the packages, that is loaded once an app watches any.
import { watchFolders } from '../platform/folder-watch.ts';
import { createWatches } from './watches.ts';
import type { Watches, WatchesOptions } from './watches.ts';

/** Nothing is watched before the first review. */
export function createRealWatches(options: Omit<WatchesOptions, 'watch'>): Watches {
  return createWatches({ ...options, watch: watchFolders });
}
