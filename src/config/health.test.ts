// Probes and the settings of a reload: every spelling, every default, every mistake with its place, and what is warned about.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import type { AppSpec, ProbeSpec } from '../model/app-spec.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

const specOf = async (app: object): Promise<AppSpec> => (await readApp(folder, { script: 'app.js', ...app })).spec;

async function saidOf(app: object): Promise<{ readonly errors: readonly string[]; readonly others: readonly string[] }> {
  folder.write('app.json', JSON.stringify({ apps: [{ script: 'app.js', ...app }] }));
  const { errors, warnings, notes } = await folder.read('app.json');
  const plain = (text: string): string => text.replace('app.json: app app: ', '');
  return { errors: errors.map(plain), others: [...warnings, ...notes].map(plain) };
}

const PROBE: Omit<ProbeSpec, 'check'> = { intervalMs: 10_000, timeoutMs: 2000, failures: 3, successes: 1, startPeriodMs: 30_000 };
const http = { kind: 'http', path: '/ready', port: null, tls: false, statuses: null };

describe('what a probe looks at', () => {
  it.each([
    [{ http: '/ready' }, http],
    [{ http: '/ready?full=1' }, { ...http, path: '/ready?full=1' }],
    [{ http: 'http://localhost/ready' }, http],
    [{ http: 'https://127.0.0.1:8443/ready' }, { ...http, port: 8443, tls: true }],
    [{ http: 'http://[::1]:9000' }, { ...http, path: '/', port: 9000 }],
    [{ http: { path: '/ready' } }, http],
    [{ http: { path: '/ready', port: '9000', status: 204, tls: true } }, { ...http, port: 9000, statuses: [204], tls: true }],
    [{ http: { path: '/ready', status: [200, '503'] } }, { ...http, statuses: [200, 503] }],
    [{ tcp: true }, { kind: 'tcp', port: null }],
    [{ tcp: 5432 }, { kind: 'tcp', port: 5432 }],
    [{ exec: './check.sh --quick' }, { kind: 'exec', command: './check.sh --quick' }],
    [{ message: true }, { kind: 'message' }],
    [{ http: '/ready', tcp: false, exec: null, message: '' }, http],
  ])('%j', async (probe, check) => {
    expect((await specOf({ health: { readiness: probe } })).readiness).toEqual({ check, ...PROBE });
  });

  it('is nothing where nothing is said, or it is switched off', async () => {
    expect(await specOf({})).toMatchObject({ readiness: null, liveness: null });
    expect(await specOf({ health: { readiness: false, liveness: null } })).toMatchObject({ readiness: null, liveness: null });
    expect(await specOf({ health: {} })).toMatchObject({ readiness: null, liveness: null });
  });
});

describe('when a probe looks', () => {
  it('is read in both spellings, from numbers and strings', async () => {
    const settings = { interval: '5s', timeout: 500, failures: '2', successes: 4 };
    const expected = { intervalMs: 5000, timeoutMs: 500, failures: 2, successes: 4, startPeriodMs: 60_000 };
    for (const key of ['start_period', 'startPeriod'])
      expect((await specOf({ health: { liveness: { tcp: true, ...settings, [key]: '1m' } } })).liveness).toMatchObject(expected);
  });

  it('has no start period with 0 and false', async () => {
    for (const off of [0, false, '0'])
      expect((await specOf({ health: { readiness: { tcp: true, start_period: off } } })).readiness).toMatchObject({ startPeriodMs: 0 });
  });
});

const HTTP = '"/ready", "http://localhost:9000/ready" or { path: "/ready", port: 9000, status: 200, tls: false }';
const EXAMPLE = '{ http: "/ready" }, with tcp, exec or message in place of http';
const readiness = (probe: unknown): object => ({ health: { readiness: probe } });

describe('a mistake in a probe', () => {
  it.each([
    [{ health: '/ready' }, 'health is "/ready", which is no object; accepted: an object such as { readiness: { http: "/ready" } }.'],
    [readiness('/ready'), `health.readiness is "/ready", which is no probe; accepted: ${EXAMPLE}.`],
    [readiness(true), `health.readiness is true, which is no probe; accepted: ${EXAMPLE}.`],
    [readiness({}), `health.readiness says nothing to look at: it has none of http, tcp, exec, message; accepted: ${EXAMPLE}.`],
    [
      readiness({ http: '/a', exec: 'b' }),
      `health.readiness has http and exec, and a probe looks in one way only; accepted: ${EXAMPLE}. An exec probe can look at several things.`,
    ],
    [readiness({ http: 'ready' }), `health.readiness.http is "ready", which is neither a path nor a URL; accepted: ${HTTP}.`],
    [readiness({ http: 3000 }), `health.readiness.http is 3000, which is neither a path nor a URL; accepted: ${HTTP}.`],
    [
      readiness({ http: 'http://db.example/up' }),
      `health.readiness.http is "http://db.example/up", which leads elsewhere: a probe looks at the instance itself; accepted: ${HTTP}.`,
    ],
    [
      readiness({ http: '/a b' }),
      `health.readiness.http is "/a b", whose path does not begin with / or has a blank in it; accepted: ${HTTP}.`,
    ],
    [
      readiness({ http: { path: '/a', method: 'HEAD' } }),
      `health.readiness.http is an object, where method is not known; accepted: ${HTTP}.`,
    ],
    [readiness({ http: { path: '/a', port: 70_000 } }), `health.readiness.http is an object, whose port is none; accepted: ${HTTP}.`],
    [
      readiness({ http: { path: '/a', status: 'ok' } }),
      'health.readiness.http is an object, whose status is none; accepted: status: 200 or [200, 204], from 100 to 599.',
    ],
    [
      readiness({ tcp: 'x' }),
      'health.readiness.tcp is "x", which is no port; accepted: true (the port it listens on) or a port number, 1 to 65535.',
    ],
    [
      readiness({ exec: ['a', 'b'] }),
      'health.readiness.exec is a list of 2, which is no command line; accepted: a shell line such as "./check.sh --quick".',
    ],
    [
      readiness({ message: 'ping' }),
      'health.readiness.message is "ping", which is not true; accepted: true: the app gets the message "health" and answers "healthy".',
    ],
    [
      readiness({ tcp: true, interval: '5x' }),
      'health.readiness.interval is "5x", which is no duration; accepted: milliseconds, or a string such as "10s", "500ms", "2m".',
    ],
    [
      readiness({ tcp: true, interval: 0 }),
      'health.readiness.interval is 0, which is too short; accepted: a time above 0, such as "10s", "500ms".',
    ],
    [
      readiness({ tcp: true, failures: 0 }),
      'health.readiness.failures is 0, which is no number of times; accepted: a whole number from 1.',
    ],
    [{ surge: 2 }, 'surge is 2, which is no surge; accepted: 1 (or "one"), or "all".'],
    [{ max_loop_block: 0.5 }, 'max_loop_block is 0.5, which is too short; accepted: 0 or false (off), or a time from 1 ms, such as "30s".'],
    [{ balance: 'random' }, 'balance is "random", which is no policy; accepted: "round-robin", "least-connections", "ip-hash", "kernel".'],
    [
      { standby: 1, exec_mode: 'fork' },
      'standby is 1, and in fork mode nobody can keep traffic from an instance; accepted: 0, or a number in cluster mode.',
    ],
    [{ standby: -1, instances: 2 }, 'standby is -1, which is out of range; accepted: a whole number from 0.'],
    [{ reload_on_timeout: 'ignore' }, 'reload_on_timeout is "ignore", which is no verdict; accepted: "fail" or "accept".'],
  ])('%j is refused', async (app, message) => {
    expect((await saidOf(app)).errors).toEqual([message]);
  });

  it('does not hide the next one', async () => {
    const app = { health: { readiness: { http: 1, interval: 'x', failures: -1 }, liveness: { timeout: 'y' } } };
    expect((await saidOf(app)).errors).toHaveLength(5);
  });

  it.each([
    [{ health: { rediness: {} } }, 'health.rediness is not known, ignored. Did you mean readiness?'],
    [readiness({ http: '/a', intervall: 1 }), 'health.readiness.intervall is not known, ignored. Did you mean interval?'],
    [
      readiness({ tcp: true, initialDelaySeconds: 5 }),
      'health.readiness.initialDelaySeconds is not known, ignored. Did you mean start_period?',
    ],
    [
      readiness({ tcp: true, colour: 1 }),
      'health.readiness.colour is not known, ignored. Known there: http, tcp, exec, message, interval, timeout, failures, successes, start_period.',
    ],
    [{ readiness: {} }, "readiness is not known, ignored. It stands inside health: health: { readiness: { http: '/ready' } }."],
  ])('%j is said to be ignored', async (app, message) => {
    expect(await saidOf(app)).toEqual({ errors: [], others: [message] });
  });
});

describe('settings that will hurt', () => {
  const liveness = (settings: object): object => ({ health: { liveness: { tcp: true, ...settings } } });
  it.each([
    [
      liveness({ interval: 500, timeout: 100 }),
      'health.liveness.interval is 500 ms: a short load peak is enough to have it replaced. The default is 10 s.',
    ],
    [liveness({ failures: 1 }), 'health.liveness.failures is 1: one slow answer is enough to have it replaced. The default is 3.'],
    [
      liveness({ start_period: 0 }),
      'health.liveness.start_period is 0: it may be replaced while it is still starting, for ever. The default is 30 s.',
    ],
    [
      readiness({ tcp: true, timeout: '10s' }),
      'health.readiness.timeout of 10 s is not below health.readiness.interval (10 s): a slow answer delays the next look.',
    ],
    [
      { health: { readiness: { http: '/a' }, liveness: { http: '/a' } } },
      'health.liveness looks at the same as health.readiness: what should only get no traffic for a while is replaced. Let it look at the process alone, such as message: true, or leave it out.',
    ],
    [
      { max_loop_block: 200 },
      'max_loop_block is 200 ms: a garbage collection or a busy machine is enough to have it killed. 30 s is a good value.',
    ],
    [{ max_loop_block: '30s', interpreter: 'none', script: '/bin/true' }, 'max_loop_block has no effect: Node does not run it.'],
    [{ exec_mode: 'cluster', bake_time: '10m' }, 'bake_time (10 min) is not below rollout_timeout (10 min): no reload can succeed.'],
    [
      { exec_mode: 'cluster', listen_timeout: '5s', rollout_timeout: '5s' },
      'listen_timeout (5 s) is not below rollout_timeout (5 s), which passes first.',
    ],
    [
      { exec_mode: 'fork', bake_time: '3s' },
      'bake_time counts in fork mode only where the old and the new instance can run side by side (the app shares its port, or has none). In cluster mode it always does.',
    ],
    [
      { exec_mode: 'fork', balance: 'ip-hash' },
      'balance: ip-hash has no effect in fork mode, where instances listen for themselves. Cluster mode balances.',
    ],
  ])('%j', async (app, message) => {
    const { errors, others } = await saidOf({ name: 'app', ...app });
    expect({ errors, others }).toEqual({ errors: [], others: [message] });
  });
});

describe('the settings of a reload', () => {
  it('have the defaults of the design', async () => {
    expect(await specOf({})).toMatchObject({
      rolloutTimeoutMs: 600_000,
      bakeTimeMs: 0,
      surge: 'one',
      onListenTimeout: 'fail',
      maxLoopBlockMs: null,
      listenTimeoutMs: null,
    });
  });

  it('are read in both spellings', async () => {
    const expected = { rolloutTimeoutMs: 120_000, bakeTimeMs: 3000, surge: 'all', onListenTimeout: 'accept', maxLoopBlockMs: 30_000 };
    const snake = { rollout_timeout: '2m', bake_time: '3s', surge: 'all', reload_on_timeout: 'accept', max_loop_block: '30s' };
    const camel = { rolloutTimeout: '2m', bakeTime: '3s', surge: 'ALL', reloadOnTimeout: 'accept', maxLoopBlock: '30s' };
    expect(await specOf(snake)).toMatchObject(expected);
    expect(await specOf(camel)).toMatchObject(expected);
    expect(await specOf({ exec_mode: 'cluster', balance: 'LEAST_CONNECTIONS' })).toMatchObject({ balance: 'least-connections' });
    expect(await specOf({ surge: 1, max_loop_block: false })).toMatchObject({ surge: 'one', maxLoopBlockMs: null });
  });

  it('count those that stand by among the instances, and mean cluster mode', async () => {
    expect(await specOf({ standby: 1 })).toMatchObject({ mode: 'cluster', instances: 2, standby: 1 });
    expect(await specOf({ instances: 3, standby: '2' })).toMatchObject({ mode: 'cluster', instances: 5, standby: 2 });
    expect(await specOf({ standby: 0 })).toMatchObject({ mode: 'fork', instances: 1, standby: 0 });
  });
});
