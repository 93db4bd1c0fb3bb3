// Which instances a target means, and what is said where it means none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest } from './closest.ts';
import { printSelectProblem, select, selectEach } from './select.ts';
import type { Selectable, Selection } from './select.ts';

const LIST: readonly Selectable[] = [
  { id: 0, name: 'api', namespace: 'default' },
  { id: 1, name: 'api', namespace: 'default' },
  { id: 2, name: 'worker', namespace: 'jobs' },
  { id: 3, name: '5', namespace: 'jobs' },
  { id: 4, name: 'web', namespace: '2' },
  { id: 5, name: 'jobs', namespace: 'default' },
];

const ids = (selection: Selection<Selectable>): readonly number[] | string =>
  selection.kind === 'matched' ? selection.matched.map((one) => one.id) : selection.problem.kind;

describe('select', () => {
  it.each<readonly [string, readonly number[], string]>([
    ['all', [0, 1, 2, 3, 4, 5], 'everything'],
    ['api', [0, 1], 'every instance of the app of that name'],
    ['default', [0, 1, 5], 'a namespace'],
    ['jobs', [5], 'a name before a namespace'],
    ['0', [0], 'an id'],
    ['5', [3], 'a name that is a number before the id'],
    ['2', [4], 'a namespace that is a number before the id'],
    ['/^(api|web)$/', [0, 1, 4], 'a regular expression over names'],
    ['/work/', [2], 'a part of a name'],
  ])('%s matches %j: %s', (target, expected) => {
    expect(ids(select(target, LIST))).toEqual(expected);
  });

  it.each([
    ['API', 'not-found'],
    ['', 'not-found'],
    ['//', 'not-found'],
    ['/', 'not-found'],
    ['00', 'not-found'],
    ['-1', 'not-found'],
    ['1e0', 'not-found'],
    ['99', 'not-found'],
    ['/nothing/', 'no-match'],
    ['/(/', 'bad-regex'],
  ])('finds nothing for "%s" and says %s', (target, kind) => {
    expect(ids(select(target, LIST))).toBe(kind);
  });

  it('says that there is nothing at all, whatever the target', () => {
    expect(ids(select('all', []))).toBe('nothing-there');
    expect(ids(select('api', []))).toBe('nothing-there');
  });

  it.each([
    ['apj', 'api'],
    ['wroker', 'worker'],
    ['defautl', 'default'],
    ['API', 'api'],
    ['database', null],
  ])('for "%s" it suggests %s', (target, suggestion) => {
    expect(select(target, LIST)).toEqual({ kind: 'problem', problem: { kind: 'not-found', target, suggestion } });
  });

  it('gives the reason of a bad regular expression', () => {
    const selection = select('/a(/', LIST);
    expect(selection).toMatchObject({ kind: 'problem', problem: { kind: 'bad-regex', target: '/a(/', reason: 'Unterminated group' } });
  });

  it('never throws, and matches only what is there, whatever the target', () => {
    fc.assert(
      fc.property(fc.string(), (target) => {
        const selection = select(target, LIST);
        if (selection.kind === 'matched') expect(LIST).toEqual(expect.arrayContaining([...selection.matched]));
        else expect(printSelectProblem(selection.problem)).not.toBe('');
      }),
    );
  });
});

describe('selectEach', () => {
  it('unites several targets without doubles, in the order of the list', () => {
    expect(ids(selectEach(['worker', 'api', '1'], LIST))).toEqual([0, 1, 2]);
  });

  it('fails as a whole at the first target that means nothing', () => {
    expect(selectEach(['api', 'apo', 'nothing'], LIST)).toMatchObject({ kind: 'problem', problem: { target: 'apo', suggestion: 'api' } });
  });
});

describe('printSelectProblem', () => {
  it.each([
    [select('api', []), 'there are no apps'],
    [select('wrker', LIST), 'no app, namespace or id is called that (did you mean worker?)'],
    [select('unheard-of', LIST), 'no app, namespace or id is called that'],
    [select('/zzz/', LIST), "no app's name matches it"],
    [select('/[/', LIST), 'it is no regular expression (Unterminated character class)'],
  ])('%# gives a reason that follows a colon', (selection, text) => {
    expect(selection.kind === 'problem' && printSelectProblem(selection.problem)).toBe(text);
  });
});

describe('closest', () => {
  it('counts a swap of neighbours as one edit and takes the nearest, the first of equals', () => {
    expect(closest('tarck', ['stack', 'track'])).toBe('track');
    expect(closest('ap', ['api', 'app'])).toBe('api');
  });

  it('suggests nothing for what is far from every word', () => {
    expect(closest('x', ['api', 'worker'])).toBeNull();
    expect(closest('anything', [])).toBeNull();
  });
});
