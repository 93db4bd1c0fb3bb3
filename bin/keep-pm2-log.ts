// pm2.log in PM2's home, for scripts that follow it: what happens, line by line, beside our own daemon.log. It is read by nobody of ours.
import { createPm2LogPrinter } from '../src/compat/pm2-log.ts';
import { createEventFile } from '../src/daemon/event-file.ts';
import type { HoldfastEvent } from '../src/model/event.ts';
import type { Clock } from '../src/platform/clock.ts';

/** Returns who is to be told of each event, with the id of its instance. The file is put aside when it is large, as daemon.log. */
export function keepPm2Log(file: string, env: NodeJS.ProcessEnv, clock: Clock): (event: HoldfastEvent, id: number | null) => void {
  const append = createEventFile({ file, clock });
  const print = createPm2LogPrinter(env['PM2_LOG_DATE_FORMAT']);
  return (event, id) => {
    try {
      append(print(event, id));
    } catch {
      // The disk refuses. daemon.log has the event, and says so where it is refused as well.
    }
  };
}
