// Which key does what, in each mode.
import { describe, expect, it } from 'vitest';
import { actionOf } from './actions.ts';
import type { Mode } from './actions.ts';

const TABLE: readonly (readonly [Mode, readonly string[], object | null])[] = [
  ['panes', ['q', 'escape', 'ctrl-c'], { kind: 'leave' }],
  ['panes', ['up', 'k'], { kind: 'move', by: 'row', way: -1 }],
  ['panes', ['down', 'j'], { kind: 'move', by: 'row', way: 1 }],
  ['panes', ['page-up', 'ctrl-u'], { kind: 'move', by: 'page', way: -1 }],
  ['panes', ['page-down', 'ctrl-d'], { kind: 'move', by: 'page', way: 1 }],
  ['panes', ['home', 'g'], { kind: 'move', by: 'all', way: -1 }],
  ['panes', ['end', 'G'], { kind: 'move', by: 'all', way: 1 }],
  ['panes', ['tab', 'right'], { kind: 'focus', way: 1 }],
  ['panes', ['back-tab', 'left'], { kind: 'focus', way: -1 }],
  ['panes', ['r'], { kind: 'ask', command: 'restart' }],
  ['panes', ['l'], { kind: 'ask', command: 'reload' }],
  ['panes', ['s'], { kind: 'ask', command: 'stop' }],
  ['panes', ['?'], { kind: 'help' }],
  ['panes', ['ctrl-z'], { kind: 'suspend' }],
  ['panes', ['y', 'x', 'S', '漢'], null],
  ['help', ['q', 'escape', 'x', 'down'], { kind: 'dismiss' }],
  ['help', ['ctrl-c'], { kind: 'leave' }],
  ['question', ['y'], { kind: 'confirm' }],
  ['question', ['n', 'Y', 'q', 'escape', 'r', 's', '\r', 'down'], { kind: 'dismiss' }],
  ['question', ['ctrl-c'], { kind: 'leave' }],
];

describe.each(TABLE)('with the %s in front', (mode, keys, action) => {
  it.each(keys)(`%j is ${JSON.stringify(action)}`, (key) => {
    expect(actionOf(key, mode)).toEqual(action);
  });
});
