// Starts apps in the order of depends_on, each as soon as policy/dependencies.ts lets it. What starting one takes is its action's business.
import { printDuration } from '../../model/units.ts';
import type { Cancel } from '../../platform/clock.ts';
import { mayStart, printAwaited, printDependency } from '../../policy/dependencies.ts';
import type { Dependency, DependencyState, Permission } from '../../policy/dependencies.ts';
import { dependencyState, isRunning, waitLimitMs } from '../dependency-state.ts';
import type { StoredApp } from '../store.ts';
import { allSlots, forApp, saveState } from './plan.ts';
import type { AppSlots, Running } from './plan.ts';
import { OVERTAKEN } from './rollout-watch.ts';

/** What is started, and how. */
export interface OrderedStart {
  readonly chosen: readonly AppSlots[];
  /** Resolves when the host has taken it, to whether others may rely on it. */
  readonly act: (running: Running, app: StoredApp, slots: readonly number[]) => Promise<boolean>;
  /** `taken-as-it-is`: what else an app depends on is not asked, for it was up with it as it was. */
  readonly outside: 'asked' | 'taken-as-it-is';
}

/** Resolves when all of them were started or refused. An app that runs is acted on in its turn, whatever those outside of the operation do. */
export async function startInOrder(running: Running, start: OrderedStart): Promise<void> {
  await new StartOrder(running, start).run();
}

/** The mutable side: who is still to be started. */
class StartOrder {
  readonly #running: Running;
  readonly #start: OrderedStart;
  readonly #inside: ReadonlySet<string>;
  readonly #left: Map<string, AppSlots>;
  readonly #beginning = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #begunAt: number;
  #cancel: Cancel | null = null;
  #isLooking = false;
  #settle!: { resolve(): void; reject(error: unknown): void };

  constructor(running: Running, start: OrderedStart) {
    this.#running = running;
    this.#start = start;
    this.#left = new Map(start.chosen.map((one) => [one.app, one]));
    this.#inside = new Set(this.#left.keys());
    this.#begunAt = running.context.clock.epochMs();
  }

  async run(): Promise<void> {
    const { context, task } = this.#running;
    const waiting = [...this.#left.values()].filter((one) => this.#remember(one));
    // A daemon that dies meanwhile goes on with it when it is back.
    if (waiting.length > 0) await saveState(context, task);
    const done = new Promise<void>((resolve, reject) => (this.#settle = { resolve, reject }));
    const endWatch = task.onChange(() => this.#look());
    this.#look();
    this.#tellWaiting();
    try {
      await done;
    } finally {
      endWatch();
      this.#cancel?.();
    }
  }

  /** Puts down that the app is wanted up and waits; one that runs goes on as it does. Returns whether it was put down. */
  #remember({ app: name, slots }: AppSlots): boolean {
    const { store } = this.#running.context;
    const app = store.get(name);
    if (app === null || app.waiting !== null || this.#needs(app).length === 0 || isRunning(this.#running.context, app)) return false;
    const raised = app.slots.map((slot) => (slots.includes(slot.slot) ? { ...slot, goal: 'up' as const } : slot));
    store.put({ ...app, slots: raised, waiting: { since: this.#begunAt, orElse: 'leave' } });
    return true;
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    let again = true;
    while (again) {
      again = false;
      for (const one of this.#left.values()) {
        const permission = this.#decide(one);
        if (permission.kind === 'wait') continue;
        again = true;
        this.#left.delete(one.app);
        if (permission.kind === 'yes') this.#begin(one);
        else this.#refuse(one, permission.reason);
      }
    }
    this.#isLooking = false;
    this.#cancel?.();
    this.#cancel = null;
    if (this.#left.size > 0) this.#cancel = this.#running.context.clock.setTimer(Math.max(1, this.#nextLimitMs()), () => this.#look());
    else if (this.#beginning.size === 0) this.#settle.resolve();
  }

  #decide({ app: name, slots }: AppSlots): Permission {
    const { context, task } = this.#running;
    if (task.isOvertaken(name, slots)) return { kind: 'no', reason: OVERTAKEN };
    const app = context.store.get(name);
    if (app === null) return { kind: 'yes' };
    const permission = this.#permission(app);
    if (permission.kind !== 'no' || app.waiting?.orElse !== 'start') return permission;
    context.events.publish({ kind: 'not-waited', reason: permission.reason }, { app: name, slot: null });
    return { kind: 'yes' };
  }

  #permission(app: StoredApp): Permission {
    const permission = mayStart(this.#needs(app), (name) => this.#stateOf(name));
    if (permission.kind !== 'wait' || this.#leftMs(app) > 0) return permission;
    const waited = printDuration(waitLimitMs(app.spec, app.waiting ?? { orElse: 'leave' }));
    return { kind: 'no', reason: `it depends on ${printAwaited(permission.for)}, still after ${waited} (depends_timeout)` };
  }

  #needs(app: StoredApp): readonly Dependency[] {
    const asksOutside = this.#start.outside === 'asked' && !isRunning(this.#running.context, app);
    return app.spec.dependsOn.filter((dependency) => asksOutside || this.#inside.has(dependency.app));
  }

  #stateOf(name: string): DependencyState {
    const { context, task } = this.#running;
    if (this.#left.has(name) || this.#beginning.has(name)) return { kind: 'waiting' };
    const app = context.store.get(name);
    const isOvertaken = app !== null && task.isOvertaken(name, allSlots(app));
    return this.#refused.has(name) || isOvertaken ? { kind: 'refused' } : dependencyState(context, name);
  }

  #begin(one: AppSlots): void {
    const { context } = this.#running;
    this.#beginning.add(one.app);
    let isReliable = false;
    const carryOut = async (): Promise<void> => {
      await forApp(one, this.#running, async (app, slots) => void (isReliable = await this.#start.act(this.#running, app, slots)));
      // Only now: until the host has taken it, it is to be begun again by a daemon that comes back.
      const app = context.store.get(one.app);
      if (app !== null && app.waiting !== null) context.store.put({ ...app, waiting: null });
      this.#beginning.delete(one.app);
      if (!isReliable) this.#refused.add(one.app);
      this.#look();
    };
    carryOut().catch((error: unknown) => this.#settle.reject(error));
  }

  #refuse({ app: name, slots }: AppSlots, reason: string): void {
    const { context, task } = this.#running;
    this.#refused.add(name);
    const app = context.store.get(name);
    if (app === null) return;
    for (const slot of app.slots) if (slots.includes(slot.slot)) task.outcome(name, slot, { ok: false, text: reason });
    // Whoever has overtaken it says what is wanted from now on.
    if (reason === OVERTAKEN || app.waiting === null) return;
    const lowered = app.slots.map((slot) => (slots.includes(slot.slot) ? { ...slot, goal: 'down' as const } : slot));
    context.store.put({ ...app, slots: lowered, waiting: null });
    context.events.publish({ kind: 'not-started', reason }, { app: name, slot: null });
  }

  /** Those who look on see from the beginning what the others wait for. */
  #tellWaiting(): void {
    const { context } = this.#running;
    for (const { app: name } of this.#left.values()) {
      const app = context.store.get(name);
      const permission = app === null ? null : this.#permission(app);
      if (app === null || permission?.kind !== 'wait') continue;
      const limitMs = waitLimitMs(app.spec, app.waiting ?? { orElse: 'leave' });
      context.events.publish({ kind: 'waits', for: permission.for.map(printDependency).join(' and '), limitMs }, { app: name, slot: null });
    }
  }

  #nextLimitMs(): number {
    const apps = [...this.#left.keys()].map((name) => this.#running.context.store.get(name)).filter((app) => app !== null);
    return Math.min(...apps.map((app) => this.#leftMs(app)));
  }

  #leftMs({ spec, waiting }: StoredApp): number {
    const since = waiting?.since ?? this.#begunAt;
    return since + waitLimitMs(spec, waiting ?? { orElse: 'leave' }) - this.#running.context.clock.epochMs();
  }
}
