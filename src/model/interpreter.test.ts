// Which names mean Node.
import { describe, expect, it } from 'vitest';
import { isNodeInterpreter } from './interpreter.ts';

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
