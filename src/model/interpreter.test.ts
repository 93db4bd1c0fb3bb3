// Which names mean Node, and what PM2 would show.
import { describe, expect, it } from 'vitest';
import { isNodeInterpreter, pm2Interpreter } from './interpreter.ts';

describe('isNodeInterpreter', () => {
  it.each(['node', 'nodejs', '/usr/bin/node', './node', '/usr/bin/node22', 'node-22'])('takes %s for Node', (name) => {
    expect(isNodeInterpreter(name)).toBe(true);
  });

  it.each(['none', 'bun', 'ts-node', 'node@22.3.0', '/opt/node/bin/deno', 'nodemon', 'node/', ''])(
    'takes %s for something else',
    (name) => {
      expect(isNodeInterpreter(name)).toBe(false);
    },
  );
});

it('is node for PM2 wherever that is, and else as it was set', () => {
  expect(['node', '/usr/bin/node', '/usr/bin/python3', 'none', './anode'].map(pm2Interpreter)).toEqual([
    'node',
    'node',
    '/usr/bin/python3',
    'none',
    './anode',
  ]);
});
