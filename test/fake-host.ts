// A host that only pretends: it speaks the protocol over a real socket, keeps rows, and says what a test tells it to.
import fs from 'node:fs';
import { BLANK_ROW } from '../src/daemon/blank-row.ts';
import type { Release } from '../src/model/release.ts';
import type { EventBody } from '../src/model/event.ts';
import { hostFiles } from '../src/model/home.ts';
import type { Home } from '../src/model/home.ts';
import { PROTOCOL } from '../src/model/protocol.ts';
import type { KnownProcesses } from '../src/daemon/host-record.ts';
import type { CallAnswer, Fact, HostCommand, InstanceRow, LogLine, ProcessId } from '../src/model/protocol.ts';
import type { AppMessage, SelfReport } from '../src/model/self-report.ts';
import { serveLines } from '../src/platform/line-socket.ts';
import type { LineSocket } from '../src/platform/line-socket.ts';

import { createFakeRollout } from './fake-rollout.ts';
import type { FakeRollout, RolloutCommand } from './fake-rollout.ts';

type StandIn = { readonly pid: number; readonly startTime: string; kill(): Promise<void> };

/** One pretended instance. */
export interface FakeInstance {
  readonly row: InstanceRow;
  /** A process that lives stands in for it, once `live` was called. */
  live(): ProcessId;
  online(): void;
  /** An unexpected exit; it waits for its restart afterwards. */
  crash(code?: number): void;
  /** Publishes a change of the row, with an event or without. */
  say(change: Partial<InstanceRow>, event?: EventBody): void;
}

export interface FakeHost {
  readonly name: string;
  readonly process: ProcessId;
  /** All that daemons have said, in order. */
  readonly commands: readonly HostCommand[];
  readonly acknowledged: () => number;
  /** The number of the latest fact. */
  readonly lastFact: () => number;
  /** As if no acknowledgement had arrived: the next daemon is told all again. */
  forgetAcknowledgements(): void;
  /** The lines it answers to `tail`. */
  lines: LogLine[];
  /** What its instances have told of themselves. */
  selfReports: { readonly app: string; readonly slot: number; readonly report: SelfReport }[];
  /** Whether it says of itself that it hands on messages. */
  talks: boolean;
  /** Whether it says of itself that it knows the end of a line of input. */
  endsLines: boolean;
  /** What becomes of a message. */
  answerTo: (command: Extract<HostCommand, { type: 'message' }>) => CallAnswer;
  /** Sends what an app says to the daemons that hear. */
  say(messages: readonly AppMessage[], dropped?: number): void;
  /** Sends live lines to the daemons that follow. */
  follow(lines: readonly LogLine[], dropped?: number): void;
  instance(app: string, slot: number): FakeInstance;
  /** Answers the next command of this type with this reason. */
  refuse(type: HostCommand['type'], reason: string): void;
  rows(app: string): readonly InstanceRow[];
  /** What it launches from. */
  release(app: string): Release;
  /** The latest rollout of an app. */
  rollout(app: string): FakeRollout;
  /** Whether the instance was told to start. */
  has(app: string, slot: number): boolean;
  /** Answers nothing any more, and greets nobody. */
  freeze(): void;
  /** Answers what it was asked meanwhile. */
  thaw(): void;
  /** Breaks its connections; it goes on listening. */
  hangUp(): void;
  /** Its process is dead, and nobody has heard of it yet. To be followed by `die`. */
  expire(): Promise<void>;
  /** Ends like a process that is killed: its instances stay. Followed: it has written how they bring up the next one. */
  die(how?: 'followed'): Promise<void>;
  /** All that the next one goes on with. */
  left(): Left;
  /** Stops listening and closes its connections, but its process lives. */
  close(): Promise<void>;
}

interface Left {
  readonly releases: ReadonlyMap<string, Release>;
  readonly rows: ReadonlyMap<number, InstanceRow>;
  readonly living: ReadonlyMap<number, StandIn>;
}

export interface FakeHostOptions {
  readonly home: Home;
  readonly name: string;
  readonly hosts: Map<string, FakeHost>;
  readonly standIn: () => StandIn;
  readonly behaviour: (instance: FakeInstance) => void;
  /** Says how a rollout goes that has begun. */
  readonly rollouts?: (rollout: FakeRollout) => void;
  readonly protocol?: number;
  readonly missed?: number;
  /** The dead one that it follows. */
  readonly after?: FakeHost;
}

const NO_EXIT = { code: null, signal: null, error: null, launchError: null };

/** Listens under the home's `hosts` and joins `hosts`. */
export async function startFakeHost(options: FakeHostOptions): Promise<FakeHost> {
  const { home, name, standIn } = options;
  const identity = standIn();
  const hostProcess: ProcessId = { pid: identity.pid, startTime: identity.startTime };
  const files = hostFiles(home, name);
  const left = options.after?.left();
  const releases = new Map(left?.releases);
  const rows = new Map(left?.rows);
  const rollouts = new Map<string, FakeRollout>();
  const living = new Map(left?.living);
  const commands: HostCommand[] = [];
  const sockets = new Map<LineSocket, { follows: boolean; hears: boolean }>();
  const ring: { seq: number; event: object }[] = [];
  let seq = 0;
  let lastKey = Math.max(0, ...rows.keys());
  let acknowledged = 0;
  const unanswered: (() => void)[] = [];
  let isFrozen = false;
  let succession: Pick<KnownProcesses, 'nextTakeoverAt'> = options.after === undefined ? {} : { nextTakeoverAt: 0 };
  const refusals = new Map<HostCommand['type'], string>();

  function publish(app: string, key: number, change: Partial<InstanceRow>, event?: EventBody): void {
    const row = { ...rows.get(key)!, ...change };
    rows.set(key, row);
    send({ event: event === undefined ? null : { ...event, at: Date.now(), app, slot: row.slot }, row, removed: null, rollout: null });
    record();
  }

  function send(fact: Omit<Fact, 'type' | 'seq'>): void {
    seq += 1;
    if (fact.event !== null) ring.push({ seq, event: fact.event });
    for (const socket of sockets.keys()) socket.send({ type: 'fact', seq, ...fact });
  }

  function record(): void {
    const apps = [...releases.keys()].map((app) => ({
      name: app,
      instances: [...rows.values()].flatMap((row) =>
        row.app === app && row.process !== null ? [{ slot: row.slot, id: row.id, process: row.process }] : [],
      ),
    }));
    fs.writeFileSync(
      files.record,
      JSON.stringify({ name, bootId: 'this-boot', process: hostProcess, apps, ...succession } satisfies KnownProcesses),
    );
  }

  function instanceOf(key: number): FakeInstance {
    const row = (): InstanceRow => rows.get(key)!;
    const instance: FakeInstance = {
      get row() {
        return row();
      },
      live() {
        const known = living.get(key) ?? standIn();
        living.set(key, known);
        return { pid: known.pid, startTime: known.startTime };
      },
      say: (change, event) => publish(row().app, key, change, event),
      online: () => instance.say({ phase: { kind: 'online' }, inRotation: true }, { kind: 'online', rotation: null }),
      crash(code = 1) {
        const exit = { ...NO_EXIT, code };
        const tally = [...row().tally, { at: Date.now(), exit, uptimeMs: 3, pid: 77 }];
        instance.say({ phase: { kind: 'backoff', untilMs: 5 }, process: null, tally }, { kind: 'exited', exit, pid: 77 });
      },
    };
    return instance;
  }

  function holder(app: string, slot: number): InstanceRow | undefined {
    return [...rows.values()].find((row) => row.app === app && row.slot === slot);
  }

  function slotsOf(app: string): readonly number[] {
    return [...rows.values()].flatMap((row) => (row.app === app ? [row.slot] : []));
  }

  function create(app: string, { slot, id }: { slot: number; id: number }): InstanceRow {
    lastKey += 1;
    const row: InstanceRow = {
      ...BLANK_ROW,
      app,
      slot,
      id,
      key: lastKey,
      role: 'current',
      goal: 'down',
      phase: { kind: 'stopped', finished: null },
      process: null,
      createdAt: Date.now(),
      inRotation: false,
    };
    rows.set(row.key, row);
    publish(app, row.key, {});
    return row;
  }

  function launch(row: InstanceRow): void {
    const restarts = row.generation === 0 ? 0 : row.restarts + 1;
    publish(
      row.app,
      row.key,
      {
        goal: 'up',
        phase: { kind: 'starting' },
        generation: row.generation + 1,
        restarts,
        startedAt: Date.now(),
        release: releases.get(row.app)!.number,
        healthy: false,
      },
      { kind: 'starting', command: 'node app.js' },
    );
    options.behaviour(instanceOf(row.key));
  }

  function stop(row: InstanceRow): void {
    void living.get(row.key)?.kill();
    living.delete(row.key);
    if (row.phase.kind !== 'stopped')
      publish(row.app, row.key, { goal: 'down', phase: { kind: 'stopped', finished: null }, process: null }, { kind: 'stopped' });
  }

  function remove(row: InstanceRow): void {
    stop(row);
    rows.delete(row.key);
    send({ event: null, row: null, removed: { app: row.app, key: row.key }, rollout: null });
    if (![...rows.values()].some((one) => one.app === row.app)) releases.delete(row.app);
    record();
  }

  function carryOut(command: HostCommand): string | null {
    const refusal = refusals.get(command.type);
    refusals.delete(command.type);
    if (refusal !== undefined) return refusal;
    switch (command.type) {
      case 'apply': {
        rollouts.get(command.release.spec.name)?.takeOver(slotsOf(command.release.spec.name), 'change');
        for (const { pid } of command.orphans) process.kill(pid, 'SIGKILL');
        const { name: app } = command.release.spec;
        releases.set(app, command.release);
        for (const row of [...rows.values()]) if (row.app === app && !command.slots.some((slot) => slot.slot === row.slot)) remove(row);
        for (const slot of command.slots)
          if (holder(app, slot.slot) === undefined) {
            const row = create(app, slot);
            if (command.start) launch(row);
          }
        return null;
      }
      case 'rollout':
        return rollOut(command);
      case 'start':
      case 'restart':
      case 'stop':
      case 'remove':
      case 'reset':
        if (!releases.has(command.app)) return `no app ${command.app} on this host`;
        if (command.type !== 'reset') rollouts.get(command.app)?.takeOver(command.slots, command.type);
        for (const slot of command.slots) apply(command.type, holder(command.app, slot));
        return null;
      default:
        return null;
    }
  }

  function rollOut(command: RolloutCommand): string | null {
    const { app, slots } = command;
    if (!releases.has(app)) return `no app ${app} on this host`;
    if (rollouts.get(app)?.state.phase === 'running') return `a rollout of ${app} is under way`;
    const rollout = createFakeRollout(command, {
      create: (slot) =>
        void create(
          app,
          slots.find((one) => one.slot === slot)!,
        ),
      renew(slot, release) {
        const row = holder(app, slot)!;
        void living.get(row.key)?.kill();
        living.delete(row.key);
        launch(row);
        publish(app, row.key, { release });
      },
      remove: (slot) => remove(holder(app, slot)!),
      rows: () => [...rows.values()].filter((row) => row.app === app),
      publish(state, release, event) {
        if (release !== null) releases.set(app, release);
        send({
          event: event === null ? null : { ...event, at: Date.now(), app, slot: null },
          row: null,
          removed: null,
          rollout: { app, state, release },
        });
      },
    });
    rollouts.set(app, rollout);
    options.rollouts?.(rollout);
    return null;
  }

  function apply(type: 'start' | 'restart' | 'stop' | 'remove' | 'reset', row: InstanceRow | undefined): void {
    if (row === undefined) return;
    if (type === 'restart' || (type === 'start' && row.goal === 'down')) launch(row);
    if (type === 'stop') stop(row);
    if (type === 'remove') remove(row);
    if (type === 'reset') publish(row.app, row.key, { restarts: 0, unstable: 0 });
  }

  function receive(socket: LineSocket, command: HostCommand, isLate = false): void {
    if (!isLate) commands.push(command);
    if (isFrozen) return void unanswered.push(() => receive(socket, command, true));
    if (command.type === 'hello') return greet(socket);
    if (command.type === 'hear') return void (sockets.get(socket)!.hears = command.on);
    if (command.type === 'follow') return void (sockets.get(socket)!.follows = command.on);
    if (command.type === 'ack') return void (acknowledged = command.seq);
    if (command.type === 'goodbye') return;
    if (command.type === 'tail')
      return socket.send({
        type: 'reply',
        ticket: command.ticket,
        error: null,
        lines: host.lines.filter((line) => line.app === command.app && command.slots.includes(line.slot)).slice(-command.lines),
      });
    if (command.type === 'input') {
      const runs = [...rows.values()].some((row) => row.app === command.app && row.slot === command.slot && row.phase.kind === 'online');
      return socket.send({ type: 'reply', ticket: command.ticket, error: runs ? null : 'it is not running' });
    }
    if (command.type === 'self-reports') {
      const selfReports = host.selfReports.map(({ app, slot, report }) => ({ app, key: holder(app, slot)!.key, report }));
      return socket.send({ type: 'reply', ticket: command.ticket, error: null, selfReports });
    }
    if (command.type === 'message') {
      const answer = host.answerTo(command);
      return socket.send({ type: 'reply', ticket: command.ticket, error: null, answer });
    }
    if (command.type === 'shutdown') {
      for (const row of [...rows.values()]) remove(row);
      socket.send({ type: 'reply', ticket: command.ticket, error: null });
      return void host.die();
    }
    socket.send({ type: 'reply', ticket: command.ticket, error: carryOut(command) });
  }

  function greet(socket: LineSocket): void {
    const apps = [...releases].map(([app, release]) => ({
      release,
      rollout: rollouts.get(app)?.state ?? null,
      rows: [...rows.values()].filter((row) => row.app === app),
    }));
    socket.send({
      type: 'snapshot',
      protocol: options.protocol ?? PROTOCOL,
      version: '1.2.3',
      name,
      process: hostProcess,
      seq,
      missed: options.missed ?? 0,
      ...(host.talks ? { talks: true } : {}),
      ...(host.endsLines ? { endsLines: true } : {}),
      apps,
    });
    for (const fact of ring)
      if (fact.seq > acknowledged) socket.send({ type: 'fact', seq: fact.seq, event: fact.event, row: null, removed: null, rollout: null });
  }

  const server = await serveLines(files.socket, (socket) => {
    sockets.set(socket, { follows: false, hears: false });
    return { message: (message) => receive(socket, message as HostCommand), closed: () => void sockets.delete(socket) };
  });
  const host: FakeHost = {
    name,
    process: hostProcess,
    commands,
    acknowledged: () => acknowledged,
    lastFact: () => seq,
    forgetAcknowledgements: () => void (acknowledged = 0),
    lines: [],
    selfReports: [],
    talks: true,
    endsLines: true,
    answerTo: () => ({ kind: 'answered', data: null }),
    say(messages, dropped = 0) {
      for (const [socket, { hears }] of sockets) if (hears) socket.send({ type: 'messages', messages, dropped });
    },
    follow(lines, dropped = 0) {
      for (const [socket, { follows }] of sockets) if (follows) socket.send({ type: 'lines', lines, dropped });
    },
    instance(app, slot) {
      const row = holder(app, slot);
      if (row === undefined) throw new Error(`host ${name} has no ${app}:${slot}`);
      return instanceOf(row.key);
    },
    refuse: (type, reason) => void refusals.set(type, reason),
    rows: (app) => [...rows.values()].filter((row) => row.app === app),
    release: (app) => releases.get(app)!,
    rollout(app) {
      const rollout = rollouts.get(app);
      if (rollout === undefined) throw new Error(`host ${name} rolls out no ${app}`);
      return rollout;
    },
    has: (app, slot) => (holder(app, slot)?.generation ?? 0) > 0,
    hangUp() {
      for (const socket of sockets.keys()) socket.close();
    },
    freeze: () => void (isFrozen = true),
    thaw() {
      isFrozen = false;
      for (const answer of unanswered.splice(0)) answer();
    },
    left: () => ({ releases, rows, living }),
    expire: () => identity.kill(),
    async die(how) {
      if (how === 'followed') succession = { nextTakeoverAt: 0 };
      record();
      options.hosts.delete(name);
      await identity.kill();
      await server.close();
    },
    async close() {
      options.hosts.delete(name);
      await server.close();
    },
  };
  options.hosts.set(name, host);
  record();
  return host;
}
