// Files of the manager that cannot be written: apps start, run and stop all the same, and it is said.
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

const at = (name: string): string => path.join(site.home, name);
const app = (more: object = {}): string => site.ecosystem({ name: 'app', script: fixture('idle.cjs'), ...more });
const texts = (): string[] => site.events().map(({ text }) => text);

/** The home as an earlier run left it, with the manager gone. */
function makeHome(): void {
  for (const folder of [site.home, at('hosts'), at('logs')]) fs.mkdirSync(folder, { mode: 0o700 });
}

it('a daemon.log on a full disk stops nothing', async () => {
  makeHome();
  // Every write to it says ENOSPC (full(4)).
  fs.symlinkSync('/dev/full', at('daemon.log'));
  expect(await site.run('start', app())).toMatchObject({ code: 0 });
  expect((await site.logs('app')).some(({ text }) => text === 'online')).toBe(true);
  expect(await site.run('restart', 'app')).toMatchObject({ code: 0 });
  expect(await site.run('stop', 'app')).toMatchObject({ code: 0 });
});

it('a daemon.log that was full has the missing lines when there is room again', async () => {
  makeHome();
  fs.symlinkSync('/dev/full', at('daemon.log'));
  expect(await site.run('start', app())).toMatchObject({ code: 0 });
  fs.rmSync(at('daemon.log'));
  expect(await site.run('stop', 'app')).toMatchObject({ code: 0 });
  await waitFor('all of it', () => texts().includes('stopped'));
  expect(texts().filter((text) => text === 'online')).toHaveLength(1);
});

it('a daemon.log that is a folder keeps the daemon from starting, and the CLI says why', async () => {
  makeHome();
  fs.mkdirSync(at('daemon.log'));
  const result = await site.run('ls');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('daemon.log');
  fs.rmdirSync(at('daemon.log'));
  expect(await site.run('ls')).toMatchObject({ code: 0 });
});

it('a logs folder that cannot be made does not keep an app from running: it is said, and ends when there is one', async () => {
  expect(await site.run('ping')).toMatchObject({ code: 0 });
  fs.rmSync(at('logs'), { recursive: true });
  fs.writeFileSync(at('logs'), 'in the way');
  expect(await site.run('start', app())).toMatchObject({ code: 0 });
  await waitFor('it to be said', () => texts().some((text) => text.includes('app-out.log')));
  fs.rmSync(at('logs'));
  await waitFor('the lines', () => fs.readFileSync(at('logs/app-out.log'), 'utf8') === 'up\n');
});

it('a logs folder that cannot be made when the daemon starts is no reason not to start', async () => {
  makeHome();
  fs.rmdirSync(at('logs'));
  fs.writeFileSync(at('logs'), 'in the way');
  const result = await site.run('start', app());
  expect(result, result.stderr).toMatchObject({ code: 0 });
  expect(await site.run('stop', 'app')).toMatchObject({ code: 0 });
});

it('a host record that cannot be written stops nothing, and is written as soon as it can be', async () => {
  makeHome();
  fs.mkdirSync(at('hosts/shared.json'));
  expect(await site.run('start', app())).toMatchObject({ code: 0 });
  const { pid } = (await site.instances('app'))[0]!;
  expect(texts().join('\n')).not.toContain('died');
  fs.rmdirSync(at('hosts/shared.json'));
  await waitFor('the record', () => fs.readFileSync(at('hosts/shared.json'), 'utf8').includes(String(pid)));
});

it('a state.json that cannot be written is said with every command, keeps none from its work, and is written again later', async () => {
  expect(await site.run('start', app())).toMatchObject({ code: 0 });
  fs.rmSync(at('state.json'));
  fs.mkdirSync(at('state.json'));
  const stopped = await site.run('stop', 'app');
  expect(stopped.code).toBe(0);
  expect(stopped.stderr).toContain('known only until the daemon ends');
  expect(texts().some((text) => text.includes('state.json'))).toBe(true);
  fs.rmdirSync(at('state.json'));
  expect(await site.run('start', 'app')).toMatchObject({ code: 0 });
  expect(JSON.parse(fs.readFileSync(at('state.json'), 'utf8'))).toMatchObject({ apps: [{ spec: { name: 'app' } }] });
});

it('a home that was removed under a running manager leaves no daemon that comes back for ever', async () => {
  expect(await site.run('start', app())).toMatchObject({ code: 0 });
  const daemon = site.processes().find(({ command }) => command === 'holdfast: daemon')!.pid;
  const before = site.processes().map(({ pid }) => pid);
  fs.renameSync(site.home, `${site.home}.away`);
  process.kill(daemon, 'SIGKILL');
  await waitFor('its end', () => !isAlive(daemon));
  fs.renameSync(`${site.home}.away`, site.home);
  expect((await site.apps()).apps).toHaveLength(1);
  expect(before.filter(isAlive)).toHaveLength(before.length - 1);
});
