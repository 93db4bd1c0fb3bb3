// Parts of Node that it keeps to itself: there, or not asked for.
import { afterEach, describe, expect, it } from 'vitest';
import { bindingOf } from './bindings.ts';

describe('a part of Node', () => {
  const { binding } = process as unknown as { binding?: unknown };
  const { versions } = process;
  afterEach(() => {
    Object.assign(process, { binding });
    Object.defineProperty(process, 'versions', { value: versions });
  });

  it('is there in this Node', () => {
    expect(bindingOf<{ isTTY: unknown }>('tty_wrap')?.isTTY).toBeTypeOf('function');
  });

  it.each([
    [
      'refuses',
      () =>
        Object.assign(process, {
          binding: () => {
            throw new Error('restricted');
          },
        }),
    ],
    ['has none any more', () => Object.assign(process, { binding: undefined })],
    ['is newer than those that were tried', () => Object.defineProperty(process, 'versions', { value: { ...versions, node: '27.0.0' } })],
  ])('is not asked for, and nothing thrown, where Node %s', (_, change) => {
    change();
    expect(bindingOf('tty_wrap')).toBeNull();
  });
});
