// The apps that run in the foreground, each under a supervisor: started, reloaded and stopped together. It knows when none of them is left.
import { isDeepStrictEqual } from 'node:util';
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody, EventLevel, HoldfastEvent } from '../model/event.ts';
import type { Fact, InstanceRow, SlotId } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { RolloutCause } from '../model/rollout.ts';
import type { DependencyState } from '../policy/dependencies.ts';
import { decideEnding, isAtRest } from '../policy/ending.ts';
import { createSupervisor } from '../supervisor/supervisor.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { World } from '../supervisor/world.ts';
import { createStartOrder } from './start-order.ts';
import { createStopOrder } from './stop-order.ts';

/** A spec with its real paths: a release without a number. */
export type Draft = Omit<Release, 'number'>;

export interface AppsOptions {
  readonly createWorld: (publish: World['publish']) => World;
  readonly event: (event: HoldfastEvent) => void;
  readonly say: (text: string, level: EventLevel) => void;
  readonly signalNumber: (signal: string) => number | undefined;
  /** Apps have come or gone, or an instance has ended. */
  readonly changed: () => void;
  /** Nothing runs any more, and nothing will by itself; `exitCode` is that of the apps. May be called again. */
  readonly over: (exitCode: number) => void;
}

export interface Apps {
  /** In the order of their dependencies. */
  start(drafts: readonly Draft[]): void;
  /** Brings what runs to these, without a gap where that can be; what is not among them is stopped. */
  reload(drafts: readonly Draft[]): void;
  /** In the reverse order. */
  stop(): void;
  /** Ends every process tree. */
  kill(): void;
  /** Those that were started. */
  all(): readonly App[];
  /** Something becomes of an app by itself: its schedule is due, or its files have changed. */
  act(app: App, action: 'start' | 'restart' | 'reload', slots: readonly number[]): void;
  tell(app: string, body: EventBody): void;
}

/** An app that was started. */
export interface App {
  readonly spec: AppSpec;
  readonly slots: readonly SlotId[];
  /** Without symlinks. */
  readonly cwd: string;
  /** Of the instances that hold its slots. */
  readonly rows: readonly InstanceRow[];
  /** Some have a successor, or are one that has been succeeded. */
  readonly isRollingOut: boolean;
}

interface Entry {
  readonly supervisor: Supervisor;
  release: Release;
  slots: readonly SlotId[];
}

const numbers = (slots: readonly SlotId[]): readonly number[] => slots.map(({ slot }) => slot);
const ignore = (): void => {};

/** Creates an empty runtime. */
export function createApps(options: AppsOptions): Apps {
  const entries = new Map<string, Entry>();
  const rows = new Map<string, InstanceRow>();
  const world = options.createWorld(take);
  const { clock } = world;
  const startOrder = createStartOrder({ clock, stateOf, begin: add, tell });
  const stopOrder = createStopOrder({ stop, isUp: (name) => rowsOf(name).some((row) => !isAtRest(row)) });
  let nextId = 0;
  let isLooking = false;
  let isStopping = false;

  function take({ event, row, removed, rollout }: Omit<Fact, 'type' | 'seq'>): void {
    if (event !== null) options.event(event);
    if (row !== null) rows.set(`${row.key} ${row.app}`, row);
    if (removed !== null) rows.delete(`${removed.key} ${removed.app}`);
    const entry = rollout?.release && entries.get(rollout.app);
    if (entry) entry.release = rollout.release;
    lookSoon();
  }

  function tell(app: string, body: EventBody): void {
    options.event({ ...body, at: clock.epochMs(), app, slot: null });
  }

  function rowsOf(name: string): readonly InstanceRow[] {
    return [...rows.values()].filter((row) => row.app === name);
  }

  function stateOf(name: string): DependencyState {
    const entry = entries.get(name);
    if (entry === undefined) return { kind: 'absent' };
    const current = rowsOf(name).filter(({ role }) => role === 'current');
    if (current.length === 0) return { kind: 'waiting' };
    return {
      kind: 'seen',
      spec: entry.release.spec,
      instances: current.map((row) => ({ ...row, lives: row.process !== null, supervised: true })),
    };
  }

  /** When the message that brought a fact has been worked through. */
  function lookSoon(): void {
    if (isLooking) return;
    isLooking = true;
    clock.setTimer(0, look);
  }

  function look(): void {
    isLooking = false;
    if (isStopping) stopOrder.look();
    else startOrder.look();
    options.changed();
    if (startOrder.isWaiting()) return;
    const specOf = (name: string): AppSpec | undefined => entries.get(name)?.release.spec;
    const exitCode = decideEnding([...rows.values()], {
      retries: (name) => (specOf(name)?.erroredRetryMs ?? 0) > 0,
      isScheduled: (name) => !isStopping && (specOf(name)?.schedule ?? null) !== null,
      signalNumber: options.signalNumber,
    });
    if (exitCode !== null) options.over(startOrder.hasRefused() ? 1 : exitCode);
  }

  function add(draft: Draft): void {
    const { spec } = draft;
    const release = { ...draft, number: 1 };
    const slots = withSlots([], spec.instances);
    const supervisor = createSupervisor(release, world);
    entries.set(spec.name, { supervisor, release, slots });
    supervisor.command({ type: 'apply', release, slots, start: spec.autostart, orphans: [] }, ignore);
  }

  function withSlots(held: readonly SlotId[], count: number): readonly SlotId[] {
    const added = Array.from({ length: Math.max(0, count - held.length) }, (_, nth) => ({ slot: held.length + nth, id: nextId++ }));
    return [...held.slice(0, count), ...added];
  }

  function change(entry: Entry, draft: Draft): void {
    const { number, ...before } = entry.release;
    const isSame = isDeepStrictEqual(before, draft);
    const release = { ...draft, number: isSame ? number : number + 1 };
    const replace = numbers(entry.slots);
    entry.slots = withSlots(entry.slots, draft.spec.instances);
    if (draft.spec.mode !== entry.release.spec.mode) return restart(entry, release);
    rollOut(entry, isSame ? 'reload' : 'config', release, replace);
  }

  function rollOut({ supervisor, slots }: Entry, cause: RolloutCause, release: Release, replace: readonly number[]): void {
    const { name, surge } = release.spec;
    supervisor.rollout({ type: 'rollout', cause, release, slots, replace, parallel: 1, surge }, (error) => {
      if (error !== null) options.say(`Cannot reload ${name}: ${error}.`, 'error');
    });
  }

  /** Between fork and cluster mode there is a gap. */
  function restart(entry: Entry, release: Release): void {
    options.say(`${release.spec.name} is restarted, not reloaded: its mode changes to ${release.spec.mode}`, 'warn');
    entry.release = release;
    entry.supervisor.command({ type: 'apply', release, slots: entry.slots, start: true, orphans: [] }, ignore);
    entry.supervisor.command({ type: 'restart', slots: numbers(entry.slots) }, ignore);
  }

  function stop(name: string): void {
    const entry = entries.get(name);
    entry?.supervisor.command({ type: 'stop', slots: numbers(entry.slots) }, ignore);
  }

  function start(drafts: readonly Draft[]): void {
    startOrder.add(drafts);
    lookSoon();
  }

  return {
    start,
    reload(drafts) {
      const names = drafts.map(({ spec }) => spec.name);
      for (const [name, { supervisor, slots }] of entries) {
        if (names.includes(name)) continue;
        entries.delete(name);
        supervisor.command({ type: 'remove', slots: numbers(slots) }, ignore);
      }
      startOrder.forget();
      for (const draft of drafts) {
        const entry = entries.get(draft.spec.name);
        if (entry !== undefined) change(entry, draft);
      }
      start(drafts.filter(({ spec }) => !entries.has(spec.name)));
    },
    stop() {
      isStopping = true;
      startOrder.forget();
      stopOrder.begin([...entries.values()].map(({ release }) => release.spec));
      lookSoon();
    },
    kill() {
      for (const row of rows.values()) if (row.process !== null && !isAtRest(row)) world.processes.signal(row.process.pid, 'SIGKILL', true);
    },
    all: () =>
      [...entries].map(([name, { release, slots }]) => ({
        spec: release.spec,
        slots,
        cwd: release.cwd,
        rows: rowsOf(name).filter(({ role }) => role === 'current'),
        isRollingOut: rowsOf(name).some(({ role }) => role !== 'current'),
      })),
    act({ spec }, action, slots) {
      const entry = entries.get(spec.name);
      if (entry === undefined || isStopping) return;
      if (action === 'reload') rollOut(entry, 'reload', entry.release, slots);
      else entry.supervisor.command({ type: action, slots }, ignore);
    },
    tell,
  };
}
