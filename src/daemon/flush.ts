// Empties the log files of apps while they are being written. What was put aside of them stays.
import { existsSync, truncateSync } from 'node:fs';
import { HoldfastError } from '../model/errors.ts';
import type { FlushReply } from '../model/view.ts';
import { removeIndex } from '../log/index-file.ts';
import { partsOf } from '../log/parts.ts';
import type { DaemonContext } from './context.ts';
import { combinedFilesOf, logFilesOf } from './log-files.ts';
import { allSlots, selectSlots } from './operations/plan.ts';
import type { AppSlots } from './operations/plan.ts';

/** `targets` null: all apps, and the copy of the events, which PM2's `flush` empties as well. Throws TARGET_NOT_FOUND, and OPERATION_FAILED naming what could not be emptied, after everything else was. */
export function flushLogs(context: DaemonContext, targets: readonly string[] | null): FlushReply {
  const chosen =
    targets === null
      ? context.store.apps().map((app) => ({ app: app.spec.name, slots: allSlots(app) }))
      : selectSlots(context, 'flush the logs of', targets);
  const failed: string[] = [];
  const copy =
    targets === null && context.eventCopy !== null && existsSync(context.eventCopy) ? [{ path: context.eventCopy, app: null }] : [];
  const files = [...filesOf(context, chosen), ...copy].flatMap(({ path, app }) => {
    try {
      return [{ path, app, ...flushFile(path) }];
    } catch (error) {
      failed.push(`${path}: ${(error as Error).message}`);
      return [];
    }
  });
  if (failed.length > 0)
    throw new HoldfastError('OPERATION_FAILED', `Cannot empty ${failed.join('; ')}.`, { hint: 'holdfast logs --events' });
  return { files };
}

/** Those that are read, and what the streams have together besides. */
function filesOf(context: DaemonContext, chosen: readonly AppSlots[]): readonly { readonly path: string; readonly app: string }[] {
  const files = logFilesOf(context, chosen);
  const known = new Set(files.map(({ path }) => path));
  return [...files, ...combinedFilesOf(context, chosen).filter(({ path }) => !known.has(path))];
}

/** What it held, and what stays of it. */
function flushFile(path: string): Pick<FlushReply['files'][number], 'bytes' | 'kept'> {
  const parts = partsOf(path);
  const present = parts.find(({ isPresent }) => isPresent);
  const kept = parts.filter((part) => part !== present);
  if (present !== undefined) empty(path);
  return { bytes: present?.bytes ?? 0, kept: { files: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) } };
}

/** The host appends (O_APPEND): it goes on at the new end, and begins a new index there. */
function empty(path: string): void {
  truncateSync(path);
  removeIndex(path);
}
