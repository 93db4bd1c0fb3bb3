// A host in little, for tests of balancing alone: a process with a balancer and children, no supervisor, no daemon. Bundled on the fly from the sources.
import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { BalancerSocket } from '../../../src/balance/types.ts';
import type { BalancePolicy, ProbeSpec } from '../../../src/model/app-spec.ts';
import type { FromPreload } from '../../../src/model/preload-protocol.ts';
import type { LookResult } from '../../../src/probe/look.ts';
import { isAlive } from './processes.ts';
import { waitFor } from './wait.ts';

export interface MiniOptions {
  readonly script: string;
  /** 2. */
  readonly instances?: number;
  readonly mode?: 'cluster' | 'fork';
  /** `by itself` (default): an instance gets traffic as soon as it listens. */
  readonly joins?: 'by itself' | 'by hand';
  readonly restarts?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly cwd?: string;
  readonly queueLimit?: number;
  readonly queueTimeoutMs?: number;
  readonly policy?: BalancePolicy;
  /** The Node of the instances; the test's own by default. */
  readonly node?: string;
}

export type MiniCommand =
  | { readonly do: 'launch' | 'close' | 'look' }
  | { readonly do: 'join' | 'leave'; readonly key: number }
  | { readonly do: 'drain'; readonly key: number; readonly idleMs: number; readonly timeoutMs: number }
  | { readonly do: 'probe'; readonly key: number; readonly check: ProbeSpec['check']; readonly timeoutMs: number }
  | { readonly do: 'watch-loop'; readonly key: number; readonly everyMs: number; readonly limitMs: number }
  | { readonly do: 'send'; readonly key: number; readonly message: unknown };

export type MiniEvent =
  | { readonly kind: 'launched'; readonly key: number; readonly pid: number }
  | { readonly kind: 'listening'; readonly key: number; readonly address: string }
  | { readonly kind: 'bind-failed'; readonly key: number; readonly address: string; readonly port: number | null; readonly errno: string }
  | { readonly kind: 'said'; readonly key: number; readonly message: FromPreload }
  | { readonly kind: 'app-message'; readonly key: number; readonly message: unknown }
  | { readonly kind: 'output'; readonly key: number; readonly text: string }
  | { readonly kind: 'exited'; readonly key: number; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'probed'; readonly key: number; readonly result: LookResult }
  | { readonly kind: 'look'; readonly serving: number; readonly isQuiet: boolean; readonly sockets: readonly BalancerSocket[] };

type Of<Kind extends MiniEvent['kind']> = Extract<MiniEvent, { kind: Kind }>;

export interface MiniHost {
  readonly pid: number;
  readonly events: readonly MiniEvent[];
  /** All so far of one kind, of one instance where a key is given. */
  seen<Kind extends MiniEvent['kind']>(kind: Kind, key?: number): Of<Kind>[];
  /** The first of a kind that fits, waited for. */
  wait<Kind extends MiniEvent['kind']>(kind: Kind, fits?: (event: Of<Kind>) => boolean): Promise<Of<Kind>>;
  /** Resolves when as many instances listen as were launched at the start. */
  ready(): Promise<void>;
  tell(command: MiniCommand): void;
  look(): Promise<Of<'look'>>;
  /** One look of a probe at that instance. */
  probe(key: number, check: ProbeSpec['check'], timeoutMs?: number): Promise<LookResult>;
  drain(key: number, idleMs: number, timeoutMs: number): Promise<Extract<FromPreload, { act: 'drained' }>['report']>;
  pidOf(key: number): number;
  output(key: number): string;
  /** SIGKILL to the host alone. */
  kill(): Promise<void>;
  /** Ends host and instances, whatever they do. */
  dispose(): Promise<void>;
}

interface Bundles {
  readonly folder: string;
  readonly host: string;
  readonly cluster: string;
  readonly fork: string;
}

let bundles: Bundles | null = null;

/** Once for a test file. Call `removeBundles` after all. */
function bundle(): Bundles {
  if (bundles !== null) return bundles;
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hf-mini-'));
  const root = path.resolve(import.meta.dirname, '../../..');
  const make = (source: string, name: string): string => {
    const outfile = path.join(folder, name);
    buildSync({
      entryPoints: [path.join(root, source)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
    });
    return outfile;
  };
  bundles = {
    folder,
    host: make('test/e2e/kit/mini-host-main.ts', 'host.cjs'),
    cluster: make('src/preload/cluster.ts', 'preload-cluster.cjs'),
    fork: make('src/preload/fork.ts', 'preload-fork.cjs'),
  };
  return bundles;
}

/** Leaves nothing behind in /tmp. */
export function removeBundles(): void {
  if (bundles !== null) fs.rmSync(bundles.folder, { recursive: true, force: true });
  bundles = null;
}

/** A path under test/fixtures/apps. */
export function app(name: string): string {
  return path.resolve(import.meta.dirname, '../../fixtures/apps', name);
}

export function startMiniHost(options: MiniOptions): MiniHost {
  const { host, cluster, fork: forkPreload } = bundle();
  const preload = options.mode === 'fork' ? forkPreload : cluster;
  const child = fork(host, [JSON.stringify({ ...options, preload })], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const events: MiniEvent[] = [];
  child.on('message', (event) => events.push(event as MiniEvent));

  const seen: MiniHost['seen'] = (kind, key) =>
    events.filter((event): event is Of<typeof kind> => event.kind === kind && (key === undefined || ('key' in event && event.key === key)));
  const wait: MiniHost['wait'] = (kind, fits = () => true) => waitFor(`${kind}, among ${options.script}`, () => seen(kind).find(fits));
  const tell = (command: MiniCommand): void => void child.send(command);
  const exited = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    pid: child.pid!,
    events,
    seen,
    wait,
    tell,
    async ready() {
      const keys = Array.from({ length: options.instances ?? 2 }, (_, place) => place + 1);
      await waitFor('all instances to listen', () => keys.every((key) => seen('listening', key).length > 0), {}).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${keys.map((key) => this.output(key)).join('\n')}`);
      });
    },
    async look() {
      const before = seen('look').length;
      tell({ do: 'look' });
      return waitFor('the look', () => seen('look')[before]);
    },
    async probe(key, check, timeoutMs = 5000) {
      const before = seen('probed', key).length;
      tell({ do: 'probe', key, check, timeoutMs });
      return (await waitFor('what the probe finds', () => seen('probed', key)[before])).result;
    },
    async drain(key, idleMs, timeoutMs) {
      tell({ do: 'drain', key, idleMs, timeoutMs });
      const { message } = await wait('said', (event) => event.key === key && event.message.act === 'drained');
      return (message as Extract<FromPreload, { act: 'drained' }>).report;
    },
    pidOf: (key) => seen('launched', key)[0]!.pid,
    output: (key) =>
      seen('output', key)
        .map(({ text }) => text)
        .join(''),
    async kill() {
      child.kill('SIGKILL');
      await waitFor('the host to end', exited);
    },
    async dispose() {
      child.kill('SIGKILL');
      await waitFor('the host to end', exited);
      const pids = seen('launched').map(({ pid }) => pid);
      await waitFor('the instances to end', () => {
        const living = pids.filter(isAlive);
        for (const pid of living) killGroup(pid);
        return living.length === 0;
      });
    },
  };
}

/** Instances in fork mode lead a process group of their own, those in cluster mode do not. */
function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It ended between the look and the signal, or leads no group.
    }
  }
}
