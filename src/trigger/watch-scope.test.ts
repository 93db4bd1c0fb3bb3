// Which files count, on a folder with a bit of everything.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WatchSpec } from '../model/app-spec.ts';
import { createScope } from './watch-scope.ts';
import type { WatchScope } from './watch-scope.ts';

const PLAIN: WatchSpec = { isOn: true, paths: [], ignore: [], extensions: null, delayMs: 200, followsLinks: false, pollMs: null };
const glob = (text: string): WatchSpec['ignore'][number] => ({ kind: 'glob', text });
const regexp = (text: string): WatchSpec['ignore'][number] => ({ kind: 'regexp', text });

let root: string;
let app: string;
beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-scope-')));
  app = path.join(root, 'app');
  for (const folder of ['src/deep', 'config', 'node_modules/x', '.git', 'logs']) fs.mkdirSync(path.join(app, folder), { recursive: true });
  for (const file of ['app.js', '.env', 'src/a.js']) fs.writeFileSync(path.join(app, file), '');
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const scopeOf = (watch: Partial<WatchSpec> = {}, written: readonly string[] = [], home: string | null = `${root}/home`): WatchScope =>
  createScope({ watch: { ...PLAIN, ...watch }, folder: app, home, written: written.map((file) => path.join(app, file)) });

const ANY = ['app.js', 'src/a.js', 'src/deep/b.css', 'logs/x.log', 'data/new/y.json', 'Makefile'];
const NEVER = ['.env', '.git/HEAD', 'src/.a.js.swp', 'node_modules/x/i.js', 'src/node_modules/y.js', 'lib/__pycache__/m.pyc'];
const counted = (scope: WatchScope): string[] => [...ANY, ...NEVER].filter((file) => scope.counts(path.join(app, file)));

describe('what is watched', () => {
  it.each<[string, Partial<WatchSpec>, readonly string[]]>([
    ['is the whole folder, without what never counts', {}, ANY],
    ['is the same by a dot', { paths: ['.'] }, ANY],
    ['is a folder, there or not', { paths: ['src', './data/'] }, ['src/a.js', 'src/deep/b.css', 'data/new/y.json']],
    ['is a file, with a dot too where it is named', { paths: ['.env', 'app.js'] }, ['app.js', '.env']],
    ['is a glob', { paths: ['src/**/*.js', '*.js'] }, ['app.js', 'src/a.js']],
    ['is what is in folders that a glob means', { paths: ['s*'] }, ['src/a.js', 'src/deep/b.css']],
    [
      'is not a name that is ignored, wherever it is',
      { ignore: [glob('logs'), glob('*.css'), glob('new')] },
      ['app.js', 'src/a.js', 'Makefile'],
    ],
    ['is not a path that is ignored', { ignore: [glob('./src/deep/'), glob('data/**')] }, ['app.js', 'src/a.js', 'logs/x.log', 'Makefile']],
    [
      'is not what a regular expression means',
      { ignore: [regexp('src/.*'), regexp('[\\/\\\\]logs'), regexp('\\.json$')] },
      ['app.js', 'Makefile'],
    ],
    ['is not, where all is ignored that is named', { paths: ['src'], ignore: [glob('src')] }, []],
    ['is only what has the extensions, or none', { extensions: ['js', 'json'] }, ['app.js', 'src/a.js', 'data/new/y.json', 'Makefile']],
    ['means an exclamation mark as it stands', { ignore: [glob('!src')] }, ANY],
  ])('%s', (_what, watch, files) => {
    expect(counted(scopeOf(watch))).toEqual(files);
  });

  it('is never what is written for the app, under whatever number and date', () => {
    const scope = scopeOf({}, ['logs/out.log', 'app.pid']);
    const logs = ['logs/out.log', 'logs/out-3.log', 'logs/out__2026-11-22_19-30-00-123Z.log.gz', 'logs/out.log.1', 'app-0.pid', 'app.pid'];
    expect(logs.filter((file) => scope.counts(path.join(app, file)))).toEqual([]);
    expect(scope.counts(path.join(app, 'logs/outer.log'))).toBe(true);
  });

  it("is never the manager's home, unless the app lives in it", () => {
    expect(scopeOf({}, [], `${app}/home`).counts(`${app}/home/state.json`)).toBe(false);
    expect(scopeOf({}, [], root).counts(`${app}/app.js`)).toBe(true);
  });

  it('enters only folders in which something may count', () => {
    const scope = scopeOf({ paths: ['src', 'config/local.json'] });
    const folders = ['', 'src', 'src/deep', 'config', 'config/sub', 'logs', 'node_modules', 'src/node_modules'];
    expect(folders.filter((folder) => scope.enters(path.join(app, folder)))).toEqual(['', 'src', 'src/deep', 'config']);
  });

  it('has one root for what is in its folder, and the nearest that is there for what is not', () => {
    expect(scopeOf({ paths: ['src', '.env', 'not/there'] })).toMatchObject({ roots: [app], missing: ['not/there'] });
    expect(scopeOf({ paths: ['../shared/deep/x.json'] })).toMatchObject({ roots: [root], missing: ['../shared/deep/x.json'] });
  });

  it('shows files as people name them', () => {
    expect(scopeOf().show(`${app}/src/a.js`)).toBe('src/a.js');
    expect(scopeOf().show('/etc/hosts')).toBe('/etc/hosts');
  });
});
