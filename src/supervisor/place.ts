// One slot of a rollout: who held it, who is to hold it, and what each step does to them. When a step is due is the rollout's business.
import type { EventBody } from '../model/event.ts';
import type { SlotId } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { RolloutAction } from '../model/rollout.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel } from '../platform/clock.ts';
import type { Trial } from '../policy/readiness.ts';
import type { Instances } from './instances.ts';
import { createLastWords } from './last-words.ts';
import { isAtRest } from './live.ts';
import type { Live } from './live.ts';
import { troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** What the places of a rollout need of the supervisor. */
export interface Ground {
  readonly instances: Instances;
  readonly tell: (live: Live, command: 'start' | 'stop' | 'restart') => void;
  /** Its row is to be published. */
  readonly changed: (live: Live) => void;
  /** Who gets traffic is to be looked at again. */
  readonly rotate: () => void;
  /** Comes back through the mailbox. */
  readonly later: (delayMs: Ms, act: () => void) => Cancel;
  /** What its readiness probe said last: `GET /ready: 503 Service Unavailable`. */
  readonly probeText: (live: Live) => string | null;
}

/** `beside`: the new instance is proven while the old one serves. `in-place`: the slot is empty in between. */
export type PlaceKind = 'beside' | 'in-place' | 'added' | 'removed';

export interface PlaceOptions {
  readonly slot: SlotId;
  readonly kind: PlaceKind;
  /** Who holds the slot; null where it is added. */
  readonly old: Live | null;
  /** What it goes back to when the rollout fails. */
  readonly before: Release;
  /** What the new instance is launched from. */
  readonly release: Release;
  /** Null: it is taken as it comes, as on a plain start. */
  readonly trial: Trial | null;
  readonly bakeTimeMs: Ms;
  /** Whether the first sign of not being ready is the last, whatever the restart policy would allow. */
  readonly isImpatient: boolean;
}

export class Place {
  readonly slot: number;
  readonly kind: PlaceKind;
  readonly old: Live | null;
  /** Whether somebody served the slot, or should have. */
  readonly wasUp: boolean;
  fresh: Live | null = null;
  /** The new instance holds the slot, and what was there is gone or going. */
  isSwitched = false;
  /** A command has taken the slot over: it is left alone. */
  isTaken = false;
  readonly #options: PlaceOptions;
  readonly #ground: Ground;
  #generation = 0;
  #isProven = false;
  #isBaked = false;
  #stopBaking: Cancel | null = null;
  #trouble: (Trouble & { readonly generation: number }) | null = null;

  constructor(options: PlaceOptions, ground: Ground) {
    this.slot = options.slot.slot;
    this.kind = options.kind;
    this.old = options.old;
    this.wasUp = options.old?.machine.goal === 'up';
    this.#options = options;
    this.#ground = ground;
  }

  begin(action: RolloutAction): void {
    switch (action) {
      case 'start-successor':
        return this.#launch(this.#ground.instances.createSuccessor(this.old!));
      case 'start':
        return this.kind === 'added' ? this.#launch(this.#ground.instances.create(this.#options.slot, 'current')) : undefined;
      case 'bake':
        this.#stopBaking = this.#ground.later(this.#options.bakeTimeMs, () => void (this.#isBaked = true));
        return;
      case 'leave':
        return this.kind === 'in-place' ? this.#restart() : this.#retire(this.old!);
      case 'await-ready':
      case 'join':
      case 'drain':
      case 'stop':
        return;
      default:
        return action satisfies never;
    }
  }

  isDone(action: RolloutAction): boolean {
    const { old, fresh } = this;
    switch (action) {
      case 'start-successor':
      case 'leave':
        return true;
      case 'drain':
        return old!.machine.phase.kind !== 'draining';
      case 'stop':
        return isAtRest(old!) || (this.kind === 'in-place' && this.#isRelaunched());
      case 'start':
        return this.kind === 'added' || this.#isRelaunched();
      case 'await-ready':
        this.#isProven ||= isServiceable(fresh!);
        return this.#isProven;
      case 'bake':
        return this.#isBaked && isServiceable(fresh!);
      case 'join':
        if (!this.isSwitched && isServiceable(fresh!)) this.#switch();
        return this.isSwitched;
      default:
        return action satisfies never;
    }
  }

  /** Why it will not be completed; null while it may. */
  failure(): Trouble | null {
    const { fresh } = this;
    if (fresh === null || this.isTaken) return null;
    const { phase } = fresh.machine;
    const isBaking = this.#isProven && !this.isSwitched && this.#options.bakeTimeMs > 0;
    if (isBaking && phase.kind !== 'online') return { reason: 'crashed-while-baking', text: this.lastTrouble() ?? 'it ended' };
    if (isBaking && this.#isBaked && fresh.signs.probe === 'failed')
      return { reason: 'probe-failed', text: this.#ground.probeText(fresh) ?? '' };
    if (this.#options.isImpatient && (this.#trouble?.reason === 'not-ready' || this.#trouble?.reason === 'probe-failed'))
      return this.#trouble;
    const isGivenUp = phase.kind === 'errored' || (phase.kind === 'stopped' && phase.finished !== null);
    return isGivenUp ? (this.#trouble ?? { reason: 'crashed', text: 'it ended' }) : null;
  }

  /** The same slot, from what holds it now back to what was before. Null where that would change nothing. */
  wayBack(): PlaceOptions | null {
    const { before, release } = this.#options;
    if (this.kind !== 'in-place' && before.number === release.number) return null;
    // In place it is taken as on a plain start: nothing serves meanwhile.
    const trial = this.kind === 'in-place' ? null : this.#options.trial;
    return { ...this.#options, old: this.fresh, release: before, trial, bakeTimeMs: 0, isImpatient: false };
  }

  /** It was down before, and is to be down again. */
  stopAgain(): void {
    if (this.fresh === null) return;
    this.fresh.next = this.#options.before;
    this.#ground.tell(this.fresh, 'stop');
  }

  lastTrouble(): string | null {
    return this.#trouble?.text ?? null;
  }

  lastLines(): readonly string[] {
    return this.fresh?.words?.lines() ?? [];
  }

  /** Remembers what went wrong with the new instance. */
  notice(live: Live, body: EventBody): void {
    const generation = live.run?.generation ?? 0;
    if (live !== this.fresh || (this.kind === 'in-place' && generation === this.#generation)) return;
    // The end of one that was stopped because it was not ready is not the reason.
    if (this.#trouble?.generation === generation) return;
    const trouble = troubleOf(body, () => this.#ground.probeText(live));
    if (trouble !== null) this.#trouble = { ...trouble, generation };
  }

  /** Takes the new instance away where the old one still holds the slot. True when there is nothing else to put back. */
  withdraw(): boolean {
    this.#stopBaking?.();
    if (this.fresh === null) return true;
    if (this.kind === 'added' || !this.isSwitched) {
      if (this.kind === 'in-place') return false;
      this.#retire(this.fresh);
      return true;
    }
    return false;
  }

  /** A command has taken the slot over: a successor goes, everything else is left to the command. */
  abandon(): void {
    this.isTaken = true;
    this.#stopBaking?.();
    // Not launched yet: it is not to be by this rollout.
    if (this.kind === 'in-place' && this.fresh !== null && this.fresh.next !== null) this.fresh.next = this.#options.before;
    if (this.fresh !== null && this.kind === 'beside' && !this.isSwitched) this.#retire(this.fresh);
    else this.release();
  }

  /** Nothing minds the new instance any more but its own lifecycle. */
  release(): void {
    if (this.fresh === null) return;
    this.fresh.words = null;
    this.fresh.trial = null;
  }

  /** Nothing of what was taken away is left. */
  isQuiet(): boolean {
    return [this.old, this.fresh].every((live) => live === null || !live.forget || isAtRest(live));
  }

  #launch(fresh: Live): void {
    this.fresh = fresh;
    fresh.next = this.#options.release;
    fresh.trial = this.#options.trial;
    fresh.words = createLastWords();
    this.#ground.tell(fresh, 'start');
  }

  #restart(): void {
    const old = this.old!;
    this.fresh = old;
    this.#generation = old.machine.generation;
    old.next = this.#options.release;
    old.trial = this.#options.trial;
    old.words = createLastWords();
    this.#ground.tell(old, 'restart');
  }

  #switch(): void {
    const { old, fresh } = this;
    this.isSwitched = true;
    fresh!.trial = null;
    if (this.kind === 'beside') {
      fresh!.role = 'current';
      old!.role = 'leaving';
      this.#ground.changed(old!);
    }
    this.#ground.rotate();
    this.#ground.changed(fresh!);
  }

  #retire(live: Live): void {
    live.forget = true;
    this.#ground.tell(live, 'stop');
  }

  #isRelaunched(): boolean {
    return this.old!.machine.generation > this.#generation;
  }
}

/** Online, and not known to be unready. */
function isServiceable(live: Live): boolean {
  return live.machine.phase.kind === 'online' && live.signs.probe !== 'failed';
}
