// Waits for the end of one rollout in the registry. It begins none and judges none.
import type { RolloutCause, RolloutState } from '../../model/rollout.ts';
import { isUnderWay } from '../rollouts.ts';

/** `let-go`: how it ends is not known here, for this reason. */
export type RolloutEnd = { readonly kind: 'ended'; readonly state: RolloutState } | { readonly kind: 'let-go'; readonly text: string };

/** From before a rollout is asked for until its end. */
export class RolloutWatch {
  readonly end: Promise<RolloutEnd>;
  readonly #cause: RolloutCause;
  readonly #options: { readonly look: () => RolloutState | null; readonly changed: () => void };
  /** When the one began that was there before this one was asked for. */
  readonly #beforeAt: number | null;
  #state: RolloutState | null = null;
  #isOver = false;
  #settle!: (end: RolloutEnd) => void;

  /** `look` gives the latest rollout of the app; `changed` is called when `state` has changed; `isNew`: it is still to begin. */
  constructor(
    cause: RolloutCause,
    options: { readonly look: () => RolloutState | null; readonly changed: () => void; readonly isNew: boolean },
  ) {
    this.#cause = cause;
    this.#options = options;
    this.#beforeAt = options.isNew ? (options.look()?.startedAt ?? null) : null;
    this.end = new Promise((resolve) => {
      this.#settle = (end) => {
        this.#isOver = true;
        resolve(end);
      };
    });
  }

  get state(): RolloutState | null {
    return this.#state;
  }

  /** Whether it has ended, or is not waited for any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The registry has heard of the app. An instance that is replaced by its host meanwhile is another rollout. */
  look(): void {
    const latest = this.#options.look();
    if (this.#isOver || latest === null || latest === this.#state || latest.cause !== this.#cause || latest.startedAt === this.#beforeAt)
      return;
    this.#state = latest;
    this.#options.changed();
    if (!isUnderWay(latest)) this.#settle({ kind: 'ended', state: latest });
  }

  letGo(text: string): void {
    this.#settle({ kind: 'let-go', text });
  }
}
