// Several logs become one in the order of their times.
import { expect, it } from 'vitest';
import { mergeByTime, mergeLists } from './merge.ts';

interface Line {
  readonly at: number | null;
  readonly text: string;
}
const line = (at: number | null, text: string): Line => ({ at, text });

async function* source(...batches: (readonly Line[])[]): AsyncGenerator<readonly Line[]> {
  yield* await Promise.resolve(batches);
}

async function merged(...sources: AsyncGenerator<readonly Line[]>[]): Promise<string> {
  const found: string[] = [];
  for await (const batch of mergeByTime(sources)) found.push(...batch.map(({ text }) => text));
  return found.join(' ');
}

it('by time', async () => {
  const a = [line(1, 'a1'), line(3, 'a3'), line(5, 'a5')];
  const b = [line(2, 'b2'), line(4, 'b4'), line(9, 'b9')];
  expect(await merged(source(a.slice(0, 2), [], a.slice(2)), source(b), source())).toBe('a1 b2 a3 b4 a5 b9');
  expect(mergeLists([a, b]).map(({ text }) => text)).toEqual(['a1', 'b2', 'a3', 'b4', 'a5', 'b9']);
});

it('keeps what has no time, or an earlier one, behind what came before it', async () => {
  const a = [line(null, 'a?'), line(4, 'a4'), line(null, 'a4?'), line(2, 'a2'), line(6, 'a6')];
  const b = [line(1, 'b1'), line(5, 'b5')];
  expect(await merged(source(a), source(b))).toBe('a? b1 a4 a4? a2 b5 a6');
  expect(mergeLists([a, b]).map(({ text }) => text)).toEqual(['a?', 'b1', 'a4', 'a4?', 'a2', 'b5', 'a6']);
});
