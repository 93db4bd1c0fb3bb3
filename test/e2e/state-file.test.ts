// state.json: what happens when it is damaged, from another boot, or cannot be written.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const stateFile = (): string => path.join(site.home, 'state.json');
const listed = async (): Promise<string[]> =>
  (await site.apps()).apps.flatMap(({ instances }) =>
    instances.map(({ id, app, slot, status, pid, restarts }) => `${id} ${app}:${slot} ${status} ${pid} ${restarts}`),
  );
const appProcesses = (): number[] =>
  site
    .processes()
    .filter(({ command }) => command.endsWith('idle.cjs'))
    .map(({ pid }) => pid);
const daemon = (): number => site.processes().find(({ command }) => command === 'holdfast: daemon')!.pid;

async function startThree(): Promise<void> {
  const config = site.ecosystem(
    { name: 'web', script: fixture('idle.cjs'), instances: 2, listen_timeout: 50 },
    { name: 'job', script: fixture('idle.cjs') },
    { name: 'down', script: fixture('idle.cjs') },
  );
  expect(await site.run('start', config)).toMatchObject({ code: 0 });
  expect(await site.run('stop', 'down')).toMatchObject({ code: 0 });
}

/** SIGTERM, so that no host brings it back before the file is damaged. */
async function sendDaemonAway(): Promise<void> {
  const pid = daemon();
  process.kill(pid, 'SIGTERM');
  await waitFor('its end', () => !isAlive(pid));
}

describe('a state.json that cannot be read', () => {
  it('is moved aside and reported wherever it was cut; what runs is taken over, and nothing runs twice', { timeout: 120_000 }, async () => {
    await startThree();
    const before = await listed();
    const text = fs.readFileSync(stateFile(), 'utf8');
    // Every byte is tried beside the store (src/daemon/store.test.ts); here it is the whole product at some of them.
    const cuts = [
      0,
      1,
      2,
      Math.floor(text.length / 4),
      Math.floor(text.length / 2),
      text.lastIndexOf('"slots"'),
      text.lastIndexOf('"goal"') + 9,
      text.length - 3,
    ];
    for (const [round, cut] of cuts.entries()) {
      await sendDaemonAway();
      fs.writeFileSync(stateFile(), text.slice(0, cut));
      await waitFor('all to be in the list', async () => (await listed()).length === 4);
      expect(await listed()).toEqual(before);
      const aside = fs.readdirSync(site.home).filter((name) => name.startsWith('state.json.unreadable-'));
      expect(aside).toHaveLength(round + 1);
      expect(site.events().filter(({ text: said }) => said.includes('state.json') && said.includes('moved aside'))).toHaveLength(round + 1);
      await waitFor('a new one', () => JSON.parse(fs.readFileSync(stateFile(), 'utf8')).apps.length === 3);
    }
    expect(appProcesses()).toHaveLength(3);
    expect(await site.run('start', path.join(site.folder, 'ecosystem.config.json'))).toMatchObject({ code: 0 });
    expect(appProcesses()).toHaveLength(4);
    expect((await listed()).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '0 web:0 online',
      '1 web:1 online',
      '2 job:0 online',
      '3 down:0 online',
    ]);
  });

  it('is moved aside too when it is of a newer Holdfast, or a folder of that name is in the way', async () => {
    await startThree();
    const before = await listed();
    await sendDaemonAway();
    fs.writeFileSync(stateFile(), JSON.stringify({ version: 99, apps: [] }));
    await waitFor('all to be in the list', async () => (await listed()).length === 4);
    expect(site.events().some(({ text }) => text.includes('newer Holdfast (version 99'))).toBe(true);
    await sendDaemonAway();
    fs.rmSync(stateFile());
    fs.mkdirSync(stateFile());
    await waitFor('all to be in the list', async () => (await listed()).length === 4);
    expect(await listed()).toEqual(before);
    await waitFor('a new one', () => fs.statSync(stateFile()).isFile());
  });

  it('is not noticed by apps when it is simply gone', async () => {
    await startThree();
    const before = await listed();
    await sendDaemonAway();
    fs.rmSync(stateFile());
    await waitFor('all to be in the list', async () => (await listed()).length === 4);
    expect(await listed()).toEqual(before);
  });
});

it('state.json can be read at every moment, though the daemon is killed while it saves', { timeout: 120_000 }, async () => {
  await startThree();
  for (let round = 0; round < 10; round += 1) {
    const before = fs.readFileSync(stateFile(), 'utf8');
    const running = site.run(round % 2 === 0 ? 'stop' : 'start', 'job');
    await waitFor(
      'a save',
      () => fs.readFileSync(stateFile(), 'utf8') !== before || fs.readdirSync(site.home).some((name) => name.startsWith('state.json.')),
      { everyMs: 1 },
    );
    process.kill(daemon(), 'SIGKILL');
    expect(() => JSON.parse(fs.readFileSync(stateFile(), 'utf8')) as unknown).not.toThrow();
    await running;
    await waitFor('the next daemon', async () => (await listed()).length === 4);
    // What the kill cut off is not known to the CLI, and is repeated by who sees its error.
    expect(await site.run(round % 2 === 0 ? 'stop' : 'start', 'job')).toMatchObject({ code: 0 });
  }
  expect(appProcesses()).toHaveLength(3);
  await waitFor('no half-written file to be left', async () => {
    await site.run('ping');
    return fs.readdirSync(site.home).filter((name) => name.endsWith('.tmp')).length === 0;
  });
});

it('a stopped app stays stopped, and an errored one errored, over the death of daemon and host', async () => {
  const config = site.ecosystem(
    { name: 'down', script: fixture('idle.cjs') },
    { name: 'broken', script: fixture('idle.cjs'), max_restarts: 0 },
    { name: 'up', script: fixture('idle.cjs') },
  );
  await site.run('start', config);
  await site.run('stop', 'down');
  process.kill((await site.instances('broken'))[0]!.pid!, 'SIGKILL');
  await waitFor('it to be errored', async () => (await site.instances('broken'))[0]!.status === 'errored');
  for (const { pid } of site.processes()) process.kill(pid, 'SIGKILL');
  await waitFor('the one that was up to be back', async () => (await site.instances('up'))[0]?.status === 'online');
  expect(appProcesses()).toHaveLength(1);
  expect((await site.instances('down'))[0]!.status).toBe('stopped');
  expect(['errored', 'stopped']).toContain((await site.instances('broken'))[0]!.status);
});
