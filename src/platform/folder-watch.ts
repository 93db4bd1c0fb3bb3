// Tells which files in some folders change. It watches folders, not files: one inotify watch a folder does for all that is in it (inotify(7)).
import fs from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { Ms } from '../model/units.ts';

/** What is watched, and who is told. */
export interface FolderWatch {
  /** Absolute folders that are there, without symlinks. */
  readonly roots: readonly string[];
  /** Whether what is in this folder may be of interest. Asked for every folder below the roots, those that come later too. */
  readonly enters: (folder: string) => boolean;
  /** Whether symlinks to folders are followed. */
  readonly followsLinks: boolean;
  /** Files are looked at again and again, after so long each time; null: the system tells of changes. */
  readonly pollMs: Ms | null;
  /** Called for every change of a file or folder, at once and often. */
  readonly changed: (path: string) => void;
  /** Something cannot be watched; what can be is. */
  readonly failed: (error: NodeJS.ErrnoException) => void;
}

/** Begins to watch. Returns the function that ends it. */
export function watchFolders({ roots, enters, followsLinks, pollMs, changed, failed }: FolderWatch): () => void {
  const isPolling = pollMs !== null;
  let hasEnded = false;
  const watcher = watch([...roots], {
    ignoreInitial: true,
    followSymlinks: followsLinks,
    ignored: (place, stats) => stats !== undefined && (stats.isDirectory() ? !enters(place) : !isPolling),
    usePolling: isPolling,
    ...(isPolling ? { interval: pollMs, binaryInterval: pollMs } : {}),
  });
  const tell = (place: string | null): void => {
    if (!hasEnded && place !== null) changed(place);
  };
  if (isPolling) watcher.on('all', (_, place) => tell(path.resolve(place)));
  else watcher.on('raw', (_, name: string | null, from) => tell(placeOf((from as { watchedPath: string }).watchedPath, name)));
  watcher.on('error', (error) => {
    if (!hasEnded) failed(error as NodeJS.ErrnoException);
  });
  return () => {
    hasEnded = true;
    // It has no failure of its own: what it waits for are its own looks at folders.
    void watcher.close();
  };
}

/** Null for what happens to the watched folder itself, which comes under its own name: who watches the folder above it tells of that. */
function placeOf(folder: string, name: string | null): string | null {
  if (name === null) return null;
  const place = path.join(folder, name);
  return name === path.basename(folder) && !fs.existsSync(place) ? null : place;
}
