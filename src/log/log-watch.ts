// Tells when files in some folders may have changed: by the system where it can, and now and then in any case (network disks, used-up watches).
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';

const LOOK_AGAIN_MS: Ms = 500;

export interface LogWatch {
  /** `changed` is called after a change of the file or of its name; `tick` twice a second. */
  add(path: string, on: { readonly changed: () => void; readonly tick: () => void }): void;
  close(): void;
}

export function createLogWatch(clock: Pick<Clock, 'setTimer'>): LogWatch {
  const watchers = new Map<string, FSWatcher | null>();
  const listeners = new Map<string, { readonly changed: () => void; readonly tick: () => void }>();
  let cancel: Cancel = clock.setTimer(LOOK_AGAIN_MS, tick);

  function tick(): void {
    for (const { tick: onTick } of listeners.values()) onTick();
    cancel = clock.setTimer(LOOK_AGAIN_MS, tick);
  }

  function watchFolder(folder: string): FSWatcher | null {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null) return;
        for (const [path, { changed }] of listeners) if (dirname(path) === folder && name.startsWith(basename(path, '.log'))) changed();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return null; // no such folder yet, or no watch left (inotify(7), max_user_watches)
    }
  }

  return {
    add(path, on) {
      listeners.set(path, on);
      const folder = dirname(path);
      if (!watchers.has(folder)) watchers.set(folder, watchFolder(folder));
    },
    close() {
      cancel();
      for (const watcher of watchers.values()) watcher?.close();
    },
  };
}
