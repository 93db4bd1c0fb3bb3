// Watched files at the door: what is begun when they change, and what commands do to it. Real HTTP to a real daemon, real files, hosts that pretend.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import type { AppView } from '../src/model/view.ts';

let kit: DaemonKit;
let folder: string;
beforeEach(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-watched-')));
  fs.writeFileSync(path.join(folder, 'app.js'), '');
  kit = await createDaemonKit();
});
afterEach(async () => {
  await kit.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

const watch: AppSpec['watch'] = { isOn: true, paths: [], ignore: [], extensions: null, delayMs: 20, followsLinks: false, pollMs: null };
const spec = (differs: Partial<AppSpec> = {}): AppSpec =>
  appSpec('api', { mode: 'fork', cwd: folder, script: path.join(folder, 'app.js'), watch, ...differs });
const apply = (differs: Partial<AppSpec> = {}): Promise<unknown> =>
  kit.operate({ action: 'apply', specs: [spec(differs)], existing: 'restart' });
const view = async (): Promise<AppView> => (await kit.client.apps()).apps[0]!;
const asked = (type: string): number => kit.hosts.get('api')!.commands.filter((command) => command.type === type).length;
const write = (): void => fs.writeFileSync(path.join(folder, 'data.json'), String(Math.random()));
/** Again and again, with time enough for a change to be over: when the watch has begun cannot be seen from here. */
async function changeUntil(what: string, probe: () => boolean): Promise<void> {
  let writtenAt = -Infinity;
  await until(what, () => {
    if (performance.now() - writtenAt > 20 * watch.delayMs) {
      write();
      writtenAt = performance.now();
    }
    return probe();
  });
}

describe('changed files', () => {
  it('restart an app in fork mode, and are named', async () => {
    await apply();
    await changeUntil('it is restarted', () => asked('restart') > 0);
    expect(kit.log().some((line) => line.endsWith('App [api] changed: data.json, restarting'))).toBe(true);
    expect((await view()).watch).toBe('on');
  });

  it('reload an app in cluster mode', async () => {
    await apply({ mode: 'cluster' });
    await changeUntil('it is reloaded', () => asked('rollout') > 0);
    expect(asked('restart')).toBe(0);
  });

  it('count for the next daemon too', async () => {
    await apply();
    await kit.leave();
    await kit.start();
    await changeUntil('it is restarted', () => asked('restart') > 0);
    expect((await view()).watch).toBe('on');
  });

  it('that the app makes itself at each start stop to count, until it is restarted by hand', async () => {
    await apply();
    await changeUntil('the first change', () => asked('restart') > 0);
    kit.behave((instance) => {
      write();
      instance.online();
    });
    await kit.operate({ action: 'restart', targets: ['api'] });
    await until('it is seen', () => kit.log().some((line) => line.includes('restarts itself in a circle')));
    const alerts = (await kit.client.apps()).alerts.map(({ text }) => text);
    expect(alerts).toEqual([expect.stringMatching(/data\.json changed soon after its start\. Watch is paused; .* holdfast restart api$/)]);
    expect((await view()).watch).toBe('paused');
    await kit.leave();
    await kit.start();
    expect((await view()).watch).toBe('paused');
    await kit.operate({ action: 'restart', targets: ['api'] });
    expect((await kit.client.apps()).alerts).toEqual([]);
    expect((await view()).watch).toBe('on');
  });
});

it('a watch is switched off while the app is stopped, and comes back with it', async () => {
  await apply();
  await kit.operate({ action: 'stop', targets: ['api'] });
  expect((await view()).watch).toBe('off');
  await kit.operate({ action: 'restart', targets: ['api'] });
  expect((await view()).watch).toBe('on');
});

it('is switched by itself too, with no process touched', async () => {
  await apply({ watch: { ...watch, isOn: false } });
  const { pid } = (await view()).instances[0]!;
  for (const [to, is] of [
    ['on', 'on'],
    ['toggle', 'off'],
    ['toggle', 'on'],
    ['off', 'off'],
  ] as const) {
    expect(await kit.operate({ action: 'watch', targets: ['0'], to })).toMatchObject({ state: 'done' });
    expect((await view()).watch).toBe(is);
  }
  expect((await view()).instances[0]!.pid).toBe(pid);
});

it('is switched by commands: restart turns it round, stop turns it off for good', async () => {
  await apply({ watch: { ...watch, isOn: false } });
  await kit.operate({ action: 'restart', targets: ['api'], watch: 'toggle' });
  expect((await view()).watch).toBe('on');
  await kit.operate({ action: 'stop', targets: ['api'], watch: 'off' });
  await kit.operate({ action: 'restart', targets: ['api'] });
  expect((await view()).watch).toBe('off');
  expect((await view()).releases).toHaveLength(1);
});
