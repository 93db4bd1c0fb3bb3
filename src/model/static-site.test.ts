// What PM2_SERVE_* variables mean, and which values they cannot have.
import { describe, expect, it } from 'vitest';
import { readStaticSite } from './static-site.ts';

const site = {
  folder: '.',
  port: 8080,
  host: '0.0.0.0',
  isSinglePage: false,
  listsFolders: false,
  homepage: '/index.html',
  account: null,
};

describe('readStaticSite', () => {
  it.each([
    [{}, {}],
    [
      { PATH: 'public', PORT: '3000', HOST: '127.0.0.1' },
      { folder: 'public', port: 3000, host: '127.0.0.1' },
    ],
    [{ SPA: 'true' }, { isSinglePage: true }],
    [{ SPA: 'false', FTP: '' }, {}],
    [{ FTP: 'true' }, { listsFolders: true }],
    [{ DIRECTORY: 'true' }, { listsFolders: true }],
    [{ HOMEPAGE: '/start.html' }, { homepage: '/start.html' }],
    [{ HOMEPAGE: '//start.html' }, { homepage: '/start.html' }],
    [{ BASIC_AUTH: 'true', BASIC_AUTH_USERNAME: 'ann', BASIC_AUTH_PASSWORD: 'x y' }, { account: { name: 'ann', password: 'x y' } }],
    [{ BASIC_AUTH_USERNAME: 'ann', BASIC_AUTH_PASSWORD: 'x' }, { account: { name: 'ann', password: 'x' } }],
    [{ BASIC_AUTH: 'false', BASIC_AUTH_USERNAME: 'ann', BASIC_AUTH_PASSWORD: 'x' }, {}],
    // What PM2 writes where nothing was said.
    [{ BASIC_AUTH: 'false', BASIC_AUTH_USERNAME: 'null', BASIC_AUTH_PASSWORD: 'null' }, {}],
    [{ BASIC_AUTH_USERNAME: 'null', BASIC_AUTH_PASSWORD: 'null' }, {}],
  ])('takes %j', (said, expected) => {
    expect(readStaticSite(named(said))).toEqual({ ...site, ...expected });
  });

  it.each([
    [{ PORT: 'abc' }, 'PM2_SERVE_PORT', 'abc'],
    [{ PORT: '70000' }, 'PM2_SERVE_PORT', '70000'],
    [{ PORT: '0' }, 'PM2_SERVE_PORT', '0'],
    [{ SPA: 'perhaps' }, 'PM2_SERVE_SPA', 'perhaps'],
    [{ BASIC_AUTH: 'true' }, 'PM2_SERVE_BASIC_AUTH_USERNAME', null],
    [{ BASIC_AUTH: 'true', BASIC_AUTH_USERNAME: 'ann' }, 'PM2_SERVE_BASIC_AUTH_PASSWORD', null],
    [{ BASIC_AUTH_USERNAME: 'ann' }, 'PM2_SERVE_BASIC_AUTH_PASSWORD', null],
    [{ BASIC_AUTH_PASSWORD: 'x' }, 'PM2_SERVE_BASIC_AUTH_USERNAME', null],
    [{ BASIC_AUTH_USERNAME: 'a:b', BASIC_AUTH_PASSWORD: 'x' }, 'PM2_SERVE_BASIC_AUTH_USERNAME', null],
  ])('refuses %j', (said, variable, found) => {
    expect(readStaticSite(named(said))).toEqual([expect.objectContaining({ variable, found })]);
  });
});

function named(said: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [`PM2_SERVE_${name}`, value]));
}
