// save and resurrect: over kill, over a reboot, and when there is nothing to save or to bring back.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const listed = async (): Promise<string[]> =>
  (await site.apps()).apps.flatMap(({ instances }) => instances.map(({ id, app, slot, status }) => `${id} ${app}:${slot} ${status}`));
const ALL = ['0 web:0 online', '1 web:1 online', '2 job:0 online', '3 down:0 stopped'];

async function startThree(): Promise<void> {
  const config = site.ecosystem(
    { name: 'web', script: fixture('idle.cjs'), instances: 2, listen_timeout: 50, env: { COLOUR: 'green' } },
    { name: 'job', script: fixture('idle.cjs') },
    { name: 'down', script: fixture('idle.cjs') },
  );
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
  expect(await site.run('stop', 'down')).toMatchObject({ code: 0 });
}

/** All processes die at once, and what they left says that it is from another boot. */
async function reboot(): Promise<void> {
  const pids = site.processes().map(({ pid }) => pid);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor('the end of all', () => !pids.some(isAlive));
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const files = ['state.json', 'daemon.lock', ...fs.readdirSync(path.join(site.home, 'hosts')).map((name) => `hosts/${name}`)];
  // FIFOs and sockets say nothing of the boot.
  for (const file of files.filter((name) => !/\.(?:sock|pipes)$/.test(name)).map((name) => path.join(site.home, name))) {
    const text = fs.readFileSync(file, 'utf8');
    expect(text).toContain(boot);
    fs.writeFileSync(file, text.replaceAll(boot, '00000000-0000-0000-0000-000000000000'));
  }
}

it('brings back after kill what was saved: ids, stopped ones, environment', async () => {
  await startThree();
  expect(await site.run('save')).toMatchObject({ code: 0 });
  expect((fs.statSync(path.join(site.home, 'dump.json')).mode & 0o777).toString(8)).toBe('600');
  expect(await site.run('kill')).toMatchObject({ code: 0 });
  expect(await listed()).toEqual([]);
  expect(await site.run('resurrect')).toMatchObject({ code: 0 });
  expect(await listed()).toEqual(ALL);
  const [web] = await site.instances('web');
  expect(fs.readFileSync(`/proc/${web!.pid}/environ`, 'latin1').split('\0')).toContain('COLOUR=green');
});

it('starts nothing by itself after a reboot; resurrect brings the saved list back, with ids from 0', async () => {
  await startThree();
  expect(await site.run('save')).toMatchObject({ code: 0 });
  await reboot();
  expect(await listed()).toEqual([]);
  expect(site.processes().map(({ command }) => command)).toEqual(['holdfast: daemon']);
  expect(fs.existsSync(path.join(site.home, 'state.previous-boot.json'))).toBe(true);
  expect(await site.run('resurrect')).toMatchObject({ code: 0 });
  expect(await listed()).toEqual(ALL);
});

it('says so where nothing was saved before the reboot', async () => {
  await startThree();
  await reboot();
  const result = await site.run('resurrect');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('dump.json');
  expect(await listed()).toEqual([]);
});

it('takes the saved list, not the last one: what came after save is not brought back', async () => {
  await startThree();
  await site.run('save');
  await site.run('delete', 'job');
  await site.run('start', fixture('idle.cjs'), '--name', 'later');
  await reboot();
  await site.run('resurrect');
  expect(await listed()).toEqual(ALL);
});

it('leaves alone what is in the list: nothing is there twice', async () => {
  await startThree();
  await site.run('save');
  const before = (await site.instances('web')).map(({ pid }) => pid);
  await site.run('delete', 'job');
  const result = await site.run('resurrect');
  expect(result.code).toBe(0);
  expect((await site.instances('web')).map(({ pid }) => pid)).toEqual(before);
  expect((await listed()).map((line) => line.split(' ').slice(1).join(' ')).sort()).toEqual([
    'down:0 stopped',
    'job:0 online',
    'web:0 online',
    'web:1 online',
  ]);
  expect(site.processes().filter(({ command }) => command.endsWith('idle.cjs'))).toHaveLength(3);
});

it('refuses to save an empty list over a full one, and does it when forced', async () => {
  await startThree();
  await site.run('save');
  await site.run('delete', 'all');
  const dump = path.join(site.home, 'dump.json');
  const before = fs.readFileSync(dump, 'utf8');
  expect((await site.run('save')).code).toBe(1);
  expect(fs.readFileSync(dump, 'utf8')).toBe(before);
  expect(await site.run('save', '--force')).toMatchObject({ code: 0 });
  expect(await site.run('resurrect')).toMatchObject({ code: 0 });
  expect(await listed()).toEqual([]);
});

it('moves a dump that cannot be read aside, says where to, and starts nothing', async () => {
  await startThree();
  await site.run('save');
  await site.run('kill');
  const dump = path.join(site.home, 'dump.json');
  fs.truncateSync(dump, 100);
  const result = await site.run('resurrect');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('dump.json.unreadable-');
  expect(fs.readdirSync(site.home).filter((name) => name.startsWith('dump.json.unreadable-'))).toHaveLength(1);
  expect(await listed()).toEqual([]);
});
