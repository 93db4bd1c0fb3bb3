// When changes are told, on a clock that the test moves and folders that only pretend.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type { FolderWatch } from '../platform/folder-watch.ts';
import { createWatches } from './watches.ts';
import type { Change, WatchedApp } from './watches.ts';

const NOW = 1_000_000;
let folder: string;
beforeEach(() => void (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-watches-')))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const watched = (name: string, differs: Partial<WatchedApp['watch']> = {}, isWanted = true): WatchedApp => ({
  name,
  folder,
  isWanted,
  home: null,
  written: [],
  watch: { isOn: true, paths: [], ignore: [], extensions: null, delayMs: 200, followsLinks: false, pollMs: null, ...differs },
});

function kit(...given: WatchedApp[]) {
  const clock = createManualClock(NOW);
  const open = new Set<FolderWatch>();
  const told: (Change & { readonly app: string })[] = [];
  const said: string[] = [];
  let apps = given;
  let isBusy = false;
  const watches = createWatches({
    clock,
    apps: () => apps,
    watch(folders) {
      open.add(folders);
      return () => open.delete(folders);
    },
    changed(app, change) {
      if (!isBusy) told.push({ app, ...change });
      return !isBusy;
    },
    missing: (app, name) => said.push(`${app} misses ${name}`),
    failed: (app, { reason, advice }) => said.push(`${app}: ${reason}; ${advice}`),
  });
  watches.review();
  return {
    clock,
    watches,
    open,
    told,
    said,
    change: (...files: string[]) => [...open].forEach((one) => files.forEach((file) => one.changed(path.join(folder, file)))),
    fail: (code: string) => [...open].forEach((one) => one.failed(Object.assign(new Error(`${code}: no`), { code }))),
    busy: (is: boolean) => void (isBusy = is),
    become(...next: WatchedApp[]) {
      apps = next;
      watches.review();
    },
  };
}

describe('a change', () => {
  it('is told when nothing more has changed for the delay', () => {
    const { clock, change, told } = kit(watched('api'));
    change('a.js');
    clock.advance(150);
    change('b.js', 'a.js');
    clock.advance(199);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([{ app: 'api', files: ['a.js', 'b.js'], count: 2, firstAt: NOW, lastAt: NOW + 150 }]);
    clock.advance(10_000);
    expect(told).toHaveLength(1);
    expect(clock.armed).toBe(0);
  });

  it('of many files names the first and counts the others', () => {
    const { clock, change, told } = kit(watched('api'));
    for (let nth = 0; nth < 5000; nth += 1) change(`f${nth}.js`);
    clock.advance(200);
    expect(told).toMatchObject([{ files: ['f0.js', 'f1.js', 'f2.js', 'f3.js', 'f4.js'], count: 1000 }]);
  });

  it('that does not end is told after a minute', () => {
    const { clock, change, told } = kit(watched('api'));
    for (let nth = 0; nth < 700; nth += 1) {
      change('data.bin');
      clock.advance(100);
    }
    expect(told.map(({ firstAt }) => firstAt - NOW)).toEqual([0]);
  });

  it('of what does not count is not told', () => {
    const { clock, change, told } = kit(watched('api', { ignore: [{ kind: 'glob', text: 'tmp' }] }));
    change('tmp/a', 'node_modules/b.js', '.git/index');
    expect(clock.armed).toBe(0);
    clock.advance(1000);
    expect(told).toEqual([]);
  });

  it('that cannot be dealt with now is told again, with what has changed since', () => {
    const { clock, change, told, busy } = kit(watched('api'));
    busy(true);
    change('a.js');
    clock.advance(500);
    change('b.js');
    busy(false);
    clock.advance(400);
    expect(told).toMatchObject([{ files: ['a.js', 'b.js'], firstAt: NOW }]);
  });

  it('is told at once without a delay', () => {
    const { clock, change, told } = kit(watched('api', { delayMs: 0 }));
    change('a.js');
    clock.advance(0);
    expect(told).toHaveLength(1);
  });
});

describe('watches', () => {
  it('are those of apps that watch and are wanted, and end with them', () => {
    const { open, become, change, clock, told } = kit(watched('a'), watched('b', { isOn: false }), watched('c', {}, false));
    expect(open.size).toBe(1);
    change('x.js');
    become(watched('a', {}, false));
    expect(open.size).toBe(0);
    clock.advance(1000);
    expect(told).toEqual([]);
  });

  it('stay as they are where nothing of theirs has changed, and begin anew where something has', () => {
    const { open, become } = kit(watched('a'));
    const [first] = open;
    become(watched('a'), watched('b'));
    expect(open).toContain(first);
    become(watched('a', { paths: ['src'] }));
    expect(open).not.toContain(first);
    expect(open.size).toBe(1);
  });

  it('begin anew where another folder has come into the place of theirs', () => {
    const { open, watches } = kit(watched('a'));
    const [first] = open;
    fs.renameSync(folder, `${folder}-old`);
    fs.mkdirSync(folder);
    watches.review();
    fs.rmSync(`${folder}-old`, { recursive: true });
    expect(open).not.toContain(first);
    expect(open.size).toBe(1);
  });

  it('say what is not there', () => {
    expect(kit(watched('a', { paths: ['nowhere', '.'] })).said).toEqual(['a misses nowhere']);
  });

  it.each([
    ['ENOSPC', 'sudo sysctl fs.inotify.max_user_watches=524288'],
    ['EMFILE', 'sudo sysctl fs.inotify.max_user_instances=1024'],
  ])('say once that the limit of the system is reached (%s), with what raises it', (code, command) => {
    const { fail, said, watches, become, change, clock, told } = kit(watched('a'));
    fail(code);
    fail(code);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(command);
    expect(watches.troubleOf('a')).not.toBeNull();
    change('a.js');
    clock.advance(200);
    expect(told).toHaveLength(1);
    become(watched('a', { paths: ['.'] }));
    expect(watches.troubleOf('a')).toBeNull();
  });

  it('are none after the end', () => {
    const { watches, open, clock, change } = kit(watched('a'));
    change('x');
    watches.stop();
    expect([open.size, clock.armed]).toEqual([0, 0]);
  });
});
