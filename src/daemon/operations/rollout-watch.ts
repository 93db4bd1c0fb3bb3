// Waits for the ends of the rollouts of one operation, one an app, in the registry. It begins none and judges none.
import type { RolloutCause, RolloutState } from '../../model/rollout.ts';
import type { AppRolloutView } from '../../model/view.ts';
import { isUnderWay } from '../rollouts.ts';

/** `let-go`: how it ends is not known here, for this reason. */
export type RolloutEnd = { readonly kind: 'ended'; readonly state: RolloutState } | { readonly kind: 'let-go'; readonly text: string };

/** `latest` gives the latest rollout of an app; `changed` is called when `views` have changed. */
interface RolloutWatchOptions {
  readonly latest: (app: string) => RolloutState | null;
  readonly changed: () => void;
}

interface Watched {
  readonly cause: RolloutCause;
  /** The one that was there before this one was asked for. */
  readonly before: RolloutState | null;
  readonly end: Promise<RolloutEnd>;
  state: RolloutState | null;
  isOver: boolean;
  settle(end: RolloutEnd): void;
}

/** From before a rollout is asked for until its end. */
export class RolloutWatch {
  readonly #options: RolloutWatchOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: RolloutWatchOptions) {
    this.#options = options;
  }

  views(): readonly AppRolloutView[] {
    return [...this.#watched].flatMap(([app, { state }]) => (state === null ? [] : [{ app, rollout: state }]));
  }

  /** Whether the end of a rollout of this app is waited for. */
  waits(app: string): boolean {
    return this.#watched.get(app)?.isOver === false;
  }

  /** Has one begun by `send` and resolves when it has ended. */
  async ofNew(app: string, cause: RolloutCause, send: () => Promise<unknown>): Promise<RolloutEnd> {
    const { end } = this.#watch(app, cause, this.#options.latest(app));
    const sent = send().then(() => this.look(app));
    // The host may answer late, when it is through with a replacement of its own; who overtakes this does not wait for that.
    await Promise.race([sent, end]);
    return end;
  }

  /** Resolves when one has ended that somebody else has begun. */
  ofPresent(app: string, cause: RolloutCause): Promise<RolloutEnd> {
    const { end } = this.#watch(app, cause, null);
    this.look(app);
    return end;
  }

  /** The registry has heard of the app. An instance that is replaced by its host meanwhile is another rollout. */
  look(app: string): void {
    const watched = this.#watched.get(app);
    const latest = this.#options.latest(app);
    if (watched === undefined || watched.isOver || latest === null || latest === watched.state) return;
    if (latest.cause !== watched.cause || (watched.state === null && isOlder(latest, watched.before))) return;
    watched.state = latest;
    this.#options.changed();
    if (!isUnderWay(latest)) watched.settle({ kind: 'ended', state: latest });
  }

  letGo(app: string, text: string): void {
    this.#watched.get(app)?.settle({ kind: 'let-go', text });
  }

  /** A later command is about these slots. A rollout of others goes on, but the command cannot wait for its end. */
  overtaken(app: string, slots: ReadonlySet<number>): void {
    const state = this.#watched.get(app)?.state ?? null;
    const isStopped = state === null || state.slots.some((one) => slots.has(one.slot));
    this.letGo(app, isStopped ? OVERTAKEN : 'it goes on, but a later command does not wait for it');
  }

  #watch(app: string, cause: RolloutCause, before: RolloutState | null): Watched {
    let settle!: (end: RolloutEnd) => void;
    const end = new Promise<RolloutEnd>((resolve) => (settle = resolve));
    const watched: Watched = {
      cause,
      before,
      end,
      state: null,
      isOver: false,
      settle(how) {
        watched.isOver = true;
        settle(how);
      },
    };
    this.#watched.set(app, watched);
    return watched;
  }
}

/** Whether it is the one before, told once more or moved on. Two may begin in the same millisecond, but only after one another. */
function isOlder(latest: RolloutState, before: RolloutState | null): boolean {
  if (before === null || latest.startedAt !== before.startedAt) return false;
  return isUnderWay(before) || latest.endedAt === before.endedAt;
}

/** What is said of something that a later command has undone. */
export const OVERTAKEN = 'a later command stopped it';
