// A deterministic world: virtual clock, fake children, a whole supervisor in memory. An hour of crash loop takes a millisecond.
import type { Balancer, BalancerEvents } from '../src/balance/types.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import { printEvent } from '../src/model/event.ts';
import { CMD } from '../src/model/preload-protocol.ts';
import type { FromPreload, ToPreload } from '../src/model/preload-protocol.ts';
import type { Fact, InstanceRow, RecordedApp } from '../src/model/protocol.ts';
import type { Bytes, Ms } from '../src/model/units.ts';
import type { AdoptedEvents } from '../src/platform/adopted-child.ts';
import type { ChildEvents, LaunchOptions } from '../src/platform/child.ts';
import type { Clock } from '../src/platform/clock.ts';
import type { LookResult } from '../src/probe/look.ts';
import { releaseOf, specOf } from './spec.ts';
import { createSupervisor } from '../src/supervisor/supervisor.ts';
import type { Supervisor } from '../src/supervisor/supervisor.ts';
import type { World } from '../src/supervisor/world.ts';

/** Distributive, so that each act keeps its own fields. */
type WithoutCmd<M> = M extends unknown ? Omit<M, 'cmd'> : never;

export interface VirtualClock extends Clock {
  /** Lets time pass; timers fire in order, at their moments. */
  pass(ms: Ms): void;
}

export function createVirtualClock(): VirtualClock {
  let nowMs = 0;
  let timers: { atMs: Ms; fire: () => void }[] = [];
  return {
    monotonicMs: () => nowMs,
    epochMs: () => 1_800_000_000_000 + nowMs,
    setTimer(delayMs, fire) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    pass(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        nowMs = Math.max(nowMs, due.atMs);
        due.fire();
      }
      nowMs = untilMs;
    },
  };
}

/** A child as the test plays it. */
export interface FakeChild {
  readonly pid: number;
  readonly options: LaunchOptions;
  /** Signals and messages it got, in order: `SIGINT`, `drain`, `"shutdown"`. */
  readonly got: string[];
  isAlive: boolean;
  isListening: boolean;
  /** Fork mode: it holds a listening socket of its own. */
  holdsPort: boolean;
  rssBytes: Bytes;
  /** What every look at it finds; null: it does not answer in time. */
  health: LookResult | null;
  write(stream: 'out' | 'err', text: string): void;
  say(message: WithoutCmd<FromPreload>): void;
  tell(message: unknown): void;
  listen(): void;
  exit(how: { readonly code?: number; readonly signal?: string }): void;
}

export interface TestWorld {
  readonly clock: VirtualClock;
  readonly supervisor: Supervisor;
  /** All children ever launched, oldest first. */
  readonly children: FakeChild[];
  readonly living: () => FakeChild[];
  readonly facts: Omit<Fact, 'type' | 'seq'>[];
  /** `0 online: traffic to 1 of 2`: slot and text of every event so far. */
  readonly story: () => string[];
  readonly rows: () => InstanceRow[];
  /** What apps have said, as it would be handed on. */
  readonly said: readonly unknown[];
  /** Pids of processes that outlived an earlier host. */
  readonly orphans: Set<number>;
  /** Paths that are not there. */
  readonly gone: Set<string>;
  /** Launches fail with this reason while it is set. */
  launchError: string | null;
}

/** What a world begins with that is not the first: the record of the supervisor that died, and its clock. */
export interface Inheritance {
  readonly clock: VirtualClock;
  readonly left: RecordedApp;
}

/** A supervisor of `spec` with its slots applied and started, or inherited. Whatever a record names lives, until `orphans` has it no more. */
export function createTestWorld(spec: AppSpec = specOf(), inheritance: Inheritance | null = null): TestWorld {
  const clock = inheritance?.clock ?? createVirtualClock();
  const children: FakeChild[] = [];
  const facts: Omit<Fact, 'type' | 'seq'>[] = [];
  const orphans = new Set<number>();
  const gone = new Set<string>();
  let lastKey = 0;
  const said: unknown[] = [];
  const launched = { error: null as string | null };

  const world: World = {
    clock,
    random: () => 0,
    processes: {
      launch: (options, on) => launchFake(options, on),
      adopt({ pid }, _how, on) {
        children.push(createFakeChild(pid, ADOPTED, survivorEvents(on)));
        return {
          pid,
          bound: null,
          sendInternal: () => false,
          sendToApp: () => false,
          input: () => 'closed',
          holdOutput: () => undefined,
          letGoOutput: () => undefined,
        };
      },
      identify: (pid) => ({ pid, startTime: String(pid) }),
      isAlive: ({ pid }) => orphans.has(pid),
      signal(pid, signal) {
        const child = children.find((one) => one.pid === pid);
        child?.got.push(signal);
        if (signal === 'SIGKILL') child?.exit({ signal });
        if (orphans.has(pid)) clock.setTimer(10, () => void orphans.delete(pid));
      },
      isAnythingLeft: () => false,
      measure: (pids) =>
        new Map(
          children.filter((child) => child.isAlive && pids.includes(child.pid)).map((child) => [child.pid, { rssBytes: child.rssBytes }]),
        ),
      holderOfPort: () => 'pid 1 (init)',
      listens: (pid) => children.some((child) => child.pid === pid && child.holdsPort),
    },
    plan: (of) => ({ file: of.interpreter, args: [of.script], cwd: of.cwd, env: {}, shown: 'node app.js', preload: of.mode, notes: [] }),
    openLog: () => ({ sink: { write() {}, isFull: false, end() {} }, outPath: null, errorPath: null }),
    look: ({ pid }, { timeoutMs }, done) => {
      const answer = children.find((child) => child.pid === pid)?.health ?? null;
      return clock.setTimer(answer === null ? timeoutMs : 0, () => done(answer ?? { ok: false, text: `no answer within ${timeoutMs} ms` }));
    },
    createBalancer: (_spec, on) => createFakeBalancer(on),
    speakTo: () => () => false,
    succession: () => null,
    ears: { isOpen: () => false, said: (_by, message) => void said.push(message), missed: () => {} },
    publish: (fact) => void facts.push(fact),
    nextKey: () => ++lastKey,
    pidFile: () => null,
    exists: (path) => !gone.has(path),
  };

  function launchFake(options: LaunchOptions, on: ChildEvents) {
    if (launched.error !== null) {
      const reason = launched.error;
      clock.setTimer(0, () => on.launchFailed(reason));
      return {
        pid: null,
        bound: null,
        sendInternal: () => false,
        sendToApp: () => false,
        input: () => 'closed' as const,
        holdOutput: () => undefined,
        letGoOutput: () => undefined,
      };
    }
    const child = createFakeChild(1000 + children.length, options, on);
    children.push(child);
    clock.setTimer(0, () => on.launched(child.pid));
    return {
      pid: child.pid,
      bound: null,
      sendInternal: (message: ToPreload) => child.isAlive && (message.act === 'hear' || child.got.push(message.act) > 0),
      sendToApp: (message: unknown) => child.isAlive && child.got.push(JSON.stringify(message)) > 0,
      input(line: Buffer) {
        if (!child.isAlive) return 'closed' as const;
        child.got.push(line.toString());
        return 'taken' as const;
      },
      holdOutput: () => undefined,
      letGoOutput: () => undefined,
    };
  }

  function inheritFrom(left: RecordedApp): void {
    for (const { process } of left.instances) if (process !== null) orphans.add(process.pid);
    supervisor.inherit(left, [], () => {});
  }

  const supervisor = createSupervisor(releaseOf(spec), world);
  const slots = Array.from({ length: spec.instances }, (_, slot) => ({ slot, id: slot }));
  if (inheritance === null) supervisor.command({ type: 'apply', release: releaseOf(spec), slots, start: true, orphans: [] }, () => {});
  else inheritFrom(inheritance.left);
  clock.pass(0);
  return {
    clock,
    supervisor,
    children,
    living: () => children.filter((child) => child.isAlive),
    facts,
    said,
    story: () => facts.flatMap(({ event }) => (event === null ? [] : [`${event.slot} ${printEvent(event)}`])),
    rows: () => [...supervisor.snapshot().rows],
    orphans,
    gone,
    get launchError() {
      return launched.error;
    },
    set launchError(reason) {
      launched.error = reason;
    },
  };
}

const ADOPTED: LaunchOptions = { file: 'adopted', args: [], cwd: '/', env: {} };

/** Nobody hears its messages, nor how it ends. */
function survivorEvents(on: AdoptedEvents): ChildEvents {
  return {
    ...on,
    launched() {},
    launchFailed() {},
    internal() {},
    message() {},
    exited: () => on.exited({ code: null, signal: null, unknown: 'host-died' }),
  };
}

function createFakeChild(pid: number, options: LaunchOptions, on: ChildEvents): FakeChild {
  const child: FakeChild = {
    pid,
    options,
    got: [],
    isAlive: true,
    isListening: false,
    holdsPort: true,
    rssBytes: 50 * 2 ** 20,
    health: { ok: true, text: '200 OK' },
    write: (stream, text) => on.output(stream, Buffer.from(text)),
    say: (message) => on.internal({ cmd: CMD, ...message }, undefined),
    tell: (message) => on.message(message),
    listen() {
      child.isListening = true;
      child.say({ act: 'listen', id: 1, address: null, port: 80, addressType: 4, fd: null, index: 0, flags: 0, backlog: null });
    },
    exit({ code = null, signal = null }) {
      if (!child.isAlive) return;
      child.isAlive = false;
      on.exited({ code, signal });
      on.outputEnded();
    },
  };
  return child;
}

/** Serves whoever has joined and listens; binds nothing. */
function createFakeBalancer(on: BalancerEvents): Balancer {
  const joined = new Set<number>();
  const listening = new Set<number>();
  const isServing = (key: number): boolean => joined.has(key) && listening.has(key);
  return {
    pause: () => {},
    isQuiet: () => true,
    use: () => {},
    add: () => {},
    inherit: () => {},
    receive(key, message) {
      if (message.act !== 'listen') return false;
      listening.add(key);
      on.listening(key, ':::80');
      return true;
    },
    join: (key) => void joined.add(key),
    leave: (key) => void joined.delete(key),
    takeBack: () => {},
    remove(key) {
      joined.delete(key);
      listening.delete(key);
    },
    connect: () => null,
    serving: () => [...joined].filter(isServing).length,
    isServing,
    sockets: () => [],
    close: () => listening.clear(),
  };
}
