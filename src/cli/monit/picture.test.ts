// Whole screens, row by row, and what must hold on any.
import { describe, expect, it } from 'vitest';
import { appSpec, appView, instanceView, logEntry } from '../../../test/canned-views.ts';
import { afterKeys, listed, monitorOf, shown } from '../../../test/monitor-kit.ts';
import { NOW } from '../../../test/run-cli.ts';
import type { InstanceView } from '../../model/view.ts';
import { createPalette } from '../render/colour.ts';
import { widthOf } from '../render/wide.ts';
import type { Monitor } from './monitor.ts';
import { drawMonitor } from './picture.ts';
import { hear } from './step.ts';
import { plainText } from './styled.ts';

const REPORT = {
  metrics: { Users: { value: 12, unit: 'people' }, 'Event Loop Latency': { value: '1.20', unit: 'ms' } },
  actions: [{ action_name: 'gc' }],
  options: {},
};
const API = instanceView({ id: 0 });
const WORKER = instanceView({
  id: 1,
  app: 'worker',
  mode: 'fork',
  status: 'errored',
  pid: null,
  uptimeMs: null,
  restarts: 16,
  cpu: 0,
  memory: 0,
});

function full(size: { columns: number; rows: number }): Monitor {
  const lines = [
    logEntry({ stream: 'event', text: 'online: traffic to 1 of 1' }),
    logEntry({ text: `GET /${'x'.repeat(80)} 200` }),
    logEntry({ stream: 'err', text: '\u001b[2J\u001b[Htrouble: 漢字', at: null }),
  ];
  const app = appView([{ ...API, selfReport: REPORT }], appSpec());
  return [{ kind: 'lines', app: 'api', lines } as const, { kind: 'described', app } as const].reduce(hear, monitorOf([API, WORKER], size));
}

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 60, rows: 15 },
  { columns: 120, rows: 18 },
  { columns: 200, rows: 50 },
];

/** How many facts there are is the business of `describe`. */
const settled = (monitor: Monitor): string[] => shown(monitor).map((row) => row.replace(/ of \d\d ─/, ' of NN ─'));

/** As it is written below: without the newline before the first row. */
const page = (text: string): string[] => text.slice(1).split('\n');

describe('the screen', () => {
  it('at 80x24', () => {
    expect(settled(full({ columns: 80, rows: 24 }))).toEqual(
      page(`
━ Processes  1 online, 1 errored, cpu 0.3%, mem 52.3mb ━━━━━━━━━━━━━━━━━━━━━━━━━
  id  name    status    cpu     mem   ↺  uptime   pid  mode
▸  0  api     online   0.3%  52.3mb   0      2m  4100  cluster
   1  worker  errored    0%       -  16       -     -  fork
─ Log of api ───────────────────────────────────────────────────────────────────
19:30:00 online: traffic to 1 of 1
19:30:00 GET /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
         xxxxxxxxxxxxxx 200
         trouble: 漢字







─ Metrics of api:0 ─────────────┬─ About of api:0  1-6 of NN ───────────────────
 cpu               0.3%         │ status       online
 memory            52.3 MB      │ restarts     0
 Users             12 people    │ uptime       2m
 Event Loop Late…  1.20 ms      │ script path  /srv/api/app.js
 actions           gc           │ script args  N/A
                                │ exec cwd     /srv/api
 ↑↓ select   tab pane   r restart   l reload   s stop   ? help   q quit`),
    );
  });

  it('at 60x15, the smallest: one pane below the list', () => {
    expect(shown(full({ columns: 60, rows: 15 }))).toEqual(
      page(`
━ Processes  1 online, 1 errored, cpu 0.3%, mem 52.3mb ━━━━━
  id  name    status    cpu     mem   ↺  uptime   pid
▸  0  api     online   0.3%  52.3mb   0      2m  4100
   1  worker  errored    0%       -  16       -     -
─ Log of api ───────────────────────────────────────────────
19:30:00 online: traffic to 1 of 1
19:30:00 GET /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
         xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 200
         trouble: 漢字





 ↑↓ select tab pane r restart l reload s stop ? help q quit`),
    );
  });

  it('at 120x18: list and log side by side', () => {
    expect(settled(afterKeys(full({ columns: 120, rows: 18 }), 'tab'))).toEqual(
      page(`
─ Processes  1 online, 1 errored, cpu 0.3%, mem 52.3mb ─┬━ Log of api ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  id  name    status    cpu     mem   ↺  uptime   pid   │19:30:00 online: traffic to 1 of 1
▸  0  api     online   0.3%  52.3mb   0      2m  4100   │19:30:00 GET /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
   1  worker  errored    0%       -  16       -     -   │         xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 200
                                                        │         trouble: 漢字
                                                        │
                                                        │
                                                        │
                                                        │
                                                        │
                                                        │
                                                        │
─ Metrics of api:0  1-4 of 5 ───────────────────────────┼─ About of api:0  1-4 of NN ───────────────────────────────────
 cpu                 0.3%     █                         │ status       online
 memory              52.3 MB  █                         │ restarts     0
 Users               12 people                          │ uptime       2m
 Event Loop Latency  1.20 ms                            │ script path  /srv/api/app.js
 ↑↓ scroll   tab pane   r restart   l reload   s stop   ? help   q quit`),
    );
  });

  it('with an empty list', () => {
    const rows = shown(monitorOf([], { columns: 60, rows: 15 }));
    expect(rows.slice(1, 3)).toEqual(['', '  No apps in the list. Start one: holdfast start app.js']);
  });

  it('on a terminal that is too small says how large it must be', () => {
    expect(shown(full({ columns: 59, rows: 14 })).slice(0, 4)).toEqual(['The terminal has 59x14,', 'monit needs 60x15.', 'q quits.', '']);
  });

  it.each([
    [1, 1],
    [10, 2],
    [200, 14],
  ])('at %i x %i has as many rows', (columns, rows) => {
    expect(drawMonitor(full({ columns, rows }), createPalette(true))).toHaveLength(rows);
  });

  it('with more instances than rows shows those around the selected one', () => {
    const many = Array.from({ length: 60 }, (_, id) => instanceView({ id, app: `app-${10 + id}` }));
    const rows = shown(afterKeys(monitorOf(many), ...Array<string>(30).fill('j')));
    expect(rows[0]).toMatch(/^━ Processes {2}29-33 of 60, 60 online, /);
    expect(rows.slice(2, 7).map((row) => row.slice(0, 12))).toEqual([
      '  28  app-38',
      '  29  app-39',
      '▸ 30  app-40',
      '  31  app-41',
      '  32  app-42',
    ]);
  });

  it('says of which instance a line is where the app has several', () => {
    const monitor = monitorOf([API, instanceView({ id: 1, slot: 1 })]);
    const lines = [logEntry({ text: 'one' }), logEntry({ slot: 1, id: 1, text: 'two' }), logEntry({ slot: null, id: null, text: 'none' })];
    expect(shown(hear(monitor, { kind: 'lines', app: 'api', lines })).slice(5, 8)).toEqual([
      '19:30:00 :0  one',
      '19:30:00 :1  two',
      '19:30:00     none',
    ]);
  });

  it('shows open alerts of the app, and where a metric has none says what it takes', () => {
    const reply = { apps: [appView([API])], alerts: [{ app: 'api', slot: 0, at: NOW, text: 'errored: 3 crashes in 2 s' }] };
    const app = appView([API], appSpec());
    const monitor = [{ kind: 'listed', reply, at: NOW } as const, { kind: 'described', app } as const].reduce(hear, monitorOf([]));
    expect(shown(monitor).join('\n')).toMatch(/│ alert {8}App \[api:0\] errored: 3 crashes in\n/);
    expect(shown(monitor).join('\n')).toContain(' It tells of no metrics (@pm2/io');
  });
});

describe('the last row', () => {
  const last = (monitor: Monitor): string => shown(monitor).at(-1)!;
  const monitor = full({ columns: 80, rows: 24 });

  it.each([
    ['r', ' Restart api (1 instance)?   y yes   any other key no'],
    ['l', ' Reload api (1 instance)?   y yes   any other key no'],
    ['s', ' Stop api (1 instance)?   y yes   any other key no'],
    ['?', ' any key back   ^C quit'],
  ])('after %s', (key, row) => {
    expect(last(afterKeys(monitor, key))).toBe(row);
  });

  it('says what was told, and that the daemon is gone before that', () => {
    const told = hear(monitor, { kind: 'told', notice: { text: `Cannot stop api: ${'x'.repeat(100)}`, tone: 'bad' } });
    expect(last(told)).toMatch(/^ Cannot stop api: x+…$/);
    expect(last(hear(told, { kind: 'lost' }))).toMatch(/^ The daemon does not answer; apps run on without it\./);
  });
});

describe('every screen', () => {
  const HOSTILE = '\u001b[2J漢\u202e\n\u009bH';
  const hostile = (): InstanceView =>
    instanceView({
      app: HOSTILE,
      selfReport: {
        metrics: { [HOSTILE]: { value: HOSTILE.repeat(50), unit: HOSTILE } },
        actions: [{ action_name: HOSTILE }],
        options: {},
      },
    });

  it.each(SIZES)('at $columns x $rows has that many rows and columns, whatever apps say and are called', (size) => {
    const app = appView([hostile()], appSpec({ name: HOSTILE, script: HOSTILE.repeat(30) }));
    const lines = [logEntry({ app: HOSTILE, text: HOSTILE.repeat(100) })];
    const monitor = [{ kind: 'described', app } as const, { kind: 'lines', app: HOSTILE, lines } as const].reduce(
      hear,
      monitorOf([hostile()], size),
    );
    for (const seen of [monitor, afterKeys(monitor, 's'), afterKeys(monitor, '?'), afterKeys(monitor, 'left', 'end')]) {
      const rows = drawMonitor(seen, createPalette(true));
      expect(rows).toHaveLength(size.rows);
      for (const row of rows) {
        const [left, right = ''] = row.split(/\u001b\[\d+G/, 2);
        expect(row.replaceAll(/\u001b\[(?:[\d;]+m|\d+G)/g, '')).not.toMatch(/[\p{Cc}\u202e]/u);
        expect(widthOf(plainText(left!)) + widthOf(plainText(right))).toBeLessThanOrEqual(size.columns);
      }
    }
  });

  it('has the selected row reversed, and without colours nothing but text', () => {
    const monitor = full({ columns: 80, rows: 24 });
    const coloured = drawMonitor(monitor, createPalette(true));
    expect(coloured.filter((row) => row.includes('\u001b[7')).map((row) => plainText(row).trim())).toEqual([
      '▸  0  api     online   0.3%  52.3mb   0      2m  4100  cluster',
    ]);
    expect(drawMonitor(monitor, createPalette(false)).join('')).not.toMatch(/\u001b\[[\d;]*m/);
  });

  it('shows the colours of an app, and none where there are to be none', () => {
    const lines = [logEntry({ text: '\u001b[35mviolet\u001b[0m' })];
    const monitor = hear(hear(monitorOf([API]), listed([API])), { kind: 'lines', app: 'api', lines });
    expect(drawMonitor(monitor, createPalette(true)).join('')).toContain('\u001b[35mviolet\u001b[0m');
    expect(drawMonitor(monitor, createPalette(false)).join('')).not.toContain('\u001b[35m');
  });
});
