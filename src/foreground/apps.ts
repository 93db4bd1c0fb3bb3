// The apps that run in the foreground, each under a supervisor: started, reloaded and stopped together. It knows when none of them is left.
import { isDeepStrictEqual } from 'node:util';
import type { AppSpec } from '../model/app-spec.ts';
import type { EventLevel, HoldfastEvent } from '../model/event.ts';
import type { Fact, InstanceRow, SlotId } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import { decideEnding, isAtRest } from '../policy/ending.ts';
import { createSupervisor } from '../supervisor/supervisor.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { World } from '../supervisor/world.ts';

/** A spec with its real paths: a release without a number. */
export type Draft = Omit<Release, 'number'>;

export interface AppsOptions {
  readonly createWorld: (publish: World['publish']) => World;
  readonly event: (event: HoldfastEvent) => void;
  readonly say: (text: string, level: EventLevel) => void;
  readonly signalNumber: (signal: string) => number | undefined;
  /** Nothing runs any more, and nothing will by itself; `exitCode` is that of the apps. May be called again. */
  readonly over: (exitCode: number) => void;
}

export interface Apps {
  start(drafts: readonly Draft[]): void;
  /** Brings what runs to these, without a gap where that can be; what is not among them is stopped. */
  reload(drafts: readonly Draft[]): void;
  stop(): void;
  /** Ends every process tree. */
  kill(): void;
  specs(): readonly AppSpec[];
}

interface App {
  readonly supervisor: Supervisor;
  release: Release;
  slots: readonly SlotId[];
}

/** Creates an empty runtime. */
export function createApps(options: AppsOptions): Apps {
  const apps = new Map<string, App>();
  const rows = new Map<string, InstanceRow>();
  const world = options.createWorld(take);
  let nextId = 0;
  let isLooking = false;

  function take({ event, row, removed, rollout }: Omit<Fact, 'type' | 'seq'>): void {
    if (event !== null) options.event(event);
    if (row !== null) rows.set(`${row.key} ${row.app}`, row);
    if (removed !== null) rows.delete(`${removed.key} ${removed.app}`);
    const app = rollout?.release && apps.get(rollout.app);
    if (app) app.release = rollout.release;
    lookSoon();
  }

  /** When the message that brought a fact has been worked through. */
  function lookSoon(): void {
    if (isLooking) return;
    isLooking = true;
    world.clock.setTimer(0, look);
  }

  function look(): void {
    isLooking = false;
    const context = {
      retries: (name: string) => (apps.get(name)?.release.spec.erroredRetryMs ?? 0) > 0,
      signalNumber: options.signalNumber,
    };
    const exitCode = decideEnding([...rows.values()], context);
    if (exitCode !== null) options.over(exitCode);
  }

  function add(draft: Draft): void {
    const { spec } = draft;
    const release = { ...draft, number: 1 };
    const slots = withSlots([], spec.instances);
    const supervisor = createSupervisor(release, world);
    apps.set(spec.name, { supervisor, release, slots });
    supervisor.command({ type: 'apply', release, slots, start: spec.autostart, orphans: [] }, () => {});
  }

  function withSlots(held: readonly SlotId[], count: number): readonly SlotId[] {
    const added = Array.from({ length: Math.max(0, count - held.length) }, (_, nth) => ({ slot: held.length + nth, id: nextId++ }));
    return [...held.slice(0, count), ...added];
  }

  function change(app: App, draft: Draft): void {
    const { number, ...before } = app.release;
    const isSame = isDeepStrictEqual(before, draft);
    const release = { ...draft, number: isSame ? number : number + 1 };
    const replace = app.slots.map(({ slot }) => slot);
    const { name, mode, surge } = draft.spec;
    app.slots = withSlots(app.slots, draft.spec.instances);
    if (mode !== app.release.spec.mode) return restart(app, release);
    const command = {
      type: 'rollout',
      cause: isSame ? 'reload' : 'config',
      release,
      slots: app.slots,
      replace,
      parallel: 1,
      surge,
    } as const;
    app.supervisor.rollout(command, (error) => {
      if (error !== null) options.say(`Cannot reload ${name}: ${error}.`, 'error');
    });
  }

  /** Between fork and cluster mode there is a gap. */
  function restart(app: App, release: Release): void {
    options.say(`${release.spec.name} is restarted, not reloaded: its mode changes to ${release.spec.mode}`, 'warn');
    app.release = release;
    app.supervisor.command({ type: 'apply', release, slots: app.slots, start: true, orphans: [] }, () => {});
    app.supervisor.command({ type: 'restart', slots: app.slots.map(({ slot }) => slot) }, () => {});
  }

  function remove(app: App): void {
    app.supervisor.command({ type: 'remove', slots: app.slots.map(({ slot }) => slot) }, () => {});
  }

  return {
    start(drafts) {
      drafts.forEach(add);
      lookSoon();
    },
    reload(drafts) {
      for (const [name, app] of apps) {
        if (drafts.some(({ spec }) => spec.name === name)) continue;
        apps.delete(name);
        remove(app);
      }
      for (const draft of drafts) {
        const app = apps.get(draft.spec.name);
        if (app === undefined) add(draft);
        else change(app, draft);
      }
    },
    stop() {
      lookSoon();
      for (const { supervisor, slots } of apps.values())
        supervisor.command({ type: 'stop', slots: slots.map(({ slot }) => slot) }, () => {});
    },
    kill() {
      for (const row of rows.values()) if (row.process !== null && !isAtRest(row)) world.processes.signal(row.process.pid, 'SIGKILL', true);
    },
    specs: () => [...apps.values()].map(({ release }) => release.spec),
  };
}
