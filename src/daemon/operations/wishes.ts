// What actions expect of slots, built from what is known before the command is sent.
import type { InstanceRow } from '../../model/protocol.ts';
import { isSupervised } from '../context.ts';
import type { DaemonContext } from '../context.ts';
import { livingInRows } from '../orphans.ts';
import { isSameProcess } from '../../platform/proc-stat.ts';
import type { StoredApp } from '../store.ts';
import type { Expectation, Launch, Wish } from './outcome.ts';

/** The same wish for some slots of an app. */
export function wish(app: StoredApp, slots: readonly number[], of: (slot: number) => Wish): readonly Expectation[] {
  return app.slots.filter((slot) => slots.includes(slot.slot)).map(({ slot, id }) => ({ slot, id, spec: app.spec, wish: of(slot) }));
}

/** Online by a launch that is still to come. */
export function relaunched(rows: readonly InstanceRow[], slot: number): Wish {
  return { kind: 'online', after: currentLaunch(rows, slot) };
}

/** Online by the present launch where it is up or on its way up, else by the next. */
export function launched(rows: readonly InstanceRow[], slot: number): Wish {
  const row = currentRow(rows, slot);
  const isUp = row !== undefined && row.goal === 'up' && (row.phase.kind === 'online' || row.phase.kind === 'starting');
  return { kind: 'online', after: isUp ? null : currentLaunch(rows, slot) };
}

/** Whether anything of the app runs or is minded by a host. What neither is can be stopped or deleted without any host. */
export function isAnywhere(context: DaemonContext, app: StoredApp): boolean {
  return isSupervised(context, app) || hasOrphans(context, app);
}

/** Whether processes of the app go on without a host. */
export function hasOrphans(context: DaemonContext, app: StoredApp): boolean {
  if (isSupervised(context, app)) return false;
  return app.orphans.some((orphan) => isSameProcess(orphan.process)) || livingInRows(context.registry.rows(app.spec.name)).length > 0;
}

function currentRow(rows: readonly InstanceRow[], slot: number): InstanceRow | undefined {
  return rows.find((row) => row.slot === slot && row.role === 'current');
}

function currentLaunch(rows: readonly InstanceRow[], slot: number): Launch | null {
  const row = currentRow(rows, slot);
  return row === undefined ? null : { key: row.key, generation: row.generation };
}
