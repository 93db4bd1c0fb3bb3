// One operation under way: its outcomes as they come in, its events, its watchers. What it does is its action's business.
import type { HoldfastEvent } from '../../model/event.ts';
import { printEvent } from '../../model/event.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { InstanceRow } from '../../model/protocol.ts';
import type { RolloutCause, RolloutState } from '../../model/rollout.ts';
import type { OperationUpdate, OperationView, OutcomeView } from '../../model/view.ts';
import type { Cancel, Clock } from '../../platform/clock.ts';
import { judge } from './outcome.ts';
import type { Expectation } from './outcome.ts';
import { OVERTAKEN, RolloutWatch } from './rollout-watch.ts';
import type { RolloutEnd } from './rollout-watch.ts';

/** Events kept for a watcher that comes late. */
const MAX_EVENTS = 1000;

/** What a task needs of the rest. */
export interface TaskOptions {
  readonly id: string;
  readonly action: string;
  readonly apps: readonly string[];
  readonly clock: Clock;
  readonly rows: (app: string) => readonly InstanceRow[];
  readonly rollout: (app: string) => RolloutState | null;
  /** What it waits behind; asked only until it has begun. */
  readonly ahead: () => string | null;
}

interface Watched {
  readonly expectation: Expectation;
  readonly app: string;
  readonly isStep: boolean;
  answered: boolean;
  cancel: Cancel | null;
  /** Said before the exit, and closer to its cause. */
  cause: string | null;
  readonly report: (result: Result) => void;
}

/** How one instance fared. */
interface Result {
  readonly ok: boolean;
  readonly text: string;
}

/** The mutable state of one operation; it lives until it is final and forgotten. */
export class Task {
  readonly id: string;
  readonly action: string;
  readonly apps: readonly string[];
  readonly #options: TaskOptions;
  readonly #startedAt: number;
  readonly #outcomes: OutcomeView[] = [];
  readonly #warnings: string[] = [];
  readonly #events: HoldfastEvent[] = [];
  readonly #watched = new Set<Watched>();
  /** Slots by app. */
  readonly #hurried = new Map<string, Set<number>>();
  readonly #rollouts: RolloutWatch;
  readonly #listeners = new Set<(update: OperationUpdate) => void>();
  readonly #lookouts = new Set<() => void>();
  #hasBegun = false;
  #error: string | null = null;
  #endedAt: number | null = null;

  constructor(options: TaskOptions) {
    this.id = options.id;
    this.action = options.action;
    this.apps = options.apps;
    this.#options = options;
    this.#startedAt = options.clock.epochMs();
    this.#rollouts = new RolloutWatch({ latest: options.rollout, changed: () => this.#tellState() });
  }

  get isFinal(): boolean {
    return this.#endedAt !== null;
  }

  view(): OperationView {
    const failed = this.#error !== null || this.#outcomes.some((outcome) => !outcome.ok);
    return {
      id: this.id,
      action: this.action,
      state: this.#endedAt === null ? 'running' : failed ? 'failed' : 'done',
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      outcomes: [...this.#outcomes].sort((a, b) => a.id - b.id),
      error: this.#error,
      warnings: [...this.#warnings],
      waitsFor: this.#hasBegun ? null : this.#options.ahead(),
      rollouts: this.#rollouts.views(),
    };
  }

  /** Its turn has come. */
  begin(): void {
    this.#hasBegun = true;
    this.#tellState();
  }

  /** Has a rollout begun by `send` and resolves when it has ended, or cannot be waited for any more. */
  rollout(app: string, cause: RolloutCause, send: () => Promise<unknown>): Promise<RolloutEnd> {
    const end = this.#rollouts.ofNew(app, cause, send);
    const hurried = this.#hurried.get(app);
    if (hurried !== undefined) this.#rollouts.overtaken(app, hurried);
    return end;
  }

  /** Follows a rollout that was begun for somebody who is gone. */
  follow(app: string, cause: RolloutCause): Promise<RolloutEnd> {
    return this.#rollouts.ofPresent(app, cause);
  }

  /** Gives commands and watches for their outcome: `send` resolves when the host has taken them. Its failure is every instance's. */
  async command(app: string, expectations: readonly Expectation[], send: () => Promise<unknown>): Promise<void> {
    const mine = expectations.map((expectation) =>
      this.#expect(app, expectation, { isStep: false, report: (result) => this.outcome(app, expectation, result) }),
    );
    try {
      await send();
      for (const watched of mine) this.#answered(watched);
    } catch (error) {
      for (const watched of mine) this.#settle(watched, { ok: false, text: (error as Error).message });
      if (!(error instanceof HoldfastError) || mine.length === 0) throw error;
    }
  }

  /** A step on the way: like `command`, but it ends when its outcome is there, and that is no outcome of the operation. */
  async aside(app: string, expectations: readonly Expectation[], send: () => Promise<unknown>): Promise<void> {
    const waits = expectations.map(
      (expectation) => new Promise<void>((resolve) => void this.#expect(app, expectation, { isStep: true, report: () => resolve() })),
    );
    const mine = [...this.#watched].filter((watched) => expectations.includes(watched.expectation));
    try {
      await send();
      for (const watched of mine) this.#answered(watched);
      await Promise.all(waits);
    } finally {
      for (const watched of mine) this.#watched.delete(watched);
    }
  }

  /** Whether it waits for a rollout of this app. */
  rollsOut(app: string): boolean {
    return this.#rollouts.waits(app);
  }

  /** An instance whose outcome is known without waiting. */
  outcome(app: string, slot: { readonly slot: number; readonly id: number }, result: Result): void {
    this.#outcomes.push({ app, slot: slot.slot, id: slot.id, ...result });
  }

  /** Whether all that is known of an app so far is good. */
  isFine(app: string): boolean {
    return this.#outcomes.every((outcome) => outcome.app !== app || outcome.ok);
  }

  warn(text: string): void {
    if (!this.#warnings.includes(text)) this.#warnings.push(text);
  }

  /** A failure that is no instance's. The first one is kept, the others become warnings. */
  fail(text: string): void {
    if (this.#error === null) this.#error = text;
    else this.warn(text);
  }

  /** Something was published: watchers of an operation see the events of its apps. */
  heard(event: HoldfastEvent): void {
    if (this.isFinal || event.app === null || !this.apps.includes(event.app)) return;
    if (this.#events.length < MAX_EVENTS) this.#events.push(event);
    this.#tell({ type: 'event', event });
  }

  /** The registry has taken in a fact of this app: of one slot, or, where that is null, perhaps of all. */
  noticed(app: string, event: HoldfastEvent | null, slot: number | null): void {
    for (const watched of this.#watched) {
      if (watched.app === app && (slot === null || slot === watched.expectation.slot)) this.#look(watched, event);
    }
    this.#rollouts.look(app);
    this.#changed();
  }

  /** Settles what is still awaited of an app as failed. */
  giveUp(app: string, text: string): void {
    this.#rollouts.letGo(app, text);
    for (const watched of this.#watched) if (watched.app === app) this.#settle(watched, { ok: false, text });
  }

  /** A later operation undoes what is wanted of these slots: nothing is awaited of them beyond the command itself. */
  hurry(app: string, slots: readonly number[]): void {
    const hurried = new Set([...(this.#hurried.get(app) ?? []), ...slots]);
    this.#hurried.set(app, hurried);
    for (const watched of this.#watched) this.#letGo(watched);
    this.#rollouts.overtaken(app, hurried);
    this.#changed();
  }

  /** Resolves when every instance, or every one of an app, has its outcome. */
  async settled(app: string | null = null): Promise<void> {
    const isSettled = (): boolean => ![...this.#watched].some((watched) => app === null || watched.app === app);
    if (isSettled()) return;
    await new Promise<void>((resolve) => {
      const end = this.onChange(() => {
        if (!isSettled()) return;
        end();
        resolve();
      });
    });
  }

  /** Calls back whenever something has changed that others may wait for: facts, outcomes, later commands. Returns the function that ends it. */
  onChange(lookout: () => void): () => void {
    this.#lookouts.add(lookout);
    return () => void this.#lookouts.delete(lookout);
  }

  /** Whether a later operation undoes what is wanted of all these slots. */
  isOvertaken(app: string, slots: readonly number[]): boolean {
    const hurried = this.#hurried.get(app);
    return hurried !== undefined && slots.every((slot) => hurried.has(slot));
  }

  /** No more will come. */
  end(): void {
    this.#endedAt = this.#options.clock.epochMs();
    this.#tellState();
    this.#listeners.clear();
  }

  /** Repeats what was, says what is, then passes on what comes; the last update is the final operation. Returns the function that ends it. */
  watch(listener: (update: OperationUpdate) => void): () => void {
    for (const event of this.#events) listener({ type: 'event', event });
    listener({ type: 'operation', operation: this.view() });
    if (!this.isFinal) this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #expect(app: string, expectation: Expectation, { isStep, report }: Pick<Watched, 'isStep' | 'report'>): Watched {
    const watched: Watched = { expectation, app, isStep, answered: false, cancel: null, cause: null, report };
    this.#watched.add(watched);
    return watched;
  }

  #answered(watched: Watched): void {
    watched.answered = true;
    this.#look(watched, null);
    this.#letGo(watched);
  }

  /** A step on the way is never let go: what follows relies on it. */
  #letGo(watched: Watched): void {
    const isHurried = this.#hurried.get(watched.app)?.has(watched.expectation.slot) === true;
    if (isHurried && watched.answered && !watched.isStep) this.#settle(watched, { ok: false, text: OVERTAKEN });
  }

  #look(watched: Watched, event: HoldfastEvent | null): void {
    const { expectation, app } = watched;
    const { clock, rows } = this.#options;
    watched.cancel?.();
    watched.cancel = null;
    if (event?.kind === 'port-busy' && event.slot === expectation.slot) watched.cause = printEvent(event);
    const verdict = judge(expectation, { rows: rows(app), event, answered: watched.answered, nowMs: clock.epochMs() });
    if (verdict.kind === 'waiting') {
      if (verdict.againMs !== null) watched.cancel = clock.setTimer(Math.max(verdict.againMs, 1), () => this.#look(watched, null));
      return;
    }
    const text = verdict.ok || watched.cause === null ? verdict.text : `${watched.cause}; ${verdict.text}`;
    this.#settle(watched, { ok: verdict.ok, text });
  }

  #settle(watched: Watched, result: Result): void {
    if (!this.#watched.delete(watched)) return;
    watched.cancel?.();
    watched.report(result);
    this.#tellState();
    this.#changed();
  }

  #changed(): void {
    for (const lookout of this.#lookouts) lookout();
  }

  #tellState(): void {
    this.#tell({ type: 'operation', operation: this.view() });
  }

  #tell(update: OperationUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }
}
