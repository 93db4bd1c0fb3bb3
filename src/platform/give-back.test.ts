// A buffer that is given back takes no memory any more, at once.
import { expect, it } from 'vitest';
import { giveBack } from './give-back.ts';

it('frees memory without waiting for the garbage collector', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < 50; n += 1) {
    const buffer = Buffer.alloc(2 ** 20, 'x');
    giveBack(buffer);
    expect(buffer.length).toBe(0);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 2 ** 20);
});
