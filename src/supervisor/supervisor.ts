// The code minding one app: its mailbox, and the way of every message through it. It does not know who else shares its process.
import type { LeftSocket } from '../balance/types.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { EventBody, HoldfastEvent } from '../model/event.ts';
import { isNodeInterpreter } from '../model/interpreter.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { AppSnapshot, InstanceRow, KeyedSelfReport, RecordedApp, RecordedInstance } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { RolloutState } from '../model/rollout.ts';
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel } from '../platform/clock.ts';
import { isAskedAgain, step } from '../policy/lifecycle.ts';
import type { Event } from '../policy/lifecycle.ts';
import { countPlaces } from '../policy/rotation.ts';
import { NO_REPORT } from '../policy/self-report.ts';
import { callApp } from './calls.ts';
import type { AppCall, CallDone } from './calls.ts';
import { dropFact, takeFact } from './children.ts';
import { carryOut, nameOf, slotsTaken } from './commands.ts';
import type { AppCommand } from './commands.ts';
import { perform } from './effects.ts';
import { createHealth } from './health.ts';
import { writeInput } from './input.ts';
import type { InputLine } from './input.ts';
import { inheritInstance } from './inheriting.ts';
import type { InheritContext } from './inheriting.ts';
import { createInstances } from './instances.ts';
import type { ChildFact } from './launching.ts';
import { isAtRest, isWanted, rowOf } from './live.ts';
import type { Live, Run } from './live.ts';
import { createMailbox } from './mailbox.ts';
import { createMemoryWatch } from './memory.ts';
import { stopOrphans } from './orphans.ts';
import { presentRelease } from './releases.ts';
import { createRollouts } from './rollouts.ts';
import type { RolloutCommand } from './rollouts.ts';
import { createRotation } from './rotation.ts';
import type { RotationKeeper } from './rotation.ts';
import { settingsFor } from './settings.ts';
import { createTimers } from './timers.ts';
import { NO_TRAFFIC, createTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export interface Supervisor {
  /** Queues a command; `done` is called when it has been taken, not when its facts are in. */
  command(command: AppCommand, done: () => void): void;
  /** `done` is called when it has begun, or with the reason why it has not. */
  rollout(command: RolloutCommand, done: (error: string | null) => void): void;
  /** `done` is called with null when the line is written, else with the reason why not. */
  input(line: InputLine & { readonly slot: number }, done: (error: string | null) => void): void;
  /** `done` is called with what became of it. */
  call(call: AppCall & { readonly slot: number }, done: CallDone): void;
  /** Of the instances that have told anything. */
  selfReports(): readonly KeyedSelfReport[];
  /** Tells the instances whether anybody hears what they say. */
  hear(isHeard: boolean): void;
  snapshot(): AppSnapshot;
  lives(): readonly Live[];
  /** To be called first of all, and once: takes in what a dead host has left of the app, and its sockets. Calls back with how many processes live. */
  inherit(left: RecordedApp, sockets: readonly LeftSocket[], done: (living: number) => void): void;
  /** What is kept of it on disk. */
  present(): SupervisedApp;
  /** On: no connection is accepted, and nothing more is begun here than what is under way. */
  pause(isOn: boolean): void;
  /** What keeps a paused app from coming to rest, in words; null when it is at rest: no connection would be lost. */
  unrest(): string | null;
  /** Nothing happens here any more, and nothing that its instances say is read. */
  freeze(): void;
  /** As before `freeze` and `pause`. */
  thaw(): void;
  /** Frozen for good: what has been read of its instances' output goes to the log. */
  closeLogs(): void;
}

/** An app as its supervisor holds it now. */
export interface SupervisedApp {
  readonly release: Release;
  readonly rollout: RolloutState | null;
  readonly lives: readonly Live[];
}

type Message =
  | { readonly kind: 'command'; readonly command: AppCommand; readonly done: () => void }
  | { readonly kind: 'lifecycle'; readonly live: Live; readonly event: Event }
  | { readonly kind: 'child'; readonly live: Live; readonly generation: number; readonly fact: ChildFact }
  | { readonly kind: 'measured'; readonly live: Live; readonly bytes: Bytes }
  /** What a part of this supervisor has to do in its turn. */
  | { readonly kind: 'turn'; readonly act: () => void };

/** Creates the supervisor of an app; `apply` gives it its slots. */
export function createSupervisor(first: Release, world: World): Supervisor {
  const { clock, processes } = world;
  const mailbox = createMailbox<Message>(handle, () => clock.monotonicMs());
  const { name } = first.spec;
  const instances = createInstances(name, { nextKey: world.nextKey, now: () => clock.epochMs() });
  const timers = createTimers(clock);
  let release = first;
  let lastReplacedAtMs: Ms | null = null;
  let { traffic, rotation } = createAppTraffic();
  const memory = createMemoryWatch({
    spec: specOf,
    lives: () => instances.all(),
    world,
    measured: (live, bytes) => mailbox.post({ kind: 'measured', live, bytes }),
  });
  const health = createHealth({
    world,
    spec: specOf,
    traffic: () => traffic,
    rotation: () => rotation,
    say,
    changed: (live) => publishRow(live, null),
    post: postEvent,
    inTurn,
    later,
    wishReplacement: (live) => rollouts.wish(live),
  });
  const rollouts = createRollouts({
    clock,
    ground: {
      instances,
      tell: (live, type) => advance(live, { type }, clock.monotonicMs()),
      changed: (live) => publishRow(live, null),
      rotate: () => rotation.update(),
      later,
      probeText: health.probeText,
    },
    release: () => release,
    adopt,
    listens: ({ run }) => run !== null && run.process !== null && processes.listens(run.process.pid),
    isAlive: (live) => health.state(live).liveness?.passing !== false,
    publish({ state, slot, body, release: adopted }) {
      const event = body && { ...body, at: clock.epochMs(), app: name, slot };
      world.publish({ event, row: null, removed: null, rollout: { app: name, state, release: adopted } });
    },
    say,
    measure: (live) => processes.measure([live.run?.process?.pid ?? 0]).get(live.run?.process?.pid ?? 0)?.rssBytes ?? 0,
  });

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
        else dropFact(message.fact);
        break;
      case 'measured':
        takeMeasure(message.live, message.bytes, nowMs);
        break;
      case 'turn':
        message.act();
        break;
      default:
        message satisfies never;
    }
    settle();
  }

  function context(nowMs: Ms) {
    return {
      specOf,
      release,
      world,
      timers,
      traffic,
      rotation,
      health,
      say,
      step: (live: Live, event: Event) => advance(live, event, nowMs),
      post: postEvent,
      happened: (live: Live, generation: number, fact: ChildFact) => mailbox.post({ kind: 'child', live, generation, fact }),
    };
  }

  function postEvent(live: Live, event: Event): void {
    mailbox.post({ kind: 'lifecycle', live, event });
  }

  function inTurn(act: () => void): void {
    mailbox.post({ kind: 'turn', act });
  }

  function later(delayMs: Ms, act: () => void): Cancel {
    return clock.setTimer(delayMs, () => inTurn(act));
  }

  function specOf(live: Live): AppSpec {
    return presentRelease(live, release).spec;
  }

  /** One step of the lifecycle and its effects. The row is published even where nothing is said. */
  function advance(live: Live, event: Event, nowMs: Ms): void {
    const before = live.machine;
    const { next, effects } = step(before, event, {
      nowMs,
      settings: settingsFor(live, event, { release, isCovered: rotation.covers(live) }),
    });
    live.machine = next;
    if (isAskedAgain(before, event)) Object.assign(live, { askedAt: clock.epochMs(), lastDelayMs: 0 });
    for (const effect of effects) perform(effect, live, context(nowMs));
    if (next !== before) publishRow(live, null);
    if (next.phase.kind === before.phase.kind) return;
    if (next.phase.kind === 'online') health.online(live);
    if (next.phase.kind === 'draining' || next.phase.kind === 'stopping') health.left(live);
  }

  function takeCommand(command: AppCommand, done: () => void): void {
    if (command.type === 'apply' && command.orphans.length > 0) return void clearTheWay(command, done);
    rollouts.takeOver(slotsTaken(command, instances, release), nameOf(command));
    if (command.type === 'apply') adopt(command.release);
    carryOut(command, { instances, release, tell: (live, event) => advance(live, event, clock.monotonicMs()) });
    done();
  }

  /** What outlived an earlier host holds the places of what is to be started: it is ended first, everything else waits. */
  async function clearTheWay(command: Extract<AppCommand, { type: 'apply' }>, done: () => void): Promise<void> {
    mailbox.hold();
    mailbox.post({ kind: 'command', command: { ...command, orphans: [] }, done });
    const { spec } = command.release;
    await stopOrphans(command.orphans, spec, {
      clock,
      isAlive: processes.isAlive,
      signal: (pid, signal) => processes.signal(pid, signal, spec.treekill),
    });
    mailbox.release();
  }

  function adopt(next: Release): void {
    const isOtherMode = next.spec.mode !== release.spec.mode;
    release = next;
    if (!isOtherMode) {
      traffic.use(next.spec.balance);
      return rotation.update();
    }
    traffic.close();
    ({ traffic, rotation } = createAppTraffic());
  }

  function createAppTraffic(): { traffic: Traffic; rotation: RotationKeeper } {
    const { spec } = release;
    const created =
      spec.mode === 'fork'
        ? NO_TRAFFIC
        : createTraffic({
            create: (on) => world.createBalancer(spec, on),
            wanted: () => Math.min(places(), instances.all().filter((live) => isWanted(live) && live.trial === null).length),
            find: (key) => instances.find(key),
            say,
            listened: (live) =>
              inTurn(() => {
                health.shown(live, { listening: true });
                rotation.update();
              }),
            holderOfPort: processes.holderOfPort,
          });
    const keeper = createRotation({
      traffic: created,
      lives: () => instances.all(),
      places,
      steppedIn: (live) => say(live, { kind: 'stepped-in', rotation: created.rotation() }),
      changed: (live) => publishRow(live, null),
    });
    return { traffic: created, rotation: keeper };
  }

  /** How many may serve; in fork mode whoever is online does. */
  function places(): number {
    const slots = new Set(instances.all().flatMap((live) => (live.forget ? [] : [live.slot]))).size;
    return countPlaces({ slots, standby: release.spec.mode === 'cluster' ? release.spec.standby : 0 });
  }

  function takeIn(left: RecordedApp, sockets: readonly LeftSocket[]): number {
    traffic.inherit(sockets);
    rollouts.inherit(left.rollout);
    const holdsSocket = ({ process }: RecordedInstance): boolean =>
      process !== null && processes.isAlive(process) && processes.listens(process.pid);
    const inheriting: InheritContext = {
      world,
      instances,
      timers,
      traffic,
      rotation,
      release,
      releases: left.releases,
      mayOverlap: release.spec.mode === 'fork' || sockets.length > 0 || !left.instances.some(holdsSocket),
      advance: (live, event) => advance(live, event, clock.monotonicMs()),
      post: postEvent,
      happened: (live, generation, fact) => mailbox.post({ kind: 'child', live, generation, fact }),
      kept(live) {
        // What a rollout that has failed had brought goes back, as it would have under the dead host.
        if (rollouts.latest()?.failure?.reason === 'host-died') live.next = release;
        if (release.spec.mode === 'fork') health.launched(live);
        publishRow(live, null);
      },
    };
    return left.instances.filter((one) => inheritInstance(one, inheriting)).length;
  }

  function takeMeasure(live: Live, bytes: Bytes, nowMs: Ms): void {
    const limitBytes = specOf(live).maxMemoryBytes;
    if (live.machine.phase.kind !== 'online' || limitBytes === null) return;
    if (!memory.isOver(live, bytes, { lastReplacedAtMs, replacing: rollouts.isBusy() })) return;
    say(live, { kind: 'memory-over', bytes, limitBytes });
    lastReplacedAtMs = nowMs;
    rollouts.replace(live, 'memory');
  }

  /** After every message: what follows from the new state of the whole app. */
  function settle(): void {
    health.settle();
    rollouts.progress();
    for (const live of instances.all()) if (live.forget && isAtRest(live)) forget(live);
    if (!instances.all().some(isWanted)) traffic.close();
    memory.update();
  }

  function forget(live: Live): void {
    timers.disarm(live.key);
    instances.forget(live);
    world.publish({ event: null, row: null, removed: { app: name, key: live.key }, rollout: null });
  }

  function say(live: Live, body: EventBody): void {
    publishRow(live, { ...body, at: clock.epochMs(), app: name, slot: live.slot });
    rollouts.notice(live, body);
  }

  function publishRow(live: Live, event: HoldfastEvent | null): void {
    world.publish({ event, row: showRow(live), removed: null, rollout: null });
  }

  function showRow(live: Live): InstanceRow {
    return rowOf(live, { inRotation: traffic.isServing(live), standby: rotation.standsBy(live), ...health.state(live) });
  }

  return {
    command: (command, done) => mailbox.post({ kind: 'command', command, done }),
    rollout: (command, done) => inTurn(() => rollouts.take(command, done)),
    input: (line, done) => inTurn(() => done(writeInput(instances.holder(line.slot), line, release.spec.mode))),
    call: ({ slot, ...call }, done) => inTurn(() => callApp(instances.holder(slot), call, { clock, done })),
    selfReports: () =>
      instances.all().flatMap(({ app, key, run }) => (run === null || run.report === NO_REPORT ? [] : [{ app, key, report: run.report }])),
    hear(isHeard) {
      for (const live of instances.all())
        if (isNodeInterpreter(specOf(live).interpreter)) live.run?.child?.sendInternal({ cmd: CMD, act: 'hear', on: isHeard });
    },
    inherit: (left, sockets, done) => inTurn(() => done(takeIn(left, sockets))),
    snapshot: () => ({ release, rollout: rollouts.latest(), rows: instances.all().map(showRow) }),
    lives: () => instances.all(),
    present: () => ({ release, rollout: rollouts.latest(), lives: instances.all() }),
    pause: (isOn) => traffic.pause(isOn),
    unrest() {
      if (rollouts.isBusy()) return `${name} is being rolled out`;
      return traffic.isQuiet() ? null : `connections of ${name} wait for an instance`;
    },
    freeze() {
      mailbox.hold();
      for (const { run } of instances.all()) run?.child?.holdOutput(true);
    },
    thaw() {
      for (const { run } of instances.all()) run?.child?.holdOutput(false);
      traffic.pause(false);
      mailbox.release();
    },
    closeLogs() {
      for (const { run, log } of instances.all()) {
        run?.child?.letGoOutput();
        if (run !== null) log?.sink.end();
      }
    },
  };
}
