// The list of apps on disk: what survives, what is moved aside, which ids are given.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec } from '../../test/daemon-kit.ts';
import { homeAt } from '../model/home.ts';
import type { Home } from '../model/home.ts';
import { readDump } from './dump.ts';
import { STATE_VERSION, liftState } from './patches.ts';
import { createApp } from './releases.ts';
import { createSaver } from './saver.ts';
import { openStore, previousBootFile } from './store.ts';
import type { Store, StoredApp } from './store.ts';

let home: Home;
let troubles: string[];
beforeEach(() => {
  home = homeAt(fs.mkdtempSync(path.join(os.tmpdir(), 'hfs-')));
  troubles = [];
});
afterEach(async () => {
  // A store saves without being asked to; it must not do so into the next test.
  await Promise.allSettled(opened.splice(0).map((store) => store.saved()));
  fs.rmSync(home.root, { recursive: true, force: true });
});

const opened: Store[] = [];
function open(bootId = 'boot'): Store {
  const note = ({ reason }: { readonly reason: string }): void => void troubles.push(reason);
  const store = openStore({ home, bootId, now: 1000, on: { movedAside: note, notSaved: note, changed: () => undefined } });
  opened.push(store);
  return store;
}
const app = (name: string, ...ids: number[]): StoredApp =>
  createApp({
    spec: appSpec(name, { instances: ids.length }),
    slots: ids.map((id, slot) => ({ slot, id, goal: 'up' })),
    paths: { cwd: '/srv', script: '/srv/app.js' },
    now: 5,
  });

describe('the list', () => {
  it('is the same after it was saved and read again', async () => {
    const store = open();
    store.put(app('web', ...store.takeIds(2)));
    store.put({ ...app('job', ...store.takeIds(1)), orphans: [{ slot: 0, id: 2, process: { pid: 9, startTime: '123' } }] });
    store.setGoals('web', [1], 'down');
    await store.saved();
    const again = open();
    expect(again.apps()).toEqual(store.apps());
    expect(again.memory).toBe('complete');
    expect(again.takeIds(1)).toEqual([3]);
  });

  it('is saved without being asked to', async () => {
    open().put(app('web', 0));
    await expect.poll(() => fs.existsSync(home.state) && open().get('web')).not.toBe(false);
  });

  it('gives ids in order, never again, and from 0 when it is empty', () => {
    const store = open();
    store.put(app('a', ...store.takeIds(2)));
    store.put(app('b', ...store.takeIds(1)));
    store.remove('b');
    expect(store.takeIds(2)).toEqual([3, 4]);
    store.remove('a');
    expect(store.takeIds(1)).toEqual([0]);
  });

  it('never gives an id that an adopted app has', () => {
    const store = open();
    store.put(app('found', 7, 8));
    expect(store.takeIds(1)).toEqual([9]);
  });

  it('is lost, not complete, when there is no file', () => {
    expect(open().memory).toBe('lost');
    expect(troubles).toEqual([]);
  });

  it('starts empty after a reboot and keeps the old file', async () => {
    const store = open('old boot');
    store.put(app('web', 0));
    await store.saved();
    const text = fs.readFileSync(home.state, 'utf8');
    expect(open('new boot').apps()).toEqual([]);
    expect(fs.readFileSync(previousBootFile(home), 'utf8')).toBe(text);
    expect(fs.existsSync(home.state)).toBe(false);
  });

  it('says so when it cannot be written, and is written when it can be', async () => {
    const store = open();
    fs.mkdirSync(home.state);
    fs.writeFileSync(`${home.state}/in-the-way`, '');
    store.put(app('web', 0));
    await expect(store.saved()).rejects.toThrow(/Cannot write/);
    expect(troubles).toEqual([expect.stringMatching(/Cannot write/)]);
    fs.rmSync(home.state, { recursive: true });
    await store.saved();
    expect(open().get('web')).not.toBeNull();
  });
});

describe('a damaged file', () => {
  // Several thousand writes: minutes on a machine that is busy otherwise.
  it('is moved aside and reported when it was cut at any byte', { timeout: 180_000 }, async () => {
    const first = open();
    first.put(app('web', 0));
    await first.saved();
    const whole = fs.readFileSync(home.state);
    const shortestWhole = whole.toString().trimEnd().length;
    for (let length = 0; length < shortestWhole; length += 1) {
      troubles = [];
      fs.writeFileSync(home.state, whole.subarray(0, length));
      const store = open();
      expect([store.apps().length, store.memory, troubles.length]).toEqual([0, 'lost', 1]);
      const [aside] = fs.readdirSync(home.root).filter((name) => name.startsWith('state.json.unreadable'));
      expect(fs.readFileSync(path.join(home.root, aside!))).toEqual(whole.subarray(0, length));
      fs.rmSync(path.join(home.root, aside!));
    }
  });

  it('is moved aside with the place that is wrong', async () => {
    for (const [damage, reason] of [
      [{ version: STATE_VERSION + 1 }, new RegExp(`written by a newer Holdfast \\(version ${STATE_VERSION + 1}`)],
      [{ version: 'one' }, /version "one" is unknown/],
      [{ apps: [{ ...app('web', 0), slots: [{ slot: 0, id: -1, goal: 'up' }] }] }, /apps\.0\.slots\.0\.id/],
      [{ nextId: 'x' }, /nextId/],
    ] as const) {
      troubles = [];
      fs.writeFileSync(home.state, JSON.stringify({ version: STATE_VERSION, bootId: 'boot', nextId: 0, apps: [], ...damage }));
      expect(open().memory).toBe('lost');
      expect(troubles).toEqual([expect.stringMatching(reason)]);
    }
    expect(fs.readdirSync(home.root).filter((name) => name.includes('unreadable'))).toHaveLength(4);
  });
});

describe('a file of the first version', () => {
  /** As version 1 knew it. */
  function firstSpec(): Record<string, unknown> {
    const added = [
      'onListenTimeout',
      'rolloutTimeoutMs',
      'bakeTimeMs',
      'surge',
      'readiness',
      'liveness',
      'maxLoopBlockMs',
      'balance',
      'stopSignal',
      'echo',
      'dependsOn',
      'dependsTimeoutMs',
    ];
    const spec = Object.entries(appSpec('web', { cwd: '/srv/site' })).filter(([key]) => !added.includes(key));
    return Object.fromEntries(spec);
  }
  const first = (differs: object): object => ({
    spec: { ...firstSpec(), ...differs },
    slots: [{ slot: 0, id: 0, goal: 'up' }],
    orphans: [],
  });

  it('is lifted: what it has is release 1, and the old default of listen_timeout the new one', () => {
    const apps = [first({ listenTimeoutMs: 3000 }), first({ name: 'slow', listenTimeoutMs: 9000 })];
    fs.writeFileSync(home.state, JSON.stringify({ version: 1, bootId: 'boot', nextId: 1, apps }));
    const store = open();
    expect(troubles).toEqual([]);
    expect(store.get('web')).toMatchObject({
      spec: { ...appSpec('web', { cwd: '/srv/site' }), listenTimeoutMs: null },
      release: { number: 1, createdAt: 1000, healthy: false, cwd: '/srv/site', script: appSpec('web').script },
      earlier: [],
      lastRelease: 1,
      rolloutAt: null,
    });
    expect(store.get('slow')!.spec.listenTimeoutMs).toBe(9000);
  });

  it('of the second, too: every spec of it is balanced in turn, those of earlier releases as well', () => {
    const { balance: _, ...spec } = appSpec('web');
    const second = { spec, slots: [], earlier: [{ number: 1, spec }, 7] };
    const lifted = { ...spec, balance: 'round-robin' };
    expect(liftState({ version: 2, apps: [second, 7] }, 0)).toMatchObject({
      state: { apps: [{ spec: lifted, earlier: [{ number: 1, spec: lifted }, 7] }, 7] },
    });
    expect(liftState({ version: 2, apps: 'none' }, 0)).toMatchObject({ state: { apps: 'none' } });
  });

  it('of the fifth, too: nothing depends on anything, and nothing waits', () => {
    const { dependsOn: _, dependsTimeoutMs: __, ...spec } = appSpec('web');
    const fifth = { spec, slots: [], earlier: [{ number: 1, spec }] };
    const lifted = { ...spec, dependsOn: [], dependsTimeoutMs: 600_000 };
    expect(liftState({ version: 5, apps: [fifth] }, 0)).toMatchObject({
      state: { apps: [{ spec: lifted, waiting: null, earlier: [{ number: 1, spec: lifted }] }] },
    });
  });

  it('of the ninth, too: every app is stopped by SIGINT', () => {
    const { stopSignal: _, ...spec } = appSpec('web');
    const ninth = { spec, slots: [], earlier: [{ number: 1, spec }] };
    const lifted = { ...spec, stopSignal: 'SIGINT' };
    expect(liftState({ version: 9, apps: [ninth] }, 0)).toMatchObject({
      state: { apps: [{ spec: lifted, earlier: [{ number: 1, spec: lifted }] }] },
    });
  });

  it('of the tenth, too: nothing is repeated of it', () => {
    const { echo: _, ...spec } = appSpec('web');
    const tenth = { spec, slots: [], earlier: [{ number: 1, spec }] };
    const lifted = { ...spec, echo: {} };
    expect(liftState({ version: 10, apps: [tenth] }, 0)).toMatchObject({
      state: { apps: [{ spec: lifted, earlier: [{ number: 1, spec: lifted }] }] },
    });
  });

  it('is still moved aside where it is damaged', () => {
    for (const apps of ['none', [7], [{ slots: [] }]]) {
      troubles = [];
      fs.writeFileSync(home.state, JSON.stringify({ version: 1, bootId: 'boot', nextId: 1, apps }));
      expect([open().memory, troubles.length]).toEqual(['lost', 1]);
    }
  });

  it('is read the same way where it is a dump', () => {
    fs.writeFileSync(home.dump, JSON.stringify({ version: 1, apps: [first({ listenTimeoutMs: 3000 })] }));
    expect(readDump(home)).toEqual([
      { spec: { ...appSpec('web', { cwd: '/srv/site' }), listenTimeoutMs: null }, slots: [{ slot: 0, goal: 'up' }] },
    ]);
  });
});

describe('patches', () => {
  const patches = [(state: object) => ({ ...state, first: true }), (state: object) => ({ ...state, second: true })];

  it('lift an older file version by version, each once, in order', () => {
    expect(liftState({ version: 1 }, 0, patches)).toEqual({ kind: 'state', state: { version: 3, first: true, second: true } });
    expect(liftState({ version: 2 }, 0, patches)).toEqual({ kind: 'state', state: { version: 3, second: true } });
    expect(liftState({ version: 3 }, 0, patches)).toEqual({ kind: 'state', state: { version: 3 } });
  });

  it('refuse what they do not know', () => {
    for (const value of [{ version: 4 }, { version: 0 }, { version: 1.5 }, {}, [], null, 'text', 7])
      expect(liftState(value, 0, patches).kind).toBe('problem');
  });
});

describe('saving', () => {
  it('writes once for many changes, and again for those that came meanwhile', async () => {
    let content = 0;
    const written: number[] = [];
    const saver = createSaver(
      async () => {
        const now = content;
        await Promise.resolve();
        written.push(now);
      },
      () => {},
    );
    for (content = 1; content < 5; content += 1) saver.changed();
    await saver.saved();
    expect(written).toEqual([5]);
    content = 6;
    saver.changed();
    const first = saver.saved();
    content = 7;
    saver.changed();
    await Promise.all([first, saver.saved()]);
    expect(written.at(-1)).toBe(7);
  });

  it('never writes twice at the same time', async () => {
    let writers = 0;
    const saver = createSaver(
      async () => {
        expect((writers += 1)).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        writers -= 1;
      },
      () => {},
    );
    for (let round = 0; round < 20; round += 1) {
      saver.changed();
      if (round % 3 === 0) await Promise.resolve();
    }
    await saver.saved();
  });
});
