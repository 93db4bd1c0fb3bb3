// The page of `describe`, whole.
import { describe, expect, it } from 'vitest';
import { appSpec, appView, instanceView, rolloutSlot, rolloutState, waitingSlot } from '../../../test/canned-views.ts';
import type { AppSpec, ProbeSpec } from '../../model/app-spec.ts';
import type { SelfReport } from '../../model/self-report.ts';
import { NOW } from '../../../test/run-cli.ts';
import { createPalette } from './colour.ts';
import { renderDescription } from './describe.ts';
import type { DescriptionStyle } from './describe.ts';
import { widthOf } from './wide.ts';

const probe = (check: ProbeSpec['check']): ProbeSpec => ({
  check,
  intervalMs: 10_000,
  timeoutMs: 2000,
  failures: 3,
  successes: 1,
  startPeriodMs: 30_000,
});
const style: DescriptionStyle = {
  palette: createPalette(false),
  nowMs: NOW,
  maxWidth: null,
  widthOf,
  notes: false,
  versionOf: (script) => (script === '/srv/api/app.js' ? '1.2.3' : null),
};
const exit = { code: null, signal: null, error: null, launchError: null };

/** The rows of a page, a table after the other: what is in the cells, without the blanks around it. */
function tables(page: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let [rows, last]: [Record<string, string>, string] = [{}, ''];
  for (const line of page.split('\n')) {
    const [, name, known] = line.split('│').map((cell) => cell.trim());
    if (known === undefined && /^ \S/.test(line)) found[line.trim()] = rows = {};
    else if (known !== undefined) rows[(last = name || last)] = [rows[last], known].filter(Boolean).join(' / ');
  }
  return found;
}

describe('what an instance tells of itself', () => {
  const pageOf = (selfReport: SelfReport | null): string =>
    renderDescription({ apps: [appView([instanceView({ selfReport })], appSpec({ name: 'api' }))], alerts: [] }, style);

  it('stands on its page under the headings that PM2 gives it, in its own order', () => {
    const page = pageOf({
      metrics: { 'Heap Size': { value: '10.48', unit: 'MiB' }, Users: { value: 7 }, Odd: { value: { a: 1 }, unit: '' }, None: {} },
      actions: [{ action_name: 'km:heapdump' }, { action_name: 'gc\u001B[31m' }],
      options: { error: true },
    });
    expect(page).toContain(`
 Code metrics value 
┌───────────┬───────────┐
│ Heap Size │ 10.48 MiB │
│ Users     │ 7         │
│ Odd       │ {"a":1}   │
│ None      │ none      │
└───────────┴───────────┘
`);
    expect(Object.entries(tables(page)['Actions available']!)[0]).toEqual(['km:heapdump', 'holdfast trigger api km:heapdump']);
    expect(page).not.toContain('\u001B');
  });

  it('takes no room where it has told nothing', () => {
    for (const report of [null, { metrics: {}, actions: [], options: {} }])
      expect(pageOf(report)).not.toMatch(/Code metrics value|Actions available/);
  });
});

describe('a description', () => {
  const tally = [
    { at: NOW - 130_000, exit: { ...exit, code: 1, error: 'Error: boom' }, uptimeMs: 350, pid: 7 },
    { at: NOW - 127_000, exit: { ...exit, signal: 'SIGKILL' }, uptimeMs: 12_000, pid: 8 },
  ];

  it("begins with PM2's rows, in its order, with its labels and units", () => {
    const page = renderDescription(
      { apps: [appView([instanceView({ askedAt: NOW - 60_000 })], appSpec({ name: 'api' }))], alerts: [] },
      style,
    );
    expect(page.slice(0, page.indexOf(' Instance '))).toBe(` Describing process with id 0 - name api 
┌───────────────────┬─────────────────────────────────────────┐
│ status            │ online                                  │
│ name              │ api                                     │
│ namespace         │ default                                 │
│ version           │ 1.2.3                                   │
│ restarts          │ 0                                       │
│ uptime            │ 2m                                      │
│ script path       │ /srv/api/app.js                         │
│ script args       │ N/A                                     │
│ error log path    │ /home/me/.holdfast/logs/api-error-0.log │
│ out log path      │ /home/me/.holdfast/logs/api-out-0.log   │
│ pid path          │ N/A                                     │
│ interpreter       │ node                                    │
│ interpreter args  │ N/A                                     │
│ script id         │ 0                                       │
│ exec cwd          │ /srv/api                                │
│ exec mode         │ cluster_mode                            │
│ node.js version   │ 20.20.2                                 │
│ node env          │ production                              │
│ watch & reload    │ ✘                                       │
│ unstable restarts │ 0                                       │
│ created at        │ ${new Date(NOW - 60_000).toISOString()}                │
└───────────────────┴─────────────────────────────────────────┘
`);
  });

  it('has those rows of PM2 besides that it has where an attribute is set', () => {
    const spec = appSpec({
      name: 'api',
      args: ['--port', '3000', 'two words'],
      interpreterArgs: ['--enable-source-maps'],
      maxMemoryBytes: 100 * 2 ** 20,
      schedule: { pattern: '0 3 * * *', timeZone: null },
      combinedFile: '/var/log/all.log',
      pidFile: '/run/api.pid',
      env: {},
    });
    const app = { ...appView([instanceView({ id: 3, restarts: 2, unstable: 1 })], spec), watch: 'on' as const };
    const rows = tables(renderDescription({ apps: [app], alerts: [] }, style))['Describing process with id 3 - name api']!;
    expect(Object.keys(rows).slice(4, 9)).toEqual(['restarts', 'max memory restart', 'cron restart', 'uptime', 'entire log path']);
    expect(rows).toMatchObject({
      restarts: '2',
      'max memory restart': '104857600',
      'cron restart': '0 3 * * *',
      'entire log path': '/var/log/all.log',
      'script args': '--port 3000 two words',
      'interpreter args': '--enable-source-maps',
      'pid path': '/run/api-3.pid',
      'node env': 'N/A',
      'watch & reload': '✔',
      'unstable restarts': '1',
    });
  });

  it('shows what PM2 does not know of an instance and of its app below, and no environment', () => {
    const spec = appSpec({ name: 'api', expBackoffMs: 100, env: { TOKEN: 'hush' } });
    const app = appView([instanceView({ lastDelayMs: 200, tally }), instanceView({ id: 1, slot: 1 })], spec);
    const page = renderDescription({ apps: [app], alerts: [] }, style);
    const found = tables(page);
    expect(Object.keys(found)).toEqual([
      'Describing process with id 0 - name api',
      'Instance api:0',
      'Describing process with id 1 - name api',
      'Instance api:1',
      'Settings of api',
    ]);
    expect(found['Instance api:0']).toEqual({
      process: '4100, since 2026-11-22 19:27:55',
      healthy: 'yes',
      traffic: 'in rotation',
      release: '1',
      'last delay': '200 ms',
      cpu: '0.3%',
      memory: '52.3 MB',
      'last exits':
        '2026-11-22 19:27:53  exited by signal [SIGKILL] (pid 8), after 12 s / 2026-11-22 19:27:50  exited with code [1] (pid 7; uncaught Error: boom), after 350 ms',
    });
    expect(found['Settings of api']).toEqual({
      instances: '2',
      host: 'api',
      instance_var: 'NODE_APP_INSTANCE',
      source_map_support: 'true',
      autostart: 'true',
      autorestart: 'true',
      'crash loop': '16 runs in a row shorter than 1 s, or 16 exits within 60 s',
      restart_delay: '0 ms',
      exp_backoff: '100 ms, doubling up to 15 s',
      stop_exit_codes: 'none',
      errored_retry: 'off',
      kill_signal: 'SIGINT',
      kill_timeout: '1.6 s',
      treekill: 'true',
      shutdown_with_message: 'false',
      wait_ready: 'false',
      listen_timeout: 'default',
      reload_on_timeout: 'fail',
      rollout_timeout: '10 min',
      bake_time: 'off',
      surge: 'one',
      readiness: 'no probe',
      liveness: 'no probe',
      max_loop_block: 'off',
      drain: 'idle connections 1 s, open requests 10 s',
      balance: 'round-robin',
      queue: '1024 connections, 30 s',
      merge_logs: 'false',
    });
    expect(page).not.toMatch(/hush|TOKEN/);
  });

  it('has below no label that contains one of PM2, so that a script finds one line for each process', () => {
    const spec = appSpec({
      name: 'api',
      watch: { ...appSpec().watch, isOn: true },
      schedule: { pattern: '0 3 * * *', timeZone: 'UTC' },
      maxMemoryBytes: 1,
      readiness: probe({ kind: 'http', path: '/up', port: 9000, tls: true, statuses: [200, 204] }),
    });
    const instance = instanceView({ status: 'waiting restart', restartInMs: 5000, lastDelayMs: 5000, tally });
    const app = { ...appView([instance], spec), nextRunAt: NOW, rollout: rolloutState() };
    const found = Object.values(tables(renderDescription({ apps: [app], alerts: [] }, style)));
    const [pm2, ...ours] = found.map((rows) => Object.entries(rows));
    for (const [label] of pm2!.filter(([name]) => name !== 'name'))
      for (const row of ours.flat()) expect(row.join(' '), label).not.toContain(label);
  });

  it('shows what held before where the daemon is of an earlier version and does not say', () => {
    const { stopSignal: _, ...spec } = appSpec();
    const page = renderDescription({ apps: [appView([instanceView()], spec as AppSpec)], alerts: [] }, style);
    expect(page).toMatch(/^│ kill_signal +│ SIGINT +│$/m);
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
          name: 'api',
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
    const found = tables(renderDescription({ apps: [app], alerts: [] }, style));
    expect(found['Settings of api']).toMatchObject({
      release: '4, 2026-11-22 18:30:00, /srv/releases/4',
      'earlier releases':
        '3, 2026-11-22 18:30:00, /srv/releases/3 / 2, 2026-11-22 18:30:00, /srv/releases/3, /opt/app.js, was never healthy / 1, 2026-11-22 18:30:00, /srv/releases/1/app.js',
      readiness:
        'GET /up on port 9000 (TLS), answered by 200 or 204, every 10 s, at most 2 s; fails after 3, passes after 1; start period 30 s',
      liveness: 'message every 10 s, at most 2 s; fails after 3, passes after 1; start period 30 s',
    });
    expect(found['Reload with new settings of api: going back, it failed']).toEqual({
      release: '5',
      began: '2026-11-22 19:29:57',
      'runs for': '3 s',
      way: 'each new one ready before the old one leaves',
      'api:0': 'launched 10 ms, ready 20 ms, in rotation 30 ms, old one out 40 ms, draining the old one 2 s',
      'api:1': 'waits for its turn',
      reason: 'crashed: exited with code [1] (pid 9)',
      'said last': 'Error: boom / at app.js:1',
    });
    expect(found['Instance api:0']).toMatchObject({
      traffic: 'out of rotation',
      readiness: 'failing: 503 Service Unavailable (since 2026-11-22 19:29:55)',
      liveness: 'passing: healthy (since 2026-11-22 19:29:55)',
      release: '4',
    });
    const over = renderDescription({ apps: [{ ...app, rollout: { ...rollout, phase: 'failed', endedAt: NOW } }], alerts: [] }, style);
    expect(tables(over)['Reload with new settings of api: failed']).toMatchObject({
      'api:0': 'launched 10 ms, ready 20 ms, in rotation 30 ms, old one out 40 ms, given up while draining the old one',
      'api:1': 'untouched',
    });
  });

  it('shows a waiting restart, a launch that failed and logs that are not kept', () => {
    const instance = instanceView({
      mode: 'fork',
      status: 'waiting restart',
      pid: null,
      uptimeMs: null,
      startedAt: null,
      inRotation: null,
      restartInMs: 1500,
      tally: [{ at: NOW, exit: { ...exit, launchError: 'python3 is not in PATH' }, uptimeMs: 0, pid: null }],
      outPath: null,
      errorPath: null,
      nodeVersion: null,
    });
    const app = appView([instance], appSpec({ name: 'api', script: '/srv/api.py', interpreter: 'python3' }));
    const found = tables(renderDescription({ apps: [app], alerts: [] }, style));
    expect(found['Describing process with id 0 - name api']).toMatchObject({
      status: 'waiting restart',
      version: 'N/A',
      uptime: '0',
      'error log path': 'N/A',
      'out log path': 'N/A',
      interpreter: 'python3',
      'node.js version': 'N/A',
    });
    expect(found['Instance api:0']).toEqual({
      process: 'none',
      release: '1',
      'next restart': 'in 1.5 s',
      'last exits': '2026-11-22 19:30:00  cannot be started: python3 is not in PATH',
    });
  });

  it('has alerts and what to type next below on a terminal, and wraps there what is too long for it', () => {
    const app = appView([instanceView({ id: 4 })], appSpec({ name: 'api', args: ['word '.repeat(30).trim()] }));
    const reply = { apps: [app], alerts: [{ app: 'api', slot: 0, at: NOW, text: 'errored: x' }] };
    const page = renderDescription(reply, { ...style, maxWidth: 60, notes: true });
    expect(page.endsWith('\nalert  App [api:0] errored: x\nMore: holdfast logs api, holdfast env 4\n')).toBe(true);
    for (const line of page.split('\n')) expect(line.length, line).toBeLessThanOrEqual(60);
    expect(page).toContain(`
│ script args       │ word word word word word word word   │
│                   │ word word word word word word word   │
`);
    expect(renderDescription(reply, style)).not.toMatch(/alert|More/);
  });
});
