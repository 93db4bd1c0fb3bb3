// Who is let through, and when.
import { expect, it } from 'vitest';
import { createGate } from './wire-gate.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('lets so many through at a time, in the order of coming, whether they succeed or fail', async () => {
  const gate = createGate(2);
  const inside: { readonly name: string; readonly end: () => void; readonly fail: () => void }[] = [];
  const come = (name: string): Promise<string> =>
    gate(() => new Promise((resolve, reject) => void inside.push({ name, end: () => resolve(name), fail: () => reject(new Error(name)) })));
  const names = (): string[] => inside.map(({ name }) => name);

  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(come);
  expect(names()).toEqual(['a', 'b']);
  inside[1]!.fail();
  await expect(b).rejects.toThrow('b');
  await turn();
  expect(names()).toEqual(['a', 'b', 'c']);
  inside[0]!.end();
  inside[2]!.end();
  expect([await a, await c]).toEqual(['a', 'c']);
  await turn();
  inside[3]!.end();
  expect(await d).toBe('d');
  const later = come('e');
  expect(names()).toEqual(['a', 'b', 'c', 'd', 'e']);
  inside[4]!.end();
  expect(await later).toBe('e');
});
