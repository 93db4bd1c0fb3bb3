// Instances of another user (uid) outlive whatever dies as all others do, although they may neither start a host of root's nor see the home. Needs root, as the product does for this.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doorFor } from '../../src/model/preload-protocol.ts';
import { userOf } from '../../src/platform/proc-stat.ts';
import { userDoors } from '../../src/platform/user-door.ts';
import { ask } from './kit/ask.ts';
import { hostsOf, killHard, managersOf } from './kit/managers.ts';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { chooseSixSockets } from './kit/six-sockets.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

/** `nobody`, wherever there is one. */
const NOBODY = 65_534;

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  // The app's user has to reach what it runs, and nothing else of the site.
  fs.chmodSync(path.dirname(site.folder), 0o755);
  port = await freePort();
});
afterEach(() => site.dispose());

const hosts = (): number[] => hostsOf(site, 'web');
const living = async (): Promise<number[]> => (await site.instances('web')).flatMap(({ pid }) => pid ?? []);
const door = (): string => doorFor(userDoors(site.home, 'web'), NOBODY);

async function start(source: string, settings: object = {}): Promise<void> {
  const script = site.write('app.js', fs.readFileSync(fixture(source), 'utf8'));
  const app = { name: 'web', script, instances: 2, uid: 'nobody', env: { PORT: String(port) }, ...settings };
  const result = await site.run('start', site.ecosystem(app));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

/** Resolves when the host is dead, to its pid. */
async function killHost(): Promise<number> {
  const [dead] = hosts();
  await killHard(dead!);
  return dead!;
}

/** Both instances are children of the one host that is there, which is none of these, and run as that user; no door is left. */
async function settled(...dead: number[]): Promise<number[]> {
  await waitFor(
    'every instance under the next host',
    async () => {
      const [host, ...others] = hosts();
      const instances = await site.instances('web');
      const isChild = (pid: number | null): boolean => pid !== null && kernelViewOf(pid)?.parent === host;
      return (
        host !== undefined &&
        !dead.includes(host) &&
        others.length === 0 &&
        instances.length === 2 &&
        instances.every(({ pid, status, inRotation }) => status === 'online' && inRotation === true && isChild(pid))
      );
    },
    { timeoutMs: 30_000 },
  );
  const pids = await living();
  await waitFor('that user’s rights', () => pids.every((pid) => userOf(pid) === NOBODY));
  await waitFor('the door to be gone', () => !fs.existsSync(door()));
  return pids;
}

describe.runIf(process.getuid!() === 0)('no request of an app with uid fails when kill -9 hits', () => {
  beforeEach(() => start('releases/good.cjs'));

  it('the host', async () => {
    const before = await living();
    await expectNoFailedRequest(port, async () => {
      await settled(await killHost());
    });
    expect(before.filter(isAlive)).toEqual([]);
    expect((await site.instances('web')).map(({ restarts }) => restarts)).toEqual([0, 0]);
    expect((await site.apps()).alerts).toEqual([]);
  });

  it('the daemon and the host at once: all is managed again with the next command', async () => {
    const before = await living();
    await expectNoFailedRequest(port, async () => {
      const dead = managersOf(site).map(({ pid }) => pid);
      await killHard(...dead);
      await waitFor('their end', () => managersOf(site).length === 0);
      expect(before.every(isAlive)).toBe(true);
      expect(await site.run('ls')).toMatchObject({ code: 0 });
      await settled(...dead);
    });
    expect(before.filter(isAlive)).toEqual([]);
  });

  it('the host, and within a second the one that follows it', async () => {
    const first = await killHost();
    await expectNoFailedRequest(port, async () => {
      const second = await waitFor('the next host', () => hosts().find((pid) => pid !== first), { everyMs: 5 });
      await killHard(second);
      await settled(first, second);
    });
  });

  it('the host that follows, when its first successor is on its way', async () => {
    const before = await living();
    const appProcesses = (): number[] => site.processes().flatMap(({ pid, command }) => (command.endsWith('app.js') ? [pid] : []));
    await expectNoFailedRequest(port, async () => {
      const first = await killHost();
      await waitFor('a successor', () => appProcesses().some((pid) => !before.includes(pid)), { everyMs: 5 });
      await settled(await killHost(), first);
    });
    await waitFor('only two to be left', () => appProcesses().length === 2);
  });
});

describe.runIf(process.getuid!() === 0)('an app with uid whose host was killed', () => {
  it('is moved by an update, too', async () => {
    await start('releases/good.cjs');
    const [before, [host]] = [await living(), hosts()];
    await expectNoFailedRequest(port, async () => {
      const { code, stdout, stderr } = await site.run('update', '--all');
      expect({ code, stdout }, stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(`moved: pid ${before[0]} -> `) as string });
      await settled(host!);
    });
  });

  it('has every socket again, of each kind', async () => {
    const six = await chooseSixSockets(site.folder);
    try {
      await start('balance/six-sockets.cjs', { env: six.env });
      const free = await six.free(site);
      const now = await settled(await killHost());
      for (const answer of await six.answers(free)) expect(now).toContain(Number(answer));
      await site.run('stop', 'web');
      expect(fs.existsSync(six.path)).toBe(false);
      await expect(ask({ port: six.ports.tls })).rejects.toThrow('ECONNREFUSED');
    } finally {
      six.dispose();
    }
  });

  it('may as well have given its rights away by itself', async () => {
    const script = site.write('drops.js', `require('./server.js').once('listening', () => process.setuid(${NOBODY}));`);
    site.write('server.js', `module.exports = require('node:http').createServer((_, response) => response.end()).listen(${port});`);
    expect(await site.run('start', site.ecosystem({ name: 'web', script, instances: 2 }))).toMatchObject({ code: 0 });
    await settled(await killHost());
    expect((await ask({ port })).status).toBe(200);
  });

  it('may share its host with an app of root’s, which brings it back', async () => {
    const other = await freePort();
    const script = site.write('app.js', fs.readFileSync(fixture('http-server.cjs'), 'utf8'));
    const common = { script, instances: 2, host: 'web' };
    const web = { ...common, name: 'web', uid: 'nobody', env: { PORT: String(port) } };
    const roots = { ...common, name: 'roots', env: { PORT: String(other) } };
    expect(await site.run('start', site.ecosystem(roots, web))).toMatchObject({ code: 0 });
    const before = [...(await living()), ...(await site.instances('roots')).map(({ pid }) => pid!)];
    await expectNoFailedRequest(port, async () => {
      await settled(await killHost());
      await waitFor('all to be replaced', () => !before.some(isAlive));
    });
    expect((await ask({ port: other })).status).toBe(200);
    expect((await site.instances('roots')).map(({ status }) => status)).toEqual(['online', 'online']);
  });

  it('serves on, and is restarted by somebody, where it cannot hand its sockets down', async () => {
    await start('http-server.cjs');
    const before = await living();
    // Somebody else listens there.
    fs.mkdirSync(path.dirname(door()), { recursive: true, mode: 0o711 });
    const other = net.createServer((socket) => socket.destroy()).listen(door());
    try {
      await killHost();
      await waitFor('it to be seen', async () => (await site.instances('web')).every(({ status }) => status === 'unsupervised'), {
        timeoutMs: 30_000,
      });
      expect((await ask({ port })).status).toBe(200);
      expect((await site.apps()).alerts.map(({ text }) => text)).toEqual([expect.stringContaining('holdfast restart web')]);
      expect(await site.run('restart', 'web')).toMatchObject({ code: 0 });
      expect(before.filter(isAlive)).toEqual([]);
      expect((await ask({ port })).status).toBe(200);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});
