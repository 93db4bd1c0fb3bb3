// When an app may be started: every condition against every state of what it depends on, and random walks of whole lists.
import { describe, expect, it } from 'vitest';
import { mayStart, printAwaited } from './dependencies.ts';
import type { Dependency, DependencyState, Permission, SeenInstance } from './dependencies.ts';

const FORK = { mode: 'fork', waitReady: false, readiness: null } as const;
const CLUSTER = { ...FORK, mode: 'cluster' } as const;
const PROBE = { check: { kind: 'message' }, intervalMs: 1, timeoutMs: 1, failures: 1, successes: 1, startPeriodMs: 0 } as const;
const PROBED = { ...CLUSTER, readiness: PROBE } as const;

const ONLINE: SeenInstance = {
  goal: 'up',
  phase: { kind: 'online' },
  healthy: false,
  readiness: null,
  liveness: null,
  tally: [],
  lives: true,
  supervised: true,
};
const online = (differs: Partial<SeenInstance> = {}): SeenInstance => ({ ...ONLINE, ...differs });
const STARTING = online({ phase: { kind: 'starting' } });
const LAUNCHED_NOT_YET = online({ phase: { kind: 'starting' }, lives: false });
const STOPPED = online({ phase: { kind: 'stopped', finished: null }, goal: 'down', lives: false });
const TO_BE_STARTED = online({ phase: { kind: 'stopped', finished: null }, lives: false });
const STOPPING = online({ phase: { kind: 'stopping', escalated: false }, goal: 'down' });
const RESTARTING = online({ phase: { kind: 'stopping', escalated: false } });
const CRASHED = online({ phase: { kind: 'backoff', untilMs: 1 }, lives: false });
const ERRORED = online({ phase: { kind: 'errored', reason: 'unstable-runs', crashes: 3, spanMs: 1 }, goal: 'down', lives: false });
const ended = (code: number | null, signal: string | null = null): SeenInstance =>
  online({
    phase: { kind: 'stopped', finished: 'autorestart-off' },
    goal: 'down',
    lives: false,
    tally: [
      { at: 1, exit: { code: 9, signal: null, error: null, launchError: null }, uptimeMs: 1, pid: 1 },
      { at: 2, exit: { code, signal, error: null, launchError: null }, uptimeMs: 1, pid: 2 },
    ],
  });
const probed = (passing: boolean): SeenInstance => online({ readiness: { passing, text: '', at: 1 } });

const seen = (spec: Extract<DependencyState, { kind: 'seen' }>['spec'], ...instances: readonly SeenInstance[]): DependencyState => ({
  kind: 'seen',
  spec,
  instances,
});
const decide = (condition: Dependency['condition'], state: DependencyState): Permission =>
  mayStart([{ app: 'db', condition }], () => state);
/** `yes`, `wait: is starting`, `no: is errored`. */
const told = (condition: Dependency['condition'], state: DependencyState): string => {
  const permission = decide(condition, state);
  if (permission.kind === 'yes') return 'yes';
  if (permission.kind === 'wait') return `wait: ${permission.for[0]!.text}`;
  return permission.reason.replace(`it depends on db (${condition}), which `, 'no: ');
};

const MIN_UPTIME = 'wait: is online, not yet for min_uptime';
const NOT_READY = 'wait: is online and not ready';

describe('one instance', () => {
  it.each<[string, DependencyState, Record<Dependency['condition'], string>]>([
    ['about to start', seen(FORK, TO_BE_STARTED), all('wait: is about to start')],
    ['not launched yet', seen(FORK, LAUNCHED_NOT_YET), all('wait: is starting')],
    ['starting', seen(FORK, STARTING), { ...all('wait: is starting'), started: 'yes' }],
    ['online in fork mode', seen(FORK, ONLINE), { started: 'yes', ready: MIN_UPTIME, healthy: MIN_UPTIME, 'exited-ok': 'wait: runs' }],
    ['old enough', seen(FORK, online({ healthy: true })), { ...all('yes'), 'exited-ok': 'wait: runs' }],
    ['online in cluster mode', seen(CLUSTER, ONLINE), { started: 'yes', ready: 'yes', healthy: MIN_UPTIME, 'exited-ok': 'wait: runs' }],
    ['not looked at yet', seen(PROBED, ONLINE), { started: 'yes', ready: NOT_READY, healthy: NOT_READY, 'exited-ok': 'wait: runs' }],
    ['failing its probe', seen(PROBED, probed(false)), { started: 'yes', ready: NOT_READY, healthy: NOT_READY, 'exited-ok': 'wait: runs' }],
    ['passing its probe', seen(PROBED, probed(true)), { started: 'yes', ready: 'yes', healthy: MIN_UPTIME, 'exited-ok': 'wait: runs' }],
    [
      'not alive',
      seen(CLUSTER, online({ healthy: true, liveness: { passing: false, text: '', at: 1 } })),
      { started: 'yes', ready: 'yes', healthy: 'wait: fails its liveness probe', 'exited-ok': 'wait: runs' },
    ],
    ['without a host', seen(PROBED, online({ supervised: false })), { ...all('yes'), 'exited-ok': 'wait: runs' }],
    ['restarting', seen(FORK, RESTARTING), all('wait: is restarting')],
    ['crashed', seen(FORK, CRASHED), all('wait: crashed and waits for its restart')],
    ['errored', seen(FORK, ERRORED), all('no: is errored')],
    ['stopped', seen(FORK, STOPPED), all('no: is stopped')],
    ['being stopped', seen(FORK, STOPPING), all('no: is stopped')],
    ['ended well', seen(FORK, ended(0)), { started: 'yes', 'exited-ok': 'yes', ready: 'no: has ended', healthy: 'no: has ended' }],
    ['ended badly', seen(FORK, ended(3)), all('no: ended with code [3]')],
    ['killed', seen(FORK, ended(null, 'SIGKILL')), all('no: was ended by SIGKILL')],
    ['ended nobody knows how', seen(FORK, ended(null)), all('no: has ended, nobody knows how')],
    ['waiting itself', { kind: 'waiting' }, all('wait: waits itself')],
    ['not in the list', { kind: 'absent' }, all('no: is not in the list')],
    ['refused', { kind: 'refused' }, all('no: was not brought up')],
  ])('%s', (_, state, expected) => {
    const conditions = Object.keys(expected) as Dependency['condition'][];
    expect(Object.fromEntries(conditions.map((condition) => [condition, told(condition, state)]))).toEqual(expected);
  });
});

function all(text: string): Record<Dependency['condition'], string> {
  return { ready: text, started: text, healthy: text, 'exited-ok': text };
}

describe('several', () => {
  it('instances have to get there all, and what somebody has stopped does not count beside others', () => {
    expect(told('ready', seen(CLUSTER, ONLINE, STARTING))).toBe('wait: is starting (1 of 2 are there)');
    expect(told('ready', seen(CLUSTER, ONLINE, STOPPED))).toBe('yes');
    expect(told('ready', seen(CLUSTER, ONLINE, STARTING, ERRORED))).toBe('no: is errored');
    expect(told('ready', seen(CLUSTER, STOPPED, STOPPED))).toBe('no: is stopped');
  });

  it('dependencies have to get there all; one that failed outweighs those that may still come', () => {
    const states: Record<string, DependencyState> = {
      db: seen(CLUSTER, STARTING),
      cache: seen(CLUSTER, ONLINE),
      job: seen(FORK, ended(1)),
    };
    const depends = (...lines: readonly Dependency[]): Permission => mayStart(lines, (app) => states[app]!);
    const db = { app: 'db', condition: 'ready' } as const;
    const job = { app: 'job', condition: 'exited-ok' } as const;
    expect(depends()).toEqual({ kind: 'yes' });
    expect(depends(db, { app: 'cache', condition: 'started' })).toEqual({ kind: 'wait', for: [{ ...db, text: 'is starting' }] });
    expect(depends(db, job)).toEqual({ kind: 'no', reason: 'it depends on job (exited-ok), which ended with code [1]' });
  });

  it('are printed one after the other', () => {
    expect(
      printAwaited([
        { app: 'db', condition: 'ready', text: 'is starting' },
        { app: 'job', condition: 'exited-ok', text: 'runs' },
      ]),
    ).toBe('db (ready), which is starting, and job (exited-ok), which runs');
  });
});
