// The connections to all hosts: dials them, starts them, notices their end. What runs in them is not its business.
import { HoldfastError } from '../model/errors.ts';
import { hostFiles } from '../model/home.ts';
import type { Home } from '../model/home.ts';
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import { pause } from '../platform/clock.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import { dialHost } from './host-link.ts';
import type { HostEvents, HostLink } from './host-link.ts';
import { waitForEnd } from './orphans.ts';

/** How long a host may take to greet back. */
const PATIENCE_MS: Ms = 5000;
/** How long a host that is being started (by us or by somebody else) may take to listen. */
const LISTEN_MS: Ms = 10_000;
/** One that was launched listens, or is one too many: another one is there, which is starting as well, or ending. */
const LAUNCHED_MS: Ms = 1000;
/** How long a host that does not read may keep a leaving daemon. */
const GOODBYE_MS: Ms = 500;
/** How long a host that has nothing to do may take to end. */
const RETIREMENT_MS: Ms = 10_000;
const FIRST_RETRY_MS: Ms = 20;
const LAST_RETRY_MS: Ms = 2000;
/** How long a host is looked for that follows a dead one. */
const SEEK_MS: Ms = 10_000;

export interface SupervisorsOptions {
  readonly home: Home;
  readonly version: string;
  readonly clock: Clock;
  /** Starts the process of a host; resolves when it listens or another one of that name does. */
  readonly launch: (name: string) => Promise<void>;
  /** Starts one that ends at once. */
  readonly prove: (name: string) => Promise<void>;
  readonly on: Omit<HostEvents, 'closed'> & {
    /** A host was started by this daemon and has answered. */
    started(link: HostLink): void;
    /** The process of a host is known to be dead. */
    gone(host: { readonly name: string; readonly process: ProcessId }): void;
  };
}

/** All hosts this daemon talks to. */
export interface Supervisors {
  /** The connected host; starts its process where there is none. Rejects with HOST_UNREACHABLE. */
  ensure(name: string): Promise<HostLink>;
  /** The host if one listens, else null; starts none. Rejects with HOST_UNREACHABLE when it listens and does not answer. */
  find(name: string): Promise<HostLink | null>;
  get(name: string): HostLink | null;
  /** Rejects where a host of this build cannot be started. Nothing changes, whether one of that name runs or not. */
  prove(name: string): Promise<void>;
  all(): readonly HostLink[];
  /** Ends a host that runs nothing. From now on it is not there; one that is wanted again is started when this one has ended. */
  retire(name: string): void;
  /** Says goodbye, so that no host brings this daemon back, and closes every connection. */
  leave(): Promise<void>;
}

/** Connects to nothing yet. */
export function createSupervisors(options: SupervisorsOptions): Supervisors {
  const { clock, home } = options;
  const links = new Map<string, HostLink>();
  const finding = new Map<string, Promise<HostLink | null>>();
  const starting = new Map<string, Promise<HostLink>>();
  const retiring = new Map<string, Promise<void>>();
  const retired = new WeakSet<HostLink>();
  const retries = new Set<Cancel>();
  let isLeaving = false;

  const on: HostEvents = {
    snapshot(link, snapshot) {
      links.set(link.name, link);
      options.on.snapshot(link, snapshot);
    },
    fact: options.on.fact,
    lines: options.on.lines,
    messages: options.on.messages,
    closed(link) {
      if (links.get(link.name) === link) links.delete(link.name);
      if (!retired.has(link)) regain(link, FIRST_RETRY_MS);
    },
  };

  async function dial(name: string): Promise<HostLink | null> {
    await retiring.get(name);
    try {
      return await dialHost({ name, path: hostFiles(home, name).socket, version: options.version, clock, patienceMs: PATIENCE_MS, on });
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      // ENOENT and ECONNREFUSED: nobody listens. Any other error of connect(2) says the same to us: there is no host to talk to.
      return null;
    }
  }

  async function find(name: string): Promise<HostLink | null> {
    for (;;) {
      const link = links.get(name);
      if (link === undefined) return once(finding, name, () => dial(name));
      if (isSameProcess(link.process)) return link;
      // The kernel knew of its death sooner: what it has said last is still to be read.
      await link.ended;
    }
  }

  async function start(name: string): Promise<HostLink> {
    const endMs = clock.monotonicMs() + LISTEN_MS;
    const present = await find(name);
    if (present !== null) return present;
    // One that is there already may just be going: then nobody has come of it, and it is tried again.
    while (clock.monotonicMs() < endMs) {
      await launch(name);
      const link = await findSoon(name);
      if (link === null) continue;
      options.on.started(link);
      return link;
    }
    throw new HoldfastError('HOST_UNREACHABLE', `Cannot start host ${name}: it does not listen.`, { hint: 'holdfast logs' });
  }

  async function launch(name: string): Promise<void> {
    try {
      await options.launch(name);
    } catch (error) {
      throw new HoldfastError('HOST_UNREACHABLE', `Cannot start host ${name}: ${(error as Error).message}.`, {
        hint: 'holdfast logs',
        cause: error,
      });
    }
  }

  async function findSoon(name: string): Promise<HostLink | null> {
    const endMs = clock.monotonicMs() + LAUNCHED_MS;
    for (;;) {
      const link = await find(name);
      if (link !== null || clock.monotonicMs() > endMs) return link;
      await pause(clock, FIRST_RETRY_MS);
    }
  }

  async function end(link: HostLink): Promise<void> {
    // The connection may end before or instead of the answer: what counts is the end of the process.
    link.request({ type: 'shutdown' }).catch(() => undefined);
    await waitForEnd([link.process], RETIREMENT_MS, clock);
    link.close();
    retiring.delete(link.name);
  }

  /** A connection that broke is either a dead host, which is reported, or a living one, which is dialled until it answers. */
  function regain(lost: HostLink, delayMs: Ms): void {
    if (isLeaving || links.has(lost.name)) return;
    if (!isSameProcess(lost.process)) {
      seek(lost.name, FIRST_RETRY_MS, clock.monotonicMs() + SEEK_MS);
      return options.on.gone({ name: lost.name, process: lost.process });
    }
    // Whatever find says, the next look decides: connected, dead, or once more.
    retry(lost.name, delayMs, (nextMs) => regain(lost, nextMs));
  }

  /** A host that is dead may be followed by one that nobody here has started. */
  function seek(name: string, delayMs: Ms, untilMs: Ms): void {
    if (isLeaving || links.has(name) || clock.monotonicMs() > untilMs) return;
    retry(name, delayMs, (nextMs) => seek(name, nextMs, untilMs));
  }

  function retry(name: string, delayMs: Ms, again: (nextMs: Ms) => void): void {
    const cancel = clock.setTimer(delayMs, () => {
      retries.delete(cancel);
      const goOn = (): void => again(Math.min(delayMs * 2, LAST_RETRY_MS));
      find(name).then(goOn, goOn);
    });
    retries.add(cancel);
  }

  return {
    ensure: (name) => once(starting, name, () => start(name)),
    find,
    get: (name) => links.get(name) ?? null,
    prove: options.prove,
    all: () => [...links.values()],
    retire(name) {
      const link = links.get(name);
      if (link === undefined) return;
      links.delete(name);
      retired.add(link);
      retiring.set(name, end(link));
    },
    async leave() {
      isLeaving = true;
      for (const cancel of retries) cancel();
      for (const link of links.values()) link.tell({ type: 'goodbye' });
      const endMs = clock.monotonicMs() + GOODBYE_MS;
      do await pause(clock, 0);
      while (clock.monotonicMs() < endMs && [...links.values()].some((link) => link.queuedBytes > 0));
      for (const link of links.values()) link.close();
      links.clear();
    },
  };
}

/** Joins callers of the same key to the one attempt that is under way. */
function once<T>(attempts: Map<string, Promise<T>>, key: string, attempt: () => Promise<T>): Promise<T> {
  const running = attempts.get(key);
  if (running !== undefined) return running;
  const started = attempt().finally(() => attempts.delete(key));
  attempts.set(key, started);
  return started;
}
