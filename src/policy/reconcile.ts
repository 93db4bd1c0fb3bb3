// What a daemon that comes back in the same boot has to do, app by app: (desired, observed) => commands. It only says; the daemon does.
import type { AppSpec } from '../model/app-spec.ts';
import type { Goal } from '../model/instance.ts';
import type { InstanceRow, ProcessId, SlotId } from '../model/protocol.ts';

/** A slot as state.json remembers it. */
export interface DesiredSlot extends SlotId {
  readonly goal: Goal;
  /** Down, and not by a command: it ended by itself or was not started yet, so its schedule may start it. */
  readonly waits?: boolean | undefined;
}

/** It is wanted up and waits for what it depends on. */
export interface Waiting {
  /** Epoch milliseconds. */
  readonly since: number;
  /** Where that fails: it stays down, as whoever started it was told; or, where it was up before all of it died, it is started. */
  readonly orElse: 'leave' | 'start';
}

/** An app as state.json remembers it. */
export interface DesiredApp {
  readonly spec: AppSpec;
  readonly slots: readonly DesiredSlot[];
  /** Null unless it waits: then nothing of it is started, whatever its goals. */
  readonly waiting: Waiting | null;
}

/** The part of a host's row that is compared. */
export type ObservedRow = Pick<InstanceRow, 'slot' | 'id' | 'role' | 'goal' | 'phase'>;

/** A process of HostRecord that was found alive (same pid, same kernel start time) after its host died. */
export interface Orphan extends SlotId {
  readonly process: ProcessId;
}

/**
 * What was found of one app; at most one entry for each name. An app whose host answers but does not know it is `supervised` without
 * rows. A desired app without any entry is taken as `gone`. Orphans are `adoptable` where a host that is started now goes on with them: not where they
 * hold the app's sockets, for then they start the next host themselves and hand them down, and not where the dead host's record is lost.
 */
export type ObservedApp =
  | { readonly kind: 'supervised'; readonly app: string; readonly rows: readonly ObservedRow[] }
  | { readonly kind: 'orphaned'; readonly app: string; readonly orphans: readonly Orphan[]; readonly adoptable: boolean }
  | { readonly kind: 'gone'; readonly app: string };

/**
 * `complete`: the list was read as it was saved, so an app that is not in it was deleted. This holds only if a change is saved before
 * the hosts are told. `lost`: state.json could not be read and was moved aside; then nothing that runs is ever removed.
 */
export type Memory = 'complete' | 'lost';

/** What to do about one app. Slots in `start` and `stop` are those whose goal the host does not have yet; often there are none. */
export type ReconcileCommand =
  /** The host runs the right slots: take its rows over. */
  | { readonly kind: 'adopt'; readonly app: string; readonly start: readonly number[]; readonly stop: readonly number[] }
  /** The host runs it, the list was lost: take its rows over, and its spec and slots into the desired state. */
  | { readonly kind: 'adopt-unknown-app'; readonly app: string }
  /** The host runs other slots than desired: `apply` the spec with `slots` (start: false), then start and stop these. */
  | {
      readonly kind: 'apply-missing-slots';
      readonly spec: AppSpec;
      readonly slots: readonly SlotId[];
      readonly start: readonly number[];
      readonly stop: readonly number[];
    }
  /** Nothing that is wanted lives: start the host (where it is not up), `apply` with `slots` (start: false) and `orphans`, then start these. */
  | {
      readonly kind: 'start-host-and-apply';
      readonly spec: AppSpec;
      readonly slots: readonly SlotId[];
      readonly start: readonly number[];
      readonly orphans: readonly ProcessId[];
    }
  /** The host died, and a new one would have to end wanted instances that go on without it: leave them alone, they bring theirs up, or somebody asks for one. */
  | { readonly kind: 'leave-unsupervised'; readonly app: string; readonly orphans: readonly Orphan[] }
  /** It was deleted while no daemon could say so: `remove` these slots from its host, or end these orphans. */
  | {
      readonly kind: 'remove-unknown-app';
      readonly app: string;
      readonly slots: readonly number[];
      readonly orphans: readonly ProcessId[];
    };

/** Compares what was wanted with what is. One command for each app at most, desired apps first, in their order. */
export function reconcile(input: {
  readonly desired: readonly DesiredApp[];
  readonly observed: readonly ObservedApp[];
  readonly memory: Memory;
}): readonly ReconcileCommand[] {
  const found = new Map(input.observed.map((one) => [one.app, one]));
  const wanted = new Set(input.desired.map((app) => app.spec.name));
  return [
    ...input.desired.map((app) => reconcileDesired(app, found.get(app.spec.name) ?? { kind: 'gone', app: app.spec.name })),
    ...input.observed.filter((one) => !wanted.has(one.app)).flatMap((one) => reconcileUnknown(one, input.memory)),
  ];
}

function reconcileDesired(app: DesiredApp, observed: ObservedApp): ReconcileCommand {
  switch (observed.kind) {
    case 'supervised':
      return reconcileSupervised(app, observed.rows);
    case 'orphaned':
      return reconcileOrphaned(app, observed);
    case 'gone':
      return startHost(app, []);
    default:
      return observed satisfies never;
  }
}

function reconcileSupervised(app: DesiredApp, rows: readonly ObservedRow[]): ReconcileCommand {
  // A row that leaves was replaced and does not hold its slot any more; the current one speaks for a slot that has a successor too.
  const holders = [...rows.filter((row) => row.role === 'successor'), ...rows.filter((row) => row.role === 'current')];
  const present = new Map(holders.map((row) => [row.slot, row]));
  const idle = app.slots.filter((slot) => slot.goal === 'up' && isIdle(present.get(slot.slot))).map((slot) => slot.slot);
  const start = app.waiting === null ? idle : [];
  const stop = app.slots.filter((slot) => slot.goal === 'down' && isUp(present.get(slot.slot))).map((slot) => slot.slot);
  const sameSlots = present.size === app.slots.length && app.slots.every((slot) => present.has(slot.slot));
  if (sameSlots) return { kind: 'adopt', app: app.spec.name, start, stop };
  return { kind: 'apply-missing-slots', spec: app.spec, slots: slotIds(app), start, stop };
}

/** Up, or about to be. */
function isUp(row: ObservedRow | undefined): boolean {
  return row !== undefined && (row.goal === 'up' || awaitsChance(row));
}

/** Down because it was told so, or not there. An errored or finished instance ended by its policy: a returning daemon is no reason to start it. */
function isIdle(row: ObservedRow | undefined): boolean {
  if (row === undefined) return true;
  return row.goal === 'down' && !hasEnded(row) && !awaitsChance(row);
}

/** Its policy gave it up for good, or let it end: no command stopped it. */
export function hasEnded({ goal, phase }: Pick<ObservedRow, 'goal' | 'phase'>): boolean {
  if (goal === 'up' || awaitsChance({ phase })) return false;
  return phase.kind === 'errored' || (phase.kind === 'stopped' && phase.finished !== null);
}

/** It was given up for a while, and its host will launch it again: it is wanted all that time. */
export function awaitsChance({ phase }: Pick<ObservedRow, 'phase'>): boolean {
  return phase.kind === 'errored' && phase.retryMs !== undefined;
}

function reconcileOrphaned(app: DesiredApp, { orphans, adoptable }: Extract<ObservedApp, { kind: 'orphaned' }>): ReconcileCommand {
  const up = new Set(app.slots.filter((slot) => slot.goal === 'up').map((slot) => slot.slot));
  if (!adoptable && orphans.some((orphan) => up.has(orphan.slot))) return { kind: 'leave-unsupervised', app: app.spec.name, orphans };
  return startHost(app, orphans);
}

function startHost(app: DesiredApp, orphans: readonly Orphan[]): ReconcileCommand {
  const wanted = app.slots.filter((slot) => slot.goal === 'up').map((slot) => slot.slot);
  const start = app.waiting === null ? wanted : [];
  return { kind: 'start-host-and-apply', spec: app.spec, slots: slotIds(app), start, orphans: orphans.map((orphan) => orphan.process) };
}

function reconcileUnknown(observed: ObservedApp, memory: Memory): readonly ReconcileCommand[] {
  switch (observed.kind) {
    case 'supervised':
      if (memory === 'lost') return [{ kind: 'adopt-unknown-app', app: observed.app }];
      return [{ kind: 'remove-unknown-app', app: observed.app, slots: [...new Set(observed.rows.map((row) => row.slot))], orphans: [] }];
    case 'orphaned':
      if (memory === 'lost') return [{ kind: 'leave-unsupervised', app: observed.app, orphans: observed.orphans }];
      return [{ kind: 'remove-unknown-app', app: observed.app, slots: [], orphans: observed.orphans.map((orphan) => orphan.process) }];
    case 'gone':
      return [];
    default:
      return observed satisfies never;
  }
}

function slotIds(app: DesiredApp): readonly SlotId[] {
  return app.slots.map(({ slot, id }) => ({ slot, id }));
}
