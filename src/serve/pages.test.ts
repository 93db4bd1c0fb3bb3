// The pure parts of the static file server: paths, accounts and the page that lists a folder.
import { describe, expect, it } from 'vitest';
import { isAllowed } from './account.ts';
import { MAX_ENTRIES, renderListing } from './listing.ts';
import type { Entry } from './listing.ts';
import { isHidden, isRoute, readPath, writePath } from './place.ts';

describe('readPath', () => {
  it.each([
    ['/', [], true],
    ['/a/b.txt', ['a', 'b.txt'], false],
    ['/a/', ['a'], true],
    ['/a?x=/b/', ['a'], false],
    ['/a/?x', ['a'], true],
    ['//evil.example/x', ['evil.example', 'x'], false],
    ['/a%20b', ['a b'], false],
    ['/%2e%2e/x', ['..', 'x'], false],
  ])('%s', (url, names, isFolder) => {
    expect(readPath(url)).toEqual({ names, isFolder });
  });

  it.each(['/%zz', '/a%00', '/..%2f..%2fetc', '/a%2Fb'])('%s is none', (url) => {
    expect(readPath(url)).toBeNull();
  });

  it.each([
    [['..', 'x'], true],
    [['.git', 'config'], true],
    [['a', '.env'], true],
    [['.well-known', 'security.txt'], false],
    [['a', '.well-known'], true],
    [['a.b', 'c'], false],
  ])('%j is hidden: %s', (names, hidden) => {
    expect(isHidden(names)).toBe(hidden);
  });

  it('writes no address that would name another host', () => {
    expect(writePath(readPath('//evil.example')!.names, true)).toBe('/evil.example/');
    expect(writePath([], true)).toBe('/');
    expect(writePath(['a b', '"<c>'], false)).toBe('/a%20b/%22%3Cc%3E');
  });
});

describe('isRoute', () => {
  it.each([
    [['users', '7'], '*/*', true],
    [['users', 'john.doe'], 'text/html,application/xhtml+xml', true],
    [['app.js'], '*/*', false],
    [['logo.png'], 'image/avif,image/webp,*/*', false],
    [['users'], undefined, true],
  ])('%j for %s: %s', (names, accept, expected) => {
    expect(isRoute(names, accept)).toBe(expected);
  });
});

describe('isAllowed', () => {
  const account = { name: 'ann', password: 'hünter:2' };
  const header = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    [header('ann:hünter:2'), true],
    [header('ann:hünter:2').replace('Basic', 'bAsIc'), true],
    [header('ann:hünter'), false],
    [header('ann'), false],
    [header(''), false],
    ['Bearer x', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (authorization, expected) => {
    expect(isAllowed(account, authorization)).toBe(expected);
  });
});

describe('renderListing', () => {
  const entry = (name: string, isFolder = false): Entry => ({ name, isFolder, bytes: 2048, changedAt: new Date(0) });

  it('lists folders first, with a way up', () => {
    const page = renderListing(['a b'], [entry('z.txt'), entry('y', true)]);
    expect([...page.matchAll(/<a href="([^"]*)">([^<]*)</g)].map(([, address, text]) => [address, text])).toEqual([
      ['/', '../'],
      ['/a%20b/y/', 'y/'],
      ['/a%20b/z.txt', 'z.txt'],
    ]);
    expect(page).toContain('<td>2 KB</td><td>1970-01-01 00:00</td>');
  });

  it('takes every name for text', () => {
    const page = renderListing(['"><i>'], [entry('<img src=x onerror=alert(1)>'), entry(`'"&`), entry('javascript:alert(1)')]);
    expect(page).not.toMatch(/<img|<i>|href="javascript|href="[^"]*'/);
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;');
    expect(page).toContain('href="/%22%3E%3Ci%3E/javascript%3Aalert(1)"');
  });

  it('says that it shows only a part', () => {
    const page = renderListing(
      [],
      Array.from({ length: MAX_ENTRIES + 1 }, (_, index) => entry(`f${index}`)),
    );
    expect(page.match(/<tr>/g)).toHaveLength(MAX_ENTRIES);
    expect(page).toContain(`only ${MAX_ENTRIES} are shown`);
  });
});
