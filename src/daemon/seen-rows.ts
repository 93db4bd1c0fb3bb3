// What is known of each instance of an app at this moment: its row, whether it lives, and the word for its status, which is made here and nowhere else.
import type { InstanceRow } from '../model/protocol.ts';
import type { Status } from '../model/view.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import { BLANK_ROW } from './blank-row.ts';
import { isSupervised } from './context.ts';
import type { DaemonContext } from './context.ts';
import type { StoredApp } from './store.ts';

/** A row with what was found out about it. `pid` is null when nothing of it lives. */
export interface SeenRow {
  readonly row: InstanceRow;
  readonly status: Status;
  readonly pid: number | null;
}

/** Of every slot of the list, and of what is on its way out. */
export function seenRows(context: DaemonContext, app: StoredApp): readonly SeenRow[] {
  const rows = context.registry.rows(app.spec.name);
  const supervised = isSupervised(context, app);
  const missing = context.store.get(app.spec.name) === null ? [] : app.slots.filter(({ slot }) => !rows.some((row) => row.slot === slot));
  const seen = rows.map((row): SeenRow => {
    const minded = supervised || context.departing.has(app.spec.name);
    const pid = row.process !== null && (minded || isSameProcess(row.process)) ? row.process.pid : null;
    const status = minded ? statusOf(row) : statusWithoutHost(row, pid !== null);
    return { row, status: pid === null && isWaiting(app, row.slot, status) ? 'waiting' : status, pid };
  });
  return [...seen, ...missing.map((slot) => unseen(context, app, slot))].sort((a, b) => a.row.slot - b.row.slot);
}

/** Between two runs of its schedule; or wanted up, and what it depends on is not there yet. */
function isWaiting({ spec, slots, waiting }: StoredApp, slot: number, status: Status): boolean {
  const wanted = slots.find((one) => one.slot === slot);
  if (waiting !== null && wanted?.goal === 'up') return true;
  return status === 'stopped' && spec.schedule !== null && wanted?.waits === true;
}

function statusOf({ phase, standby }: InstanceRow): Status {
  switch (phase.kind) {
    case 'backoff':
      return 'waiting restart';
    case 'online':
      return standby ? 'standby' : 'online';
    case 'stopped':
    case 'starting':
    case 'draining':
    case 'stopping':
    case 'errored':
      return phase.kind;
    default:
      return phase satisfies never;
  }
}

function statusWithoutHost({ phase }: InstanceRow, lives: boolean): Status {
  if (lives) return 'unsupervised';
  return phase.kind === 'errored' ? 'errored' : 'stopped';
}

/** A slot of which no host has said anything yet. */
function unseen(context: DaemonContext, app: StoredApp, slot: StoredApp['slots'][number]): SeenRow {
  const { name } = app.spec;
  const now = context.clock.epochMs();
  const row: InstanceRow = {
    ...BLANK_ROW,
    app: name,
    slot: slot.slot,
    id: slot.id,
    goal: slot.goal,
    key: -1,
    role: 'current',
    phase: { kind: 'stopped', finished: null },
    process: null,
    createdAt: now,
  };
  const status = slot.goal === 'up' ? 'starting' : 'stopped';
  return { row, status: isWaiting(app, slot.slot, status) ? 'waiting' : status, pid: null };
}
