// Circles of depends_on, and the waves in which apps are taken down: by table, and over random graphs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycles, stopWaves } from './dependency-graph.ts';
import type { DependencyGraph } from './dependency-graph.ts';

const graph = (edges: Readonly<Record<string, readonly string[]>>): DependencyGraph => new Map(Object.entries(edges));

describe('cycles', () => {
  it.each([
    ['none in a chain', { web: ['api'], api: ['db'], db: [] }, []],
    ['none where two ways lead to one app', { web: ['api', 'jobs'], api: ['db'], jobs: ['db'], db: [] }, []],
    ['none where an app is not there', { web: ['gone'] }, []],
    ['an app that depends on itself', { web: ['web'] }, [['web', 'web']]],
    ['the way round, from where it is entered', { web: ['api'], api: ['db'], db: ['api'] }, [['api', 'db', 'api']]],
    [
      'each one',
      { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
      [
        ['a', 'b', 'a'],
        ['c', 'd', 'c'],
      ],
    ],
    [
      'two through one app',
      { a: ['b', 'c'], b: ['a'], c: ['a'] },
      [
        ['a', 'b', 'a'],
        ['a', 'c', 'a'],
      ],
    ],
  ])('names %s', (_, edges, cycles) => {
    expect(findCycles(graph(edges as Record<string, string[]>))).toEqual(cycles);
  });
});

describe('waves of a stop', () => {
  it.each([
    ['what nobody depends on goes first', { web: ['api'], api: ['db'], db: [], other: [] }, [['web', 'other'], ['api'], ['db']]],
    ['an app goes after all that depend on it', { db: [], api: ['db'], web: ['api', 'db'] }, [['web'], ['api'], ['db']]],
    ['what is not stopped does not count', { api: ['db'] }, [['api']]],
    ['a circle goes last, at once', { web: ['a'], a: ['b'], b: ['a'] }, [['web'], ['a', 'b']]],
    ['nothing has none', {}, []],
  ])('%s', (_, edges, waves) => {
    expect(stopWaves(graph(edges as Record<string, string[]>))).toEqual(waves);
  });
});

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const anyGraph = fc
  .dictionary(fc.constantFrom(...NAMES), fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }), { maxKeys: 6 })
  .map((edges) => graph(edges));

it('takes every app down once, and no app before one that depends on it, unless they go round in a circle', () => {
  fc.assert(
    fc.property(anyGraph, (edges) => {
      const waves = stopWaves(edges);
      expect(waves.flat().toSorted()).toEqual([...edges.keys()].toSorted());
      if (findCycles(edges).length > 0) return;
      const waveOf = (name: string): number => waves.findIndex((wave) => wave.includes(name));
      for (const [name, others] of edges)
        for (const other of others) if (edges.has(other)) expect(waveOf(name)).toBeLessThan(waveOf(other));
    }),
  );
});

it('names only ways that are there and end where they began', () => {
  fc.assert(
    fc.property(anyGraph, (edges) => {
      for (const cycle of findCycles(edges)) {
        expect(cycle.at(-1)).toBe(cycle[0]);
        for (const [index, name] of cycle.slice(0, -1).entries()) expect(edges.get(name)).toContain(cycle[index + 1]);
      }
    }),
  );
});
