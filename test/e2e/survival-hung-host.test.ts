// A host that hangs (here: SIGSTOP): every command ends within a bound and says what is wrong, and there is a way out.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { runOnTerminal } from './kit/terminal.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let host: number;
let app: number;
beforeEach(async () => {
  site = createSite();
  await site.run('start', site.ecosystem({ name: 'app', script: fixture('idle.cjs') }));
  host = (await site.manager()).hosts[0]!.pid;
  app = (await site.instances('app'))[0]!.pid!;
  await waitFor('the record', () => fs.readFileSync(path.join(site.home, 'hosts/shared.json'), 'utf8').includes(String(app)));
  process.kill(host, 'SIGSTOP');
});
afterEach(() => site.dispose());

const HANGS = (): string => `host shared (pid ${host}) does not answer`;
const daemonPid = (): number => site.processes().find(({ command }) => command === 'holdfast: daemon')!.pid;

/** The daemon is killed, and the next command brings another, which meets the host hanging. */
async function loseDaemon(): Promise<void> {
  const dead = daemonPid();
  process.kill(dead, 'SIGKILL');
  await waitFor('its end', () => !isAlive(dead));
}

describe.each(['with the daemon that knew it', 'with a daemon that meets it hanging'])('a host that hangs, %s', (which) => {
  beforeEach(async () => {
    if (which !== 'with the daemon that knew it') await loseDaemon();
  });

  it('lets ls end within seconds, which lists what runs and says what is wrong', async () => {
    const startedAt = performance.now();
    const list = (await runOnTerminal(site, {}, 'ls')).join('\n');
    // Two seconds of patience by itself; the rest is for a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(list).toContain(HANGS());
    expect(list).toContain(String(app));
  });

  it('lets commands fail within seconds, with the reason', async () => {
    const startedAt = performance.now();
    const result = await site.run('restart', 'app');
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/host shared.* did not answer within 5[02]00 ms/);
    expect(isAlive(app)).toBe(true);
  });

  it('is taken in again when it goes on', async () => {
    await site.run('ls');
    process.kill(host, 'SIGCONT');
    await waitFor(
      'ls to be quiet',
      async () => (await site.apps()).alerts.length === 0 && (await site.instances('app'))[0]!.status === 'online',
    );
    expect((await site.instances('app'))[0]!.pid).toBe(app);
    expect(await site.run('restart', 'app')).toMatchObject({ code: 0 });
    expect(isAlive(app)).toBe(false);
  });

  it('is replaced in the way that ls says', async () => {
    expect((await runOnTerminal(site, {}, 'ls')).join('\n')).toContain(`kill -9 ${host}`);
    process.kill(host, 'SIGKILL');
    await waitFor('its end', () => !isAlive(host));
    expect(await site.run('restart', 'app')).toMatchObject({ code: 0 });
    expect((await site.instances('app'))[0]).toMatchObject({ status: 'online' });
    expect(isAlive(app)).toBe(false);
    expect((await site.apps()).alerts).toEqual([]);
  });

  it('is ended by kill with all that it runs', async () => {
    expect(await site.run('kill')).toMatchObject({ code: 0 });
    expect(site.processes()).toEqual([]);
    expect(fs.readdirSync(path.join(site.home, 'hosts'))).toEqual([]);
  });
});
