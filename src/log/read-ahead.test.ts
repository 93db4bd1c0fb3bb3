// Sources that work ahead of their turn, and what becomes of them when the reader leaves or one of them fails.
import { expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';

const log: string[] = [];

async function* numbers(name: string, count: number): AsyncGenerator<string> {
  log.push(`${name} begins`);
  try {
    for (let n = 0; n < count; n += 1) yield await Promise.resolve(`${name}${n}`);
  } finally {
    log.push(`${name} ends`);
  }
}

async function read(sources: readonly (() => AsyncGenerator<string>)[], count = Infinity): Promise<string[]> {
  log.length = 0;
  const found: string[] = [];
  for await (const item of readAhead(sources, 2)) {
    found.push(item);
    if (found.length >= count) break;
  }
  return found;
}

it('keeps the order of the sources, the second beginning before the first has ended', async () => {
  const sources = ['a', 'b', 'c'].map((name) => () => numbers(name, 2));
  expect(await read(sources)).toEqual(['a0', 'a1', 'b0', 'b1', 'c0', 'c1']);
  expect(log.slice(0, 2)).toEqual(['a begins', 'b begins']);
  expect(await read([])).toEqual([]);
});

it('does not run far ahead, and ends all that was begun when the reader leaves', async () => {
  let made = 0;
  async function* endless(): AsyncGenerator<string> {
    try {
      for (;;) yield await Promise.resolve(`x${(made += 1)}`);
    } finally {
      log.push('endless ends');
    }
  }
  expect(await read([() => numbers('a', 3), endless, () => numbers('c', 1)], 2)).toEqual(['a0', 'a1']);
  await expect.poll(() => log.filter((line) => line.endsWith('ends')).length).toBe(2);
  expect(made).toBeLessThan(20);
  expect(log).not.toContain('c begins');
});

it('fails where the source fails, after what came before', async () => {
  async function* failing(): AsyncGenerator<string> {
    yield await Promise.resolve('b0');
    throw new Error('torn');
  }
  const found: string[] = [];
  const reading = (async () => {
    for await (const item of readAhead([() => numbers('a', 2), failing], 2)) found.push(item);
  })();
  await expect(reading).rejects.toThrow('torn');
  expect(found).toEqual(['a0', 'a1', 'b0']);
});
