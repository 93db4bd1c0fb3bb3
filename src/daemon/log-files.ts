// The log files of apps, as whoever reads them needs to know them. It opens none.
import { instanceLogPath, isDevicePath } from '../log/paths.ts';
import type { LogFileView } from '../model/view.ts';
import type { DaemonContext } from './context.ts';
import type { AppSlots } from './operations/plan.ts';
import type { StoredApp } from './store.ts';

/** Each file once, in the order of apps and slots. Devices have no end to read from. */
export function logFilesOf(context: DaemonContext, chosen: readonly AppSlots[]): readonly LogFileView[] {
  const files = new Map<string, LogFileView>();
  for (const { app: name, slots } of chosen) {
    const app = context.store.get(name);
    for (const { slot, id } of app?.slots.filter((one) => slots.includes(one.slot)) ?? []) {
      for (const stream of ['out', 'err'] as const) {
        const path = storedPath(app!, stream, id);
        if (path === null) continue;
        const known = files.get(path);
        const isShared = known !== undefined && known.id !== id;
        files.set(path, {
          path,
          app: name,
          slot: isShared ? null : slot,
          id: isShared ? null : id,
          streams: [...new Set([...(known?.streams ?? []), stream])],
          dateFormat: app!.spec.logJson ? null : app!.spec.logDateFormat,
          json: app!.spec.logJson,
        });
      }
    }
  }
  return [...files.values()];
}

/** The files that both streams go to, once each. Who reads takes those of the streams where there are such. */
export function combinedFilesOf(
  context: DaemonContext,
  chosen: readonly AppSlots[],
): readonly { readonly path: string; readonly app: string }[] {
  const files = new Map<string, string>();
  for (const { app: name, slots } of chosen) {
    const app = context.store.get(name);
    for (const { id } of app?.slots.filter(({ slot }) => slots.includes(slot)) ?? []) {
      const path = instanceLogPath(app!.spec.combinedFile, id, app!.spec.mergeLogs);
      if (path !== null && !isDevicePath(path)) files.set(path, name);
    }
  }
  return [...files].map(([path, app]) => ({ path, app }));
}

/** Whether what an instance writes to a stream is kept where it can be read again. */
export function isStored(context: DaemonContext, name: string, stream: 'out' | 'err'): boolean {
  const app = context.store.get(name) ?? context.departing.get(name);
  return app !== undefined && app !== null && storedPath(app, stream, 0) !== null;
}

/** Its own file, or else the one for both streams. */
function storedPath({ spec }: StoredApp, stream: 'out' | 'err', id: number): string | null {
  const own = stream === 'out' ? spec.outFile : spec.errorFile;
  const paths = [own, spec.combinedFile].map((file) => instanceLogPath(file, id, spec.mergeLogs));
  return paths.find((path) => path !== null && !isDevicePath(path)) ?? null;
}
