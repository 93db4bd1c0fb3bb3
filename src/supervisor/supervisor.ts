// The code minding one app: its mailbox, and the way of every message through it. It does not know who else shares its process.
import type { EventBody, HoldfastEvent } from '../model/event.ts';
import type { AppSnapshot } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { Bytes, Ms } from '../model/units.ts';
import { step } from '../policy/lifecycle.ts';
import type { Event, Settings } from '../policy/lifecycle.ts';
import { takeFact } from './children.ts';
import { carryOut, slotsOf } from './commands.ts';
import type { AppCommand } from './commands.ts';
import { perform } from './effects.ts';
import { createInstances } from './instances.ts';
import type { ChildFact } from './launching.ts';
import { isAtRest, isWanted, rowOf } from './live.ts';
import type { Live, Run } from './live.ts';
import { createMailbox } from './mailbox.ts';
import { createMemoryWatch } from './memory.ts';
import { stopOrphans } from './orphans.ts';
import { createReplacementActions } from './replacement-actions.ts';
import { startReplacement } from './replacement.ts';
import type { Replacement, ReplacementOutcome } from './replacement.ts';
import { createTimers } from './timers.ts';
import { NO_TRAFFIC, createTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

/** In a rollout passing the listen timeout is a failure, so it is longer than on a plain start (design: 30 s against 3 s). */
const ROLLOUT_LISTEN_TIMEOUT_MS: Ms = 30_000;

export interface Supervisor {
  /** Queues a command; `done` is called when it has been taken, not when its facts are in. */
  command(command: AppCommand, done: () => void): void;
  snapshot(): AppSnapshot;
  lives(): readonly Live[];
}

type Message =
  | { readonly kind: 'command'; readonly command: AppCommand; readonly done: () => void }
  | { readonly kind: 'lifecycle'; readonly live: Live; readonly event: Event }
  | { readonly kind: 'child'; readonly live: Live; readonly generation: number; readonly fact: ChildFact }
  | { readonly kind: 'measured'; readonly live: Live; readonly bytes: Bytes }
  | { readonly kind: 'look' };

/** Creates the supervisor of an app; `apply` gives it its slots. */
export function createSupervisor(first: Release, world: World): Supervisor {
  const { clock, processes } = world;
  const mailbox = createMailbox<Message>(handle, () => clock.monotonicMs());
  const instances = createInstances(first.spec.name, { nextKey: world.nextKey, now: () => clock.epochMs() });
  const timers = createTimers(clock);
  const memory = createMemoryWatch({
    spec: () => spec,
    lives: () => instances.all(),
    world,
    measured: (live, bytes) => mailbox.post({ kind: 'measured', live, bytes }),
  });
  let release = first;
  let spec = first.spec;
  let traffic = createAppTraffic();
  let replacement: Replacement | null = null;
  let lastReplacedAtMs: Ms | null = null;

  function handle(message: Message, nowMs: Ms): void {
    switch (message.kind) {
      case 'command':
        takeCommand(message.command, message.done);
        break;
      case 'lifecycle':
        advance(message.live, message.event, nowMs);
        break;
      case 'child':
        // A late fact of an earlier run says nothing about the present one.
        if (message.live.run?.generation === message.generation)
          takeFact(message.fact, message.live as Live & { run: Run }, context(nowMs));
        break;
      case 'measured':
        takeMeasure(message.live, message.bytes, nowMs);
        break;
      case 'look':
        break;
      default:
        message satisfies never;
    }
    settle();
  }

  function context(nowMs: Ms) {
    return {
      spec,
      world,
      timers,
      traffic,
      say,
      step: (live: Live, event: Event) => advance(live, event, nowMs),
      post: (live: Live, event: Event) => mailbox.post({ kind: 'lifecycle', live, event }),
      happened: (live: Live, generation: number, fact: ChildFact) => mailbox.post({ kind: 'child', live, generation, fact }),
    };
  }

  /** One step of the lifecycle and its effects. The row is published even where nothing is said. */
  function advance(live: Live, event: Event, nowMs: Ms): void {
    const before = live.machine;
    const { next, effects } = step(before, event, { nowMs, settings: settingsOf(live) });
    live.machine = next;
    for (const effect of effects) perform(effect, live, context(nowMs));
    if (next !== before) publishRow(live, null);
  }

  function settingsOf(live: Live): Settings {
    const listenTimeoutMs = spec.listenTimeoutMs ?? (live.role === 'successor' ? ROLLOUT_LISTEN_TIMEOUT_MS : null);
    const waitsFor = spec.waitReady ? 'ready' : spec.mode === 'cluster' ? 'listen' : 'spawn';
    return { ...spec, listenTimeoutMs, waitsFor, drains: spec.mode === 'cluster' };
  }

  function takeCommand(command: AppCommand, done: () => void): void {
    if (command.type === 'apply') {
      if (command.orphans.length > 0) return void clearTheWay(command, done);
      adopt(command.release);
    }
    if (replacement && slotsOf(command, instances).includes(replacement.old.slot)) replacement.abandon();
    carryOut(command, instances, (live, event) => advance(live, event, clock.monotonicMs()));
    done();
  }

  /** What outlived an earlier host holds the places of what is to be started: it is ended first, everything else waits. */
  async function clearTheWay(command: Extract<AppCommand, { type: 'apply' }>, done: () => void): Promise<void> {
    mailbox.hold();
    mailbox.post({ kind: 'command', command: { ...command, orphans: [] }, done });
    const { killTimeoutMs, treekill } = command.release.spec;
    await stopOrphans(command.orphans, killTimeoutMs, {
      clock,
      isAlive: processes.isAlive,
      signal: (pid, signal) => processes.signal(pid, signal, treekill),
    });
    mailbox.release();
  }

  function adopt(next: Release): void {
    const isOtherMode = next.spec.mode !== spec.mode;
    release = next;
    spec = next.spec;
    if (!isOtherMode) return;
    traffic.close();
    traffic = createAppTraffic();
  }

  function createAppTraffic(): Traffic {
    if (spec.mode === 'fork') return NO_TRAFFIC;
    return createTraffic({
      create: (on) => world.createBalancer(spec, on),
      wanted: () => instances.all().filter(isWanted).length,
      find: (key) => instances.find(key),
      say,
      listened: (live) => {
        if (!spec.waitReady) mailbox.post({ kind: 'lifecycle', live, event: { type: 'ready', generation: live.machine.generation } });
      },
      holderOfPort: processes.holderOfPort,
    });
  }

  function takeMeasure(live: Live, bytes: Bytes, nowMs: Ms): void {
    const limitBytes = spec.maxMemoryBytes;
    if (live.machine.phase.kind !== 'online' || limitBytes === null) return;
    if (!memory.isOver(live, bytes, { lastReplacedAtMs, replacing: replacement !== null })) return;
    say(live, { kind: 'memory-over', bytes, limitBytes });
    lastReplacedAtMs = nowMs;
    replacement = startReplacement(live, {
      overlap: spec.mode === 'cluster',
      clock,
      actions: createReplacementActions({
        old: live,
        instances,
        traffic,
        tell: (told, type) => advance(told, { type }, clock.monotonicMs()),
        changed: (one) => publishRow(one, null),
        ended: replacementEnded,
      }),
    });
  }

  function replacementEnded(outcome: ReplacementOutcome): void {
    replacement = null;
    if (outcome.kind === 'failed') return say(outcome.old, { kind: 'replace-failed', reason: outcome.reason });
    const pid = outcome.fresh.run?.process?.pid;
    const size = pid === undefined ? undefined : processes.measure([pid]).get(pid);
    say(outcome.fresh, { kind: 'replaced', bytes: size?.rssBytes ?? 0 });
  }

  /** After every message: what follows from the new state of the whole app. */
  function settle(): void {
    replacement?.progress();
    for (const live of instances.all()) if (live.forget && isAtRest(live)) forget(live);
    if (!instances.all().some(isWanted)) traffic.close();
    memory.update();
  }

  function forget(live: Live): void {
    timers.disarm(live.key);
    instances.forget(live);
    world.publish({ event: null, row: null, removed: { app: spec.name, key: live.key }, rollout: null });
  }

  function say(live: Live, body: EventBody): void {
    publishRow(live, { ...body, at: clock.epochMs(), app: spec.name, slot: live.slot });
    if (body.kind === 'not-ready' && live === replacement?.fresh) replacement.fail(`no sign of readiness after ${body.afterMs} ms`);
  }

  function publishRow(live: Live, event: HoldfastEvent | null): void {
    world.publish({ event, row: rowOf(live, traffic.isServing(live)), removed: null, rollout: null });
  }

  return {
    command: (command, done) => mailbox.post({ kind: 'command', command, done }),
    snapshot: () => ({ release, rollout: null, rows: instances.all().map((live) => rowOf(live, traffic.isServing(live))) }),
    lives: () => instances.all(),
  };
}
