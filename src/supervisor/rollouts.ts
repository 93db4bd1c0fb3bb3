// The rollouts of one app, one at a time: those that are asked for, and the replacements that memory and liveness call for.
import type { EventBody } from '../model/event.ts';
import type { HostCommand } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { FailedRollout, Overlap, RolloutCause, RolloutState } from '../model/rollout.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { decideOverlap, hasToBake, isAskedFor, planRollout } from '../policy/rollout.ts';
import type { RolloutInput } from '../policy/rollout.ts';
import type { Live } from './live.ts';
import { upcomingRelease } from './releases.ts';
import type { Ground, PlaceOptions } from './place.ts';
import { createRollout } from './rollout.ts';
import type { Rollout } from './rollout.ts';

/** What is asked for from outside. */
export type RolloutCommand = Omit<Extract<HostCommand, { type: 'rollout' }>, 'ticket' | 'app'>;

type InternalCause = 'memory' | 'liveness' | 'takeover';

/** How soon an instance that could not be replaced although it is not alive is tried again. */
const TRY_AGAIN_MS: Ms = 10_000;

export interface Rollouts {
  /** `done` is called when it has begun or is refused, then with the reason. */
  take(command: RolloutCommand, done: (error: string | null) => void): void;
  /** One slot, with the instance's own release. Not to be called while another rollout runs. */
  replace(live: Live, cause: InternalCause): void;
  /** It is replaced as soon as no other rollout runs, if it is still not alive then. */
  wish(live: Live): void;
  isBusy(): boolean;
  /** What a dead host was at: what it had not done will not be done, and is said so. */
  inherit(state: RolloutState | null): void;
  /** After every message. */
  progress(): void;
  notice(live: Live, body: EventBody): void;
  takeOver(slots: readonly number[], command: string): void;
  /** The one that runs, or the latest. */
  latest(): RolloutState | null;
}

export interface RolloutsOptions {
  readonly ground: Ground;
  readonly clock: Clock;
  readonly release: () => Release;
  /** A rollout that was asked for is done: its release is the app's from now on. */
  readonly adopt: (release: Release) => void;
  /** Fork mode: whether anything of its tree holds a listening TCP socket. */
  readonly listens: (live: Live) => boolean;
  readonly isAlive: (live: Live) => boolean;
  /** `release`: the one that is the app's from now on. */
  readonly publish: (fact: {
    readonly state: RolloutState;
    readonly slot: number | null;
    readonly body: EventBody | null;
    readonly release: Release | null;
  }) => void;
  readonly say: (live: Live, body: EventBody) => void;
  readonly measure: (live: Live) => number;
}

interface Waiting {
  readonly command: RolloutCommand;
  readonly done: (error: string | null) => void;
  readonly giveUp: Cancel;
}

export function createRollouts(options: RolloutsOptions): Rollouts {
  const { ground, clock } = options;
  const { instances } = ground;
  const wished = new Set<Live>();
  const postponed = new Set<Live>();
  let running: Rollout | null = null;
  let waiting: Waiting | null = null;
  let latest: RolloutState | null = null;

  function take(command: RolloutCommand, done: (error: string | null) => void): void {
    const name = options.release().spec.name;
    if (command.release.spec.mode !== options.release().spec.mode)
      return done(`${name} changes between fork and cluster mode: that takes a restart`);
    if (waiting !== null) return done(`another rollout of ${name} waits already`);
    if (running === null) return begin(command, done);
    if (isAskedFor(running.cause)) return done(`a ${running.cause} of ${name} is under way`);
    const giveUp = ground.later(command.release.spec.rolloutTimeoutMs, () => drop('one of its instances was not replaced in time'));
    waiting = { command, done, giveUp };
  }

  function drop(why: string): void {
    waiting?.giveUp();
    waiting?.done(why);
    waiting = null;
  }

  function begin(command: RolloutCommand, done: (error: string | null) => void): void {
    const { cause, release, parallel, surge } = command;
    const sorted = sort(command);
    const overlap = decideOverlap(release.spec.mode, sorted.replace.flatMap(hold).map(showOf));
    const bakes = hasToBake(cause, release.spec);
    const input: RolloutInput = { ...sorted, parallel: Math.max(1, parallel), surge, overlap: overlap !== 'none', bakes };
    const common = { release, trial: { mustListen: hasListened() }, bakeTimeMs: bakes ? release.spec.bakeTimeMs : 0, isImpatient: false };
    const current = options.release();
    const places = [
      ...sorted.replace.map((slot): PlaceOptions =>
        placeOf(hold(slot)[0]!, { ...common, kind: overlap === 'none' ? 'in-place' : 'beside' }),
      ),
      ...sorted.add.map((slot): PlaceOptions => ({
        ...common,
        slot: command.slots.find((one) => one.slot === slot)!,
        kind: 'added',
        old: null,
        before: current,
      })),
      ...sorted.remove.map((slot): PlaceOptions => placeOf(hold(slot)[0]!, { ...common, kind: 'removed' })),
    ];
    launch({ cause, release, overlap, input, places });
    const body: EventBody = { kind: 'rollout-started', cause, release: release.number, slots: places.length, overlap };
    options.publish({ state: latest!, slot: null, body, release: null });
    done(null);
  }

  /** What becomes of which slot. */
  function sort(command: RolloutCommand): Pick<RolloutInput, 'replace' | 'add' | 'remove'> {
    const wanted = command.slots.map(({ slot }) => slot);
    const held = instances.all().flatMap((live) => (live.role === 'current' && !live.forget ? [live.slot] : []));
    return {
      replace: command.replace.filter((slot) => held.includes(slot) && wanted.includes(slot)),
      add: wanted.filter((slot) => !held.includes(slot)),
      remove: held.filter((slot) => !wanted.includes(slot)),
    };
  }

  function hold(slot: number): readonly Live[] {
    return instances.all().filter((live) => live.slot === slot && live.role === 'current' && !live.forget);
  }

  function hasListened(): boolean {
    return instances.all().some((live) => live.role === 'current' && live.hasListened);
  }

  function placeOf(old: Live, rest: Omit<PlaceOptions, 'slot' | 'old' | 'before'>): PlaceOptions {
    return { ...rest, slot: { slot: old.slot, id: old.id }, old, before: old.release ?? options.release() };
  }

  function replace(live: Live, cause: InternalCause): void {
    const release = upcomingRelease(live, options.release());
    const isCluster = release.spec.mode === 'cluster';
    const input: RolloutInput = { replace: [live.slot], add: [], remove: [], parallel: 1, surge: 'one', overlap: isCluster, bakes: false };
    const place = placeOf(live, {
      kind: isCluster ? 'beside' : 'in-place',
      release,
      trial: isCluster ? { mustListen: live.hasListened } : null,
      bakeTimeMs: 0,
      isImpatient: true,
    });
    launch({ cause, release, overlap: isCluster ? 'balanced' : 'none', input, places: [place] });
    if (cause !== 'takeover') options.publish({ state: latest!, slot: null, body: null, release: null });
  }

  function launch(what: {
    readonly cause: RolloutCause;
    readonly release: Release;
    readonly overlap: Overlap;
    readonly input: RolloutInput;
    readonly places: readonly PlaceOptions[];
  }): void {
    const { cause, release, overlap, input, places } = what;
    running = createRollout({
      cause,
      release,
      overlap,
      plan: planRollout(input),
      places,
      parallel: input.parallel,
      isInternal: !isAskedFor(cause),
      timeoutMs: release.spec.rolloutTimeoutMs,
      ground,
      clock,
      moved(state, slot, body) {
        // Of these nobody is told but by the rows: what a rollout has come to that somebody asked for may not be known yet.
        if (cause === 'takeover') return;
        latest = state;
        if (!isAskedFor(cause)) return options.publish({ state, slot, body: null, release: null });
        options.publish({ state, slot, body, release: state.phase === 'done' ? release : null });
      },
      ended,
    });
    if (cause !== 'takeover') latest = running.state();
  }

  function ended(rollout: Rollout): void {
    const { phase, failure } = rollout.state();
    running = null;
    if (!isAskedFor(rollout.cause)) replaced(rollout);
    else if (phase === 'done') options.adopt(rollout.release);
    if (failure !== null && !isAskedFor(rollout.cause)) putOff(rollout.cause, rollout.places[0]!.old!);
  }

  function replaced({ places, state }: Rollout): void {
    const { old, fresh } = places[0]!;
    const { failure } = state();
    if (failure === null) return options.say(fresh!, { kind: 'replaced', bytes: options.measure(fresh!) });
    if (failure.reason !== 'taken-over') options.say(old!, { kind: 'replace-failed', reason: failure.text });
  }

  function putOff(cause: RolloutCause, live: Live): void {
    if (cause === 'liveness') ground.later(TRY_AGAIN_MS, () => void wished.add(live));
    if (cause !== 'takeover') return;
    postponed.add(live);
    ground.later(TRY_AGAIN_MS, () => void postponed.delete(live));
  }

  /** It serves without us, and only a launch of our own brings it back under all that a host does for an instance. */
  function nextOutlived(): Live | undefined {
    const isDue = (live: Live): boolean =>
      live.outlived && live.role === 'current' && !live.forget && live.machine.goal === 'up' && live.run !== null && !postponed.has(live);
    return options.release().spec.mode === 'cluster' ? instances.all().find(isDue) : undefined;
  }

  function next(): void {
    if (waiting !== null) {
      const { command, done, giveUp } = waiting;
      waiting = null;
      giveUp();
      return begin(command, done);
    }
    for (const live of wished) {
      wished.delete(live);
      const isHeld = hold(live.slot)[0] === live;
      if (isHeld && live.machine.goal === 'up' && live.run !== null && !options.isAlive(live)) return replace(live, 'liveness');
    }
    const outlived = nextOutlived();
    if (outlived !== undefined) replace(outlived, 'takeover');
  }

  return {
    take,
    replace,
    wish: (live) => void wished.add(live),
    inherit(state) {
      if (state === null || !isAskedFor(state.cause)) return;
      const isUnderWay = state.phase === 'running' || state.phase === 'undoing';
      if (!isUnderWay) {
        latest = state;
        return;
      }
      const failure: FailedRollout = state.failure ?? {
        reason: 'host-died',
        slot: null,
        text: 'its host died in the middle of it',
        lines: [],
      };
      latest = { ...state, phase: 'failed', endedAt: clock.epochMs(), failure };
      options.publish({ state: latest, slot: null, body: { kind: 'rollout-failed', cause: state.cause, ...failure }, release: null });
    },
    isBusy: () => running !== null || waiting !== null,
    progress() {
      running?.progress();
      // What follows may end at once as well; each turn takes something off the list.
      while (running === null && (waiting !== null || wished.size > 0 || nextOutlived() !== undefined)) {
        next();
        (running as Rollout | null)?.progress();
      }
    },
    notice: (live, body) => running?.notice(live, body),
    takeOver(slots, command) {
      const isConcerned = waiting?.command.slots.some(({ slot }) => slots.includes(slot)) === true;
      if (isConcerned) drop(`${command} was asked for meanwhile`);
      running?.takeOver(slots, command);
    },
    latest: () => latest,
  };

  function showOf(live: Live): { readonly listens: boolean; readonly reusesPort: boolean } {
    return { listens: live.hasListened || options.listens(live), reusesPort: live.run?.listens?.reusesPort ?? false };
  }
}
