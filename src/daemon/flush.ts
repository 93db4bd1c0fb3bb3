// Empties the log files of apps while they are being written. What was put aside of them stays.
import { truncateSync } from 'node:fs';
import { HoldfastError } from '../model/errors.ts';
import type { FlushReply } from '../model/view.ts';
import { removeIndex } from '../log/index-file.ts';
import { partsOf } from '../log/parts.ts';
import type { DaemonContext } from './context.ts';
import { logFilesOf } from './log-files.ts';
import { allSlots, selectSlots } from './operations/plan.ts';

/** `targets` null: all apps. Throws TARGET_NOT_FOUND, and OPERATION_FAILED naming what could not be emptied, after everything else was. */
export function flushLogs(context: DaemonContext, targets: readonly string[] | null): FlushReply {
  const chosen =
    targets === null
      ? context.store.apps().map((app) => ({ app: app.spec.name, slots: allSlots(app) }))
      : selectSlots(context, 'flush the logs of', targets);
  const failed: string[] = [];
  const files = logFilesOf(context, chosen).flatMap(({ path, app }) => {
    const parts = partsOf(path);
    const present = parts.find(({ isPresent }) => isPresent);
    const kept = parts.filter((part) => part !== present);
    try {
      if (present !== undefined) empty(path);
    } catch (error) {
      failed.push(`${path}: ${(error as Error).message}`);
      return [];
    }
    return [
      { path, app, bytes: present?.bytes ?? 0, kept: { files: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) } },
    ];
  });
  if (failed.length > 0)
    throw new HoldfastError('OPERATION_FAILED', `Cannot empty ${failed.join('; ')}.`, { hint: 'holdfast logs --events' });
  return { files };
}

/** The host appends (O_APPEND): it goes on at the new end, and begins a new index there. */
function empty(path: string): void {
  truncateSync(path);
  removeIndex(path);
}
