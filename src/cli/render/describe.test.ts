// The page of `describe`, whole.
import { describe, expect, it } from 'vitest';
import { appSpec, appView, instanceView, rolloutSlot, rolloutState, waitingSlot } from '../../../test/canned-views.ts';
import type { AppSpec, ProbeSpec } from '../../model/app-spec.ts';
import type { SelfReport } from '../../model/self-report.ts';
import { NOW } from '../../../test/run-cli.ts';
import { createPalette } from './colour.ts';
import { renderDescription } from './describe.ts';

const probe = (check: ProbeSpec['check']): ProbeSpec => ({
  check,
  intervalMs: 10_000,
  timeoutMs: 2000,
  failures: 3,
  successes: 1,
  startPeriodMs: 30_000,
});
const style = { palette: createPalette(false), nowMs: NOW };
const exit = { code: null, signal: null, error: null, launchError: null };

describe('what an instance tells of itself', () => {
  const pageOf = (selfReport: SelfReport | null): string =>
    renderDescription({ apps: [appView([instanceView({ selfReport })])], alerts: [] }, style);

  it('stands on its page under the headings that PM2 gives it, in its own order', () => {
    const page = pageOf({
      metrics: { 'Heap Size': { value: '10.48', unit: 'MiB' }, Users: { value: 7 }, Odd: { value: { a: 1 }, unit: '' }, None: {} },
      actions: [{ action_name: 'km:heapdump' }, { action_name: 'gc\u001B[31m' }],
      options: { error: true },
    });
    expect(page).toContain(`
  Code metrics value  Heap Size  10.48 MiB
                      Users      7
                      Odd        {"a":1}
                      None       none
  Actions available   km:heapdump
                      gc`);
    expect(page).not.toContain('\u001B');
  });

  it('takes no room where it has told nothing', () => {
    for (const report of [null, { metrics: {}, actions: [], options: {} }])
      expect(pageOf(report)).not.toMatch(/Code metrics value|Actions available/);
  });
});

describe('a description', () => {
  it('shows every setting and every instance, and no environment', () => {
    const tally = [
      { at: NOW - 130_000, exit: { ...exit, code: 1, error: 'Error: boom' }, uptimeMs: 350, pid: 7 },
      { at: NOW - 127_000, exit: { ...exit, signal: 'SIGKILL' }, uptimeMs: 12_000, pid: 8 },
    ];
    const instance = instanceView({ restarts: 2, unstable: 1, lastDelayMs: 200, tally });
    const spec = appSpec({
      args: ['--port', '3000', 'two words'],
      interpreterArgs: ['--enable-source-maps'],
      maxMemoryBytes: 2 ** 30,
      expBackoffMs: 100,
    });
    const page = renderDescription(
      { apps: [appView([instance], spec)], alerts: [{ app: 'api', slot: 0, at: NOW, text: 'errored: x' }] },
      style,
    );
    expect(page).toBe(`App api
  namespace              default
  mode                   cluster, 2 instances
  host                   api
  script                 /srv/api/app.js
  args                   --port 3000 'two words'
  cwd                    /srv/api
  interpreter            /usr/bin/node
  node_args              --enable-source-maps
  instance_var           NODE_APP_INSTANCE
  source_map_support     true
  autostart              true
  autorestart            true
  max_restarts           16
  min_uptime             1 s
  restart_delay          0 ms
  restart_window         60 s
  exp_backoff            100 ms, doubling up to 15 s
  stop_exit_codes        none
  errored_retry          off
  max_memory_restart     1 GB
  kill_signal            SIGINT
  kill_timeout           1.6 s
  treekill               true
  shutdown_with_message  false
  wait_ready             false
  listen_timeout         default
  reload_on_timeout      fail
  rollout_timeout        10 min
  bake_time              off
  surge                  one
  readiness              no probe
  liveness               no probe
  max_loop_block         off
  drain                  idle connections 1 s, open requests 10 s
  balance                round-robin
  queue                  1024 connections, 30 s
  merge_logs             false

Instance api:0, id 0: online
  pid         4100
  uptime      2m (since 2026-11-22 19:27:55)
  healthy     yes, it has reached min_uptime
  traffic     in rotation
  release     1
  restarts    2, 1 unstable in a row
  last delay  200 ms
  cpu         0.3%
  memory      52.3 MB
  node        v20.20.2
  output      /home/me/.holdfast/logs/api-out-0.log
  errors      /home/me/.holdfast/logs/api-error-0.log
  created     2026-11-22 18:30:00 (60m ago)
  last exits  2026-11-22 19:27:53  exited by signal [SIGKILL] (pid 8), after 12 s
              2026-11-22 19:27:50  exited with code [1] (pid 7; uncaught Error: boom), after 350 ms

alert  App [api:0] errored: x
`);
  });

  it('shows what held before where the daemon is of an earlier version and does not say', () => {
    const { stopSignal: _, ...spec } = appSpec();
    const page = renderDescription({ apps: [appView([instanceView()], spec as AppSpec)], alerts: [] }, style);
    expect(page).toMatch(/^ *kill_signal +SIGINT$/m);
  });

  it('shows releases, probes and the latest rollout', () => {
    const release = { createdAt: NOW - 3_600_000, cwd: '/srv/releases/3', script: '/srv/releases/3/app.js', healthy: true, current: false };
    const failing = { passing: false, text: '503 Service Unavailable', at: NOW - 5000 };
    const instance = instanceView({
      inRotation: false,
      release: 4,
      readiness: failing,
      liveness: { ...failing, passing: true, text: 'healthy' },
    });
    const failure = {
      reason: 'crashed',
      slot: 1,
      text: 'exited with code [1] (pid 9)',
      lines: ['Error: boom', '    at app.js:1'],
    } as const;
    const rollout = rolloutState({
      cause: 'config',
      release: 5,
      phase: 'undoing',
      slots: [rolloutSlot(0, ['start-successor', 'await-ready', 'join', 'leave'], 'drain'), waitingSlot(1)],
      failure,
    });
    const app = {
      ...appView(
        [instance],
        appSpec({
          readiness: probe({ kind: 'http', path: '/up', port: 9000, tls: true, statuses: [200, 204] }),
          liveness: probe({ kind: 'message' }),
        }),
      ),
      releases: [
        { ...release, number: 1, cwd: '/srv', script: '/srv/releases/1/app.js' },
        { ...release, number: 2, script: '/opt/app.js', healthy: false },
        { ...release, number: 3 },
        { ...release, number: 4, cwd: '/srv/releases/4', script: '/srv/releases/4/app.js', current: true },
      ],
      rollout,
    };
    const page = renderDescription({ apps: [app], alerts: [] }, style);
    expect(page).toContain(`
  release                4, 2026-11-22 18:30:00, /srv/releases/4
  earlier releases       3, 2026-11-22 18:30:00, /srv/releases/3
                         2, 2026-11-22 18:30:00, /srv/releases/3, /opt/app.js, was never healthy
                         1, 2026-11-22 18:30:00, /srv/releases/1/app.js
`);
    expect(page).toContain(`
  readiness              GET /up on port 9000 (TLS), status 200 or 204, every 10 s, at most 2 s; fails after 3, passes after 1; start period 30 s
  liveness               message every 10 s, at most 2 s; fails after 3, passes after 1; start period 30 s
`);
    expect(page).toContain(`
Reload with new settings of api: going back, it failed
  release    5
  began      2026-11-22 19:29:57
  runs for   3 s
  way        each new one ready before the old one leaves
  api:0      launched 10 ms, ready 20 ms, in rotation 30 ms, old one out 40 ms, draining the old one 2 s
  api:1      waits for its turn
  reason     crashed: exited with code [1] (pid 9)
  said last  Error: boom
                 at app.js:1

Instance api:0, id 0: online (not ready)
`);
    const over = renderDescription({ apps: [{ ...app, rollout: { ...rollout, phase: 'failed', endedAt: NOW } }], alerts: [] }, style);
    expect(over).toContain(`
  api:0      launched 10 ms, ready 20 ms, in rotation 30 ms, old one out 40 ms, given up while draining the old one
  api:1      untouched
`);
    expect(page).toContain(`
  traffic     out of rotation
  readiness   failing: 503 Service Unavailable (since 2026-11-22 19:29:55)
  liveness    passing: healthy (since 2026-11-22 19:29:55)
  release     4
`);
  });

  it('shows a waiting restart, a launch that failed and logs that are not kept', () => {
    const tally = [{ at: NOW, exit: { ...exit, launchError: 'python3 is not in PATH' }, uptimeMs: 0, pid: null }];
    const instance = instanceView({
      mode: 'fork',
      status: 'waiting restart',
      pid: null,
      uptimeMs: null,
      startedAt: null,
      inRotation: null,
      restartInMs: 1500,
      tally,
      outPath: null,
      errorPath: null,
      nodeVersion: null,
    });
    expect(renderDescription({ apps: [appView([instance])], alerts: [] }, style)).toBe(`App api
  namespace  default
  mode       fork, 1 instance
  host       api

Instance api:0, id 0: waiting restart
  pid           none
  uptime        none
  release       1
  restarts      0, 0 unstable in a row
  next restart  in 1.5 s
  output        not stored
  errors        not stored
  created       2026-11-22 18:30:00 (60m ago)
  last exits    2026-11-22 19:30:00  cannot be started: python3 is not in PATH
`);
  });
});
