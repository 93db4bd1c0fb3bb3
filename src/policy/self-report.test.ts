// What an app's messages make of the report about itself.
import { describe, expect, it } from 'vitest';
import { MAX_ENTRIES, MAX_ENTRY_CHARS } from '../model/self-report.ts';
import type { SelfReport } from '../model/self-report.ts';
import { NO_REPORT, noteReport, replyOf } from './self-report.ts';

const monitor = (data: unknown): object => ({ type: 'axm:monitor', data });
const action = (data: unknown): object => ({ type: 'axm:action', data });
const options = (data: unknown): object => ({ type: 'axm:option:configuration', data });
const all = (...messages: unknown[]): SelfReport => messages.reduce<SelfReport>((report, one) => noteReport(report, one)!, NO_REPORT);

describe('a report', () => {
  it.each([
    [
      'metrics: the latest of each name',
      [monitor({ a: { value: 1 }, b: { value: 2, unit: 'ms' } }), monitor({ a: { value: 3 } })],
      { metrics: { a: { value: 3 }, b: { value: 2, unit: 'ms' } }, actions: [], options: {} },
    ],
    [
      'actions: the first of each name, in their order',
      [action({ action_name: 'gc', arity: 1 }), action({ action_name: 'dump' }), action({ action_name: 'gc', arity: 2 })],
      { metrics: {}, actions: [{ action_name: 'gc', arity: 1 }, { action_name: 'dump' }], options: {} },
    ],
    [
      'options: merged',
      [options({ error: true, apm: { type: 'node' } }), options({ error: false, name: 'x' })],
      { metrics: {}, actions: [], options: { error: false, apm: { type: 'node' }, name: 'x' } },
    ],
    [
      'nothing of what has no sense',
      [
        monitor(null),
        monitor(undefined),
        monitor([]),
        monitor({ a: 5 }),
        action('gc'),
        action({}),
        action({ action_name: '' }),
        options(7),
      ],
      NO_REPORT,
    ],
    [
      'nothing that is too long',
      [
        monitor({ a: { value: 'x'.repeat(MAX_ENTRY_CHARS) }, b: { value: 1 } }),
        action({ action_name: 'x'.repeat(MAX_ENTRY_CHARS) }),
        options({ x: 'x'.repeat(MAX_ENTRY_CHARS) }),
      ],
      { metrics: { b: { value: 1 } }, actions: [], options: {} },
    ],
    [
      'a metric that is called like a part of every object',
      [monitor(JSON.parse('{ "__proto__": { "value": 1 }, "constructor": { "value": 2 } }'))],
      { metrics: JSON.parse('{ "__proto__": { "value": 1 }, "constructor": { "value": 2 } }') as object, actions: [], options: {} },
    ],
  ])('holds %s', (_, messages, report) => {
    expect(all(...messages)).toEqual(report);
  });

  it('has an end, after which only what it has is renewed', () => {
    const many = Array.from({ length: MAX_ENTRIES + 5 }, (__, at) => at);
    const report = all(
      monitor(Object.fromEntries(many.map((at) => [`m${at}`, { value: at }]))),
      monitor({ m0: { value: 'new' } }),
      ...many.map((at) => action({ action_name: `a${at}` })),
      options(Object.fromEntries(many.map((at) => [`o${at}`, at]))),
    );
    expect([Object.keys(report.metrics).length, report.actions.length, Object.keys(report.options).length]).toEqual(
      Array(3).fill(MAX_ENTRIES),
    );
    expect(report.metrics['m0']).toEqual({ value: 'new' });
  });

  it.each([['ready'], [null], [7], [[]], [{}], [{ type: 'process:msg', data: {} }], [{ type: 'axm:reply', data: {} }], [{ data: {} }]])(
    'is not what %j is',
    (message) => {
      expect(noteReport(NO_REPORT, message)).toBe(null);
    },
  );
});

it.each([
  [{ type: 'axm:reply', data: { at: 1, action_name: 'gc', return: 5 } }, 'gc'],
  [{ type: 'axm:reply', data: { return: 5 } }, null],
  [{ type: 'axm:reply' }, null],
  [{ type: 'other', data: { action_name: 'gc' } }, null],
  ['axm:reply', null],
])('the reply in %j is to %s', (message, name) => {
  expect(replyOf(message)?.action ?? null).toBe(name);
});
