// What keys and news make of the monitor.
import { describe, expect, it } from 'vitest';
import { afterKeys, effectOf, listed, monitorOf, numbered, shown } from '../../../test/monitor-kit.ts';
import { appSpec, appView, instanceView } from '../../../test/canned-views.ts';
import type { InstanceView } from '../../model/view.ts';
import type { Monitor } from './monitor.ts';
import { hear, MAX_LINES } from './step.ts';

const instances = (...ids: readonly number[]): InstanceView[] => ids.map((id) => instanceView({ id, app: `app-${id}` }));
const THREE = monitorOf(instances(0, 1, 2));
const selected = (monitor: Monitor): string | undefined => monitor.selected?.key;

describe('the selection', () => {
  it.each([
    [[], '0 current'],
    [['down'], '1 current'],
    [['j', 'j'], '2 current'],
    [['j', 'j', 'j'], '2 current'],
    [['end'], '2 current'],
    [['end', 'k'], '1 current'],
    [['end', 'home'], '0 current'],
    [['up'], '0 current'],
    [['page-down'], '2 current'],
  ])('after %j is %s', (keys, key) => {
    expect(selected(afterKeys(THREE, ...keys))).toBe(key);
  });

  it('goes by a page of the list', () => {
    const many = monitorOf(Array.from({ length: 60 }, (_, id) => instanceView({ id, slot: id })));
    expect(selected(afterKeys(many, 'page-down'))).toBe('5 current');
    expect(selected(afterKeys(many, 'page-down', 'page-down', 'page-up'))).toBe('5 current');
  });

  it('stays on its instance when others come and go', () => {
    const monitor = afterKeys(THREE, 'down');
    expect(selected(hear(monitor, listed(instances(1, 2, 3))))).toBe('1 current');
    expect(selected(hear(monitor, listed([])))).toBeUndefined();
  });

  it('goes to the next one when its own is gone, to the last one where there is no next', () => {
    expect(selected(hear(afterKeys(THREE, 'down'), listed(instances(0, 2))))).toBe('2 current');
    expect(selected(hear(afterKeys(THREE, 'end'), listed(instances(0, 1))))).toBe('1 current');
  });

  it('can be on each of two instances of one id, and follows the one that becomes the other', () => {
    const replacing = [instanceView(), instanceView({ role: 'successor', pid: 9 }), instanceView({ id: 1, slot: 1 })];
    const monitor = monitorOf(replacing);
    expect([[], ['j'], ['j', 'j']].map((keys) => selected(afterKeys(monitor, ...keys)))).toEqual(['0 current', '0 successor', '1 current']);
    const done = listed([instanceView({ pid: 9 }), instanceView({ id: 1, slot: 1 })]);
    expect(selected(hear(afterKeys(monitor, 'j'), done))).toBe('0 current');
  });
});

describe('the log', () => {
  const monitor = hear(monitorOf([instanceView()]), numbered(1, 50));
  const top = (of: Monitor): string | undefined =>
    shown(of)
      .find((row) => / line \d/.test(row))
      ?.slice('00:00:00 '.length);

  it('is of the selected app, and empty when another one is selected', () => {
    const two = hear(monitorOf(instances(0, 1)), numbered(1, 3, 'app-0'));
    expect(two.log).toMatchObject({ app: 'app-0', lines: { length: 3 } });
    expect(afterKeys(two, 'down').log).toEqual({ app: 'app-1', lines: [], back: 0 });
    expect(hear(afterKeys(two, 'down'), numbered(4, 5, 'app-0')).log.lines).toEqual([]);
  });

  it('stays when another instance of the same app is selected', () => {
    const two = hear(monitorOf([instanceView(), instanceView({ id: 1, slot: 1 })]), numbered(1, 3));
    expect(afterKeys(two, 'down').log.lines).toHaveLength(3);
  });

  it('begins anew when it is opened again', () => {
    expect(hear(monitor, { kind: 'log-opened', app: 'api' }).log.lines).toEqual([]);
  });

  it('keeps a bounded number of lines, the last ones', () => {
    const { lines } = hear(monitor, numbered(51, MAX_LINES + 60)).log;
    expect([lines.length, lines[0]!.text]).toEqual([MAX_LINES, 'line 61']);
  });

  it.each([
    [['up'], 'line 38'],
    [['up', 'up', 'down'], 'line 38'],
    [['page-up'], 'line 28'],
    [['home'], 'line 1'],
    [['home', 'page-down'], 'line 12'],
    [['home', 'end'], 'line 39'],
    [['down'], 'line 39'],
  ])('with the focus, after %j, begins with %s', (keys, line) => {
    expect(top(afterKeys(monitor, 'tab', ...keys))).toBe(line);
  });

  it('follows what comes, unless it is scrolled up: then the same lines are seen', () => {
    expect(top(hear(monitor, numbered(51, 60)))).toBe('line 49');
    const scrolled = afterKeys(monitor, 'tab', 'up', 'up');
    expect(top(hear(scrolled, numbered(51, 60)))).toBe('line 37');
    expect(shown(hear(scrolled, numbered(51, 60))).join('\n')).toContain('12 more below; End follows');
  });

  it('is never scrolled beyond its beginning, also when the terminal has grown', () => {
    const scrolled = afterKeys(monitor, 'tab', 'home');
    const grown = hear(scrolled, { kind: 'resized', size: { columns: 80, rows: 100 } });
    expect(top(grown)).toBe('line 1');
    expect(grown.log.back).toBe(0);
  });
});

describe('what is known in full', () => {
  const app = appView([instanceView()], appSpec());

  it('is taken where it is of the selected app', () => {
    expect(hear(monitorOf([instanceView()]), { kind: 'described', app }).subject).toBe(app);
    expect(hear(THREE, { kind: 'described', app }).subject).toBeNull();
  });

  it('is scrolled with the focus, and begins at its top for another app', () => {
    const monitor = hear(monitorOf([instanceView(), instanceView({ id: 1, app: 'other' })]), { kind: 'described', app });
    const scrolled = afterKeys(monitor, 'left', 'page-down', 'down');
    expect(scrolled).toMatchObject({ focus: 'about', above: { metrics: 0, about: 6 } });
    expect(afterKeys(scrolled, 'right', 'down').above.about).toBe(0);
    expect(afterKeys(scrolled, 'home').above.about).toBe(0);
    const atEnd = afterKeys(scrolled, 'end');
    expect(afterKeys(atEnd, 'down').above).toEqual(atEnd.above);
  });
});

describe('a command', () => {
  it.each([
    ['r', 'restart'],
    ['l', 'reload'],
    ['s', 'stop'],
  ])('by %s is asked for, and done when the answer is y', (key, command) => {
    expect(effectOf(THREE, 'down', key)).toBeNull();
    expect(effectOf(THREE, 'down', key, 'y')).toEqual({ kind: 'carry-out', command, app: 'app-1' });
    expect(afterKeys(THREE, 'down', key, 'y').question).toBeNull();
  });

  it.each(['n', 's', 'escape', 'q', 'down'])('is not done when the answer is %s, and nothing else is', (key) => {
    expect(effectOf(THREE, 's', key)).toBeNull();
    expect(afterKeys(THREE, 's', key)).toEqual(THREE);
  });

  it('is about the app that was asked about, whatever is in the list when the answer comes', () => {
    const asked = hear(afterKeys(THREE, 's'), listed(instances(1, 2)));
    expect(effectOf(asked, 'y')).toEqual({ kind: 'carry-out', command: 'stop', app: 'app-0' });
  });

  it.each([
    ['with an empty list', monitorOf([])],
    ['while the daemon does not answer', hear(THREE, { kind: 'lost' })],
    ['where the question could not be seen', monitorOf(instances(0), { columns: 59, rows: 15 })],
  ])('is not asked for %s', (_, monitor) => {
    expect(afterKeys(monitor, 's').question).toBeNull();
  });
});

it('a question that cannot be seen any more is taken back', () => {
  const asked = afterKeys(THREE, 's');
  const small = hear(asked, { kind: 'resized', size: { columns: 80, rows: 14 } });
  expect([asked.question, small.question]).toEqual([{ command: 'stop', app: 'app-0', instances: 1 }, null]);
});

it('what was said last goes with the next key', () => {
  const told = hear(THREE, { kind: 'told', notice: { text: 'Stopped app-0.', tone: 'good' } });
  expect(told.notice).toMatchObject({ text: 'Stopped app-0.' });
  expect(afterKeys(told, 'x').notice).toBeNull();
});

it('a daemon that is gone is back with the next list', () => {
  const lost = hear(THREE, { kind: 'lost' });
  expect(lost.isConnected).toBe(false);
  expect(hear(lost, listed(instances(0))).isConnected).toBe(true);
});

it.each(['q', 'escape', 'ctrl-c'])('%s leaves', (key) => {
  expect(effectOf(THREE, key)).toEqual({ kind: 'leave' });
});

it('any key leads back from the help, and does nothing else', () => {
  expect(afterKeys(THREE, '?').isHelpShown).toBe(true);
  expect(effectOf(THREE, '?', 'q')).toBeNull();
  expect(afterKeys(THREE, '?', 'down')).toEqual(THREE);
});
