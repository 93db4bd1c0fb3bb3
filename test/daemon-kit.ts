// A daemon in the test's own process, on a home of its own, with hosts that only pretend: they speak the protocol and start nothing.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClient } from '../src/client/client.ts';
import type { Client } from '../src/client/client.ts';
import { startDaemon } from '../src/daemon/daemon.ts';
import type { Daemon } from '../src/daemon/daemon.ts';
import type { OperationRequest } from '../src/model/api.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import { specOf } from './spec.ts';
import { homeAt } from '../src/model/home.ts';
import type { Home } from '../src/model/home.ts';
import type { OperationUpdate, OperationView } from '../src/model/view.ts';
import { systemClock } from '../src/platform/clock.ts';
import { startTimeOf } from '../src/platform/proc-stat.ts';
import { startFakeHost } from './fake-host.ts';
import type { FakeHost, FakeInstance } from './fake-host.ts';
import type { FakeRollout } from './fake-rollout.ts';

/** What a test works with. */
export interface DaemonKit {
  readonly home: Home;
  readonly client: Client;
  /** Hosts by name, the living ones. */
  readonly hosts: Map<string, FakeHost>;
  /** The names of all hosts that the daemon has asked for, in order. */
  readonly launched: readonly string[];
  /** Errors that the daemon takes for its own; a test that ends with any has failed. */
  readonly defects: readonly unknown[];
  /** Whether `kill` has ended. */
  readonly killed: () => boolean;
  /** How instances behave that start from now on; may be changed at any time. */
  behave(behaviour: Behaviour): void;
  /** How rollouts go that begin from now on. They succeed at once unless told otherwise. */
  rollOut(how: (rollout: FakeRollout) => void): void;
  /** From now on every instance is a process of another user. */
  disown(): void;
  /** From now on no host can be started, for this reason; `busy`: because there seems to be one. Null: they can again. */
  refuseHosts(reason: string | null): void;
  /** The instances of this dead host bring up the next one. */
  bringUp(after: FakeHost): Promise<void>;
  /** The daemon ends without a goodbye, as by SIGKILL, as far as its hosts can tell. */
  start(bootId?: string): Promise<void>;
  leave(): Promise<void>;
  /** Runs an operation to its end. */
  operate(request: OperationRequest): Promise<OperationView>;
  /** The end of one that was begun. */
  end(id: string): Promise<OperationView>;
  updates(request: OperationRequest): Promise<readonly OperationUpdate[]>;
  /** The lines of daemon.log. */
  log(): readonly string[];
  /** A process that does nothing, for an identity that lives. It is ended by `dispose`. */
  standIn(): { readonly pid: number; readonly startTime: string; kill(): Promise<void> };
  dispose(): Promise<void>;
}

/** What an instance does when it is told to start. */
export type Behaviour = (instance: FakeInstance) => void;

/** A spec with every field, of files that are there; `differs` replaces some. */
export function appSpec(name: string, differs: Partial<AppSpec> = {}): AppSpec {
  const files = { cwd: import.meta.dirname, script: import.meta.filename };
  return specOf({
    name,
    host: name,
    instances: 1,
    interpreter: 'node',
    env: { PATH: '/usr/bin' },
    sourceMapSupport: true,
    ...files,
    ...differs,
  });
}

/** Makes a home and starts a daemon on it. */
export async function createDaemonKit(): Promise<DaemonKit> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'hfd-'));
  const home = homeAt(root);
  for (const folder of [home.hosts, home.logs]) fs.mkdirSync(folder);
  const hosts = new Map<string, FakeHost>();
  const launched: string[] = [];
  const defects: unknown[] = [];
  const children = new Set<ChildProcess>();
  let daemon: Daemon | null = null;
  let behaviour: Behaviour = (instance) => instance.online();
  let rollouts = (rollout: FakeRollout): void => rollout.succeed();
  let isKilled = false;
  let areOurs = true;
  let refusal: string | null = null;

  function standIn() {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    children.add(child);
    const pid = child.pid!;
    return { pid, startTime: startTimeOf(pid)!, kill: () => end(child) };
  }

  const fake = { home, hosts, standIn, behaviour: (one: FakeInstance) => behaviour(one), rollouts: (one: FakeRollout) => rollouts(one) };

  async function proveHost(): Promise<void> {
    if (refusal !== null) throw new Error(refusal);
  }

  async function launchHost(name: string): Promise<void> {
    launched.push(name);
    if (refusal === 'busy') return;
    if (refusal !== null) throw new Error(refusal);
    if (!hosts.has(name)) await startFakeHost({ ...fake, name });
  }

  const client = createClient({ socketPath: home.socket });
  const kit: DaemonKit = {
    home,
    client,
    hosts,
    launched,
    defects,
    standIn,
    killed: () => isKilled,
    disown: () => void (areOurs = false),
    refuseHosts: (reason) => void (refusal = reason),
    behave: (next) => void (behaviour = next),
    rollOut: (next) => void (rollouts = next),
    bringUp: async (after) => void (await startFakeHost({ ...fake, name: after.name, after })),
    async start(bootId = 'this-boot') {
      const looks = { holdsSocket: () => true, isOurs: () => areOurs };
      daemon = await startDaemon({
        ...looks,
        home,
        version: '1.2.3',
        pid: process.pid,
        bootId,
        clock: systemClock,
        launchHost,
        proveHost,
        nextHost: { node: '/usr/bin/node', script: '/holdfast/host.cjs' },
        stirred: () => undefined,
        killed: () => (isKilled = true),
        eventCopy: `${home.root}/pm2.log`,
        defect: (error) => defects.push(error),
      });
    },
    async leave() {
      await daemon?.leave();
      daemon = null;
    },
    operate: async (request) => kit.end((await client.operate(request)).id),
    async end(id) {
      let last: OperationUpdate | null = null;
      for await (const update of client.watch(id)) last = update;
      if (last?.type !== 'operation') throw new Error('the stream of an operation ended without it');
      return last.operation;
    },
    async updates(request) {
      const updates: OperationUpdate[] = [];
      for await (const update of client.watch((await client.operate(request)).id)) updates.push(update);
      return updates;
    },
    log: () => (fs.existsSync(home.log) ? fs.readFileSync(home.log, 'utf8').trimEnd().split('\n') : []),
    async dispose() {
      await kit.leave();
      for (const host of hosts.values()) await host.close();
      await Promise.all([...children].map(end));
      fs.rmSync(root, { recursive: true, force: true });
      if (defects.length > 0)
        throw new Error(`the daemon met ${defects.length} defects, the first: ${(defects[0] as Error).stack ?? String(defects[0])}`);
    },
  };
  await kit.start();
  return kit;
}

/** Polls until `probe` gives something other than undefined, null or false. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  const endMs = Date.now() + 30_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}
