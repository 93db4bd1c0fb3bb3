// Our events in the frame of PM2's log: by the id of the instance, with the time as PM2_LOG_DATE_FORMAT says.
import { expect, it } from 'vitest';
import type { HoldfastEvent } from '../model/event.ts';
import { createPm2LogPrinter, toBusLog } from './pm2-log.ts';

const at = new Date(2026, 10, 29, 16, 5, 7).getTime();
const exited: HoldfastEvent = {
  kind: 'exited',
  exit: { code: 3, signal: null, launchError: null, error: null },
  pid: 4711,
  at,
  app: 'api',
  slot: 1,
};
const leaving: HoldfastEvent = { kind: 'daemon-leaving', at, app: null, slot: null };

it.each([
  [undefined, '2026-11-29T16:05:07: PM2 log: App [api:8] exited with code [3] (pid 4711)\n'],
  ['DD/MM HH:mm', '29/11 16:05: PM2 log: App [api:8] exited with code [3] (pid 4711)\n'],
  ['', 'App [api:8] exited with code [3] (pid 4711)\n'],
])('a line of pm2.log with PM2_LOG_DATE_FORMAT %j', (format, line) => {
  expect(createPm2LogPrinter(format)(exited, 8)).toBe(line);
});

it('a line of the bus is from PM2, and names the manager where it is about no instance', () => {
  const data = 'Holdfast daemon leaving, apps stay\n';
  expect(toBusLog(leaving, null)).toEqual({ process: { pm_id: 'PM2', name: 'PM2', rev: null }, at, data });
});
