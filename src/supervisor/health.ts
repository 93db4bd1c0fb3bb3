// What an app's instances show of themselves: signs of readiness, probes, heartbeats. It says what they come to; what follows is the lifecycle's and the rollouts'.
import type { AppSpec } from '../model/app-spec.ts';
import { printCheck } from '../model/probe.ts';
import type { EventBody, Rotation } from '../model/event.ts';
import type { ProbeState } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel } from '../platform/clock.ts';
import type { Event } from '../policy/lifecycle.ts';
import type { ProbeKind } from '../policy/probe.ts';
import { awaitedOf } from '../policy/readiness.ts';
import type { Signs } from '../policy/readiness.ts';
import type { Live } from './live.ts';
import { lookTargetOf } from './looking.ts';
import { createLoopWatch } from './loop-watch.ts';
import { createProbing } from './probing.ts';
import type { ProbeVerdict } from './probing.ts';
import type { RotationKeeper } from './rotation.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export interface Health {
  /** A child was launched. */
  launched(live: Live): void;
  /** It has shown something; where nothing is missing any more the lifecycle is told that it is ready. */
  shown(live: Live, signs: Partial<Signs>): void;
  /** It is online, by whatever way. */
  online(live: Live): void;
  /** It is about to leave, or has ended. */
  left(live: Live): void;
  /** Its preload is there; its event loop turns. */
  greeted(live: Live): void;
  beat(live: Live): void;
  state(live: Live): { readonly readiness: ProbeState | null; readonly liveness: ProbeState | null };
  /** `GET /ready: 503 Service Unavailable`; null before the first look. */
  probeText(live: Live): string | null;
  /** After every message. */
  settle(): void;
}

export interface HealthOptions {
  readonly world: World;
  /** Of its own release. */
  readonly spec: (live: Live) => AppSpec;
  readonly traffic: () => Traffic;
  readonly rotation: () => RotationKeeper;
  readonly say: (live: Live, body: EventBody) => void;
  readonly changed: (live: Live) => void;
  readonly post: (live: Live, event: Event) => void;
  /** In the mailbox. */
  readonly inTurn: (act: () => void) => void;
  readonly later: (delayMs: Ms, act: () => void) => Cancel;
  /** Its liveness probe fails: it should be replaced. */
  readonly wishReplacement: (live: Live) => void;
}

export function createHealth(options: HealthOptions): Health {
  const { world, spec, traffic, rotation, say, post, inTurn, later } = options;
  const { clock, processes } = world;
  const probing = createProbing({
    clock,
    spec,
    look(live, check, timeoutMs, done) {
      const target = lookTargetOf(live, traffic());
      if (target === null) return clock.setTimer(0, () => done({ ok: false, text: 'it is gone' }));
      return world.look(target, { check, timeoutMs }, done);
    },
    changed(live, which, verdict) {
      const { generation } = live.machine;
      inTurn(() => live.machine.generation === generation && take(live, which, verdict));
    },
  });
  const loops = createLoopWatch({ nowMs: () => clock.monotonicMs(), later, limitOf: (live) => spec(live).maxLoopBlockMs, hung });

  function take(live: Live, which: ProbeKind, verdict: ProbeVerdict): void {
    if (which === 'readiness') return takeReadiness(live, verdict);
    options.changed(live);
    if (verdict.passing || !isServing(live)) return;
    const { check, reason, times } = verdict;
    say(live, { kind: 'liveness-failed', check, reason, times });
    options.wishReplacement(live);
  }

  function takeReadiness(live: Live, { passing, check, reason, times }: ProbeVerdict): void {
    if (live.machine.phase.kind === 'starting') return shown(live, passing ? { probe: 'passed' } : {});
    if (live.machine.phase.kind !== 'online') return;
    live.signs = { ...live.signs, probe: passing ? 'passed' : 'failed' };
    rotation().update(live);
    const shownRotation: Rotation | null = traffic().rotation();
    if (passing) return say(live, { kind: 'readiness-passed', check, rotation: shownRotation });
    const kept = shownRotation !== null && rotation().isIn(live);
    say(live, { kind: 'readiness-failed', check, reason, times, rotation: shownRotation, kept });
  }

  function shown(live: Live, signs: Partial<Signs>): void {
    live.signs = { ...live.signs, ...signs };
    live.hasListened ||= live.signs.listening;
    if (live.machine.phase.kind !== 'starting') return;
    const awaited = awaitedOf({ ...spec(live), trial: live.trial }, live.signs);
    if (awaited === 'probe' || awaited === null) probing.ready(live);
    if (awaited === null) post(live, { type: 'ready', generation: live.machine.generation });
  }

  /** On trial its end counts as a crash, in service it does not: then it is launched again at once. */
  function hung(live: Live, how: { readonly forMs: Ms; readonly limitMs: Ms }): void {
    if (live.trial === null) return post(live, { type: 'hung', generation: live.machine.generation, ...how });
    say(live, { kind: 'loop-blocked', ...how });
    const pid = live.run?.child?.pid;
    if (pid !== undefined && pid !== null) processes.signal(pid, 'SIGKILL', spec(live).treekill);
  }

  return {
    launched(live) {
      probing.start(live);
      // In fork mode it is online already.
      if (live.machine.phase.kind === 'online') probing.ready(live);
      shown(live, { spawned: true });
    },
    shown,
    online: probing.ready,
    left(live) {
      probing.stop(live);
      loops.end(live);
    },
    greeted: loops.begin,
    beat(live) {
      if (isServing(live)) loops.beat(live);
    },
    state: probing.state,
    probeText(live) {
      const probe = spec(live).readiness;
      const seen = probing.state(live).readiness;
      return probe === null || seen === null ? null : `${printCheck(probe.check)}: ${seen.text}`;
    },
    settle: loops.settle,
  };
}

/** Neither on its way out nor gone. */
function isServing({ machine }: Live): boolean {
  return machine.phase.kind === 'starting' || machine.phase.kind === 'online';
}
