// The table of `list`, whole.
import { describe, expect, it } from 'vitest';
import { appsReply, instanceView } from '../../../test/canned-views.ts';
import { createPalette } from './colour.ts';
import { renderList } from './list.ts';
import type { ListStyle } from './list.ts';
import { widthOf } from './wide.ts';

const plain = createPalette(false);
const pipe = { maxWidth: null, palette: plain, widthOf, saved: false };
const at = (maxWidth: number): ListStyle => ({ ...pipe, maxWidth });

const reply = appsReply(
  [
    instanceView({
      id: 2,
      app: 'a-rather-long-name-of-an-app-in-production',
      mode: 'fork',
      status: 'waiting restart',
      pid: null,
      uptimeMs: null,
      restarts: 7,
      cpu: 0,
    }),
    instanceView({ id: 0, app: 'track-backend', uptimeMs: 59_000 }),
    instanceView({ id: 1, app: 'track-backend', slot: 1, status: 'errored', pid: null, uptimeMs: null, restarts: 10, cpu: 0 }),
    instanceView({ id: 3, app: 'old', mode: 'fork', status: 'stopped', pid: null, uptimeMs: null, cpu: 0 }),
  ],
  [{ app: 'track-backend', slot: 1, at: 0, text: 'errored: 10 crashes in 47 s' }],
);

describe('the list', () => {
  it('drops and shortens nothing in a pipe, and sorts by id', () => {
    expect(renderList(reply, pipe)).toBe(
      [
        'id  name                                        mode      pid  uptime   ↺  status            cpu      mem',
        ' 0  track-backend                               cluster  4100     59s   0  online           0.3%  52.3 MB',
        ' 1  track-backend                               cluster     -       -  10  errored            0%        -',
        ' 2  a-rather-long-name-of-an-app-in-production  fork        -       -   7  waiting restart    0%        -',
        ' 3  old                                         fork        -       -   0  stopped            0%        -',
        '',
        'alert  App [track-backend:1] errored: 10 crashes in 47 s',
        '',
      ].join('\n'),
    );
  });

  it('shortens names to fit 80 columns', () => {
    expect(renderList(reply, at(80))).toBe(
      [
        'id  name               mode      pid  uptime   ↺  status            cpu      mem',
        ' 0  track-backend      cluster  4100     59s   0  online           0.3%  52.3 MB',
        ' 1  track-backend      cluster     -       -  10  errored            0%        -',
        ' 2  a-rather-long-na…  fork        -       -   7  waiting restart    0%        -',
        ' 3  old                fork        -       -   0  stopped            0%        -',
        '',
        'alert  App [track-backend:1] errored: 10 crashes in 47 s',
        '',
      ].join('\n'),
    );
  });

  it('says of an instance whose readiness probe fails that it is not ready, within 80 columns', () => {
    const readiness = { passing: false, text: '503', at: 0 };
    const unready = appsReply([
      instanceView({ app: 'track-backend', readiness, inRotation: false }),
      instanceView({ app: 'track-backend', id: 1, readiness: { ...readiness, passing: true } }),
      instanceView({ app: 'track-backend', id: 1, readiness, status: 'starting', role: 'successor' }),
    ]);
    const lines = renderList(unready, at(80)).split('\n');
    expect(lines.map((line) => line.slice(45).replace(/ {2,}.*/, ''))).toEqual([
      'status',
      'online (not ready)',
      'online',
      'starting (successor)',
      '',
    ]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const coloured = renderList(unready, { ...at(80), palette: createPalette(true) });
    expect(coloured).toContain('\u001b[33monline (not ready)\u001b[39m');
    expect(coloured).toContain('\u001b[32monline\u001b[39m');
  });

  it.each([
    [70, 'id  name  pid  uptime  ↺  status  cpu  mem'],
    [60, 'id  name  uptime  ↺  status  cpu  mem'],
    [52, 'id  name  ↺  status  cpu  mem'],
    [48, 'id  name  status  cpu  mem'],
    [42, 'id  name  status  mem'],
    [35, 'id  name  status'],
  ])('at %i columns shows %s', (width, columns) => {
    const [title, ...rows] = renderList({ ...reply, alerts: [] }, at(width))
      .trimEnd()
      .split('\n');
    expect(title!.trim().split(/\s+/).join('  ')).toBe(columns);
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(width);
  });

  it('says of two instances of one id which is which', () => {
    const both = appsReply([
      instanceView({ role: 'leaving', status: 'draining' }),
      instanceView({ role: 'successor', status: 'starting' }),
    ]);
    expect(renderList(both, pipe)).toContain('draining (leaving)');
    expect(renderList(both, pipe)).toContain('starting (successor)');
  });

  it('says so when it is empty, and what to type', () => {
    expect(renderList({ apps: [], alerts: [] }, pipe)).toBe('No apps in the list. Start one: holdfast start app.js\n');
    expect(renderList({ apps: [], alerts: [] }, { ...pipe, saved: true })).toBe(
      'No apps in the list. Start one: holdfast start app.js\nOr start what was saved: holdfast resurrect\n',
    );
  });

  it('keeps alerts of an app without instances and of the manager', () => {
    expect(renderList({ apps: [], alerts: [{ app: null, slot: null, at: 0, text: 'host shared died' }] }, pipe)).toBe(
      'No apps in the list. Start one: holdfast start app.js\n\nalert  Holdfast host shared died\n',
    );
  });

  it('colours the status only, and pads by what is seen', () => {
    const coloured = renderList(reply, { ...pipe, palette: createPalette(true) });
    expect(coloured).toContain('\u001b[31merrored\u001b[39m          ');
    expect(coloured).toContain('\u001b[32monline\u001b[39m');
    // oxlint-disable-next-line no-control-regex -- SGR sequences are made of one
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderList(reply, pipe));
  });

  it('lets no name move the cursor', () => {
    expect(renderList(appsReply([instanceView({ app: 'a\u001b[2Jb' })]), pipe)).not.toContain('\u001b');
  });

  it('says until when a job waits for its schedule', () => {
    const job = instanceView({ id: 0, app: 'report', mode: 'fork', status: 'waiting', pid: null, uptimeMs: null, cpu: 0 });
    const { apps, alerts } = appsReply([job]);
    const nextRunAt = new Date(2026, 10, 30, 3).getTime();
    expect(renderList({ apps: apps.map((app) => ({ ...app, nextRunAt })), alerts }, pipe)).toContain('  waiting until 11-30 03:00  ');
  });
});
