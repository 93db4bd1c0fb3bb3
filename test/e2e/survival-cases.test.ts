// Deaths of a host in hard cases: what the next host gets, when there is none, and what is not taken for a death.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { chooseSixSockets } from './kit/six-sockets.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const hosts = (): number[] => site.processes().flatMap(({ pid, command }) => (command === 'holdfast: host web' ? [pid] : []));
const living = async (): Promise<number[]> => (await site.instances('web')).flatMap(({ pid }) => pid ?? []);

async function start(settings: object): Promise<void> {
  const result = await site.run('start', site.ecosystem({ name: 'web', instances: 2, ...settings }));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

async function killHost(): Promise<number> {
  const [dead] = hosts();
  process.kill(dead!, 'SIGKILL');
  await waitFor('its end', () => !isAlive(dead!));
  return dead!;
}

/** Resolves when every instance is a child of the one host that is there. */
async function settled(dead: number): Promise<void> {
  await waitFor(
    'every instance under the next host',
    async () => {
      const [host, ...others] = hosts();
      const instances = await site.instances('web');
      const isChild = (pid: number | null): boolean => pid !== null && kernelViewOf(pid)?.parent === host;
      return host !== dead && others.length === 0 && instances.every(({ pid, status }) => status === 'online' && isChild(pid));
    },
    { timeoutMs: 30_000 },
  );
}

describe('the next host', () => {
  it('has every socket of the app: a port that the kernel chose, one of IPv6 alone, a path, one with TLS, one of HTTP/2, and one for datagrams', async () => {
    const six = await chooseSixSockets(site.folder);
    try {
      await start({ script: fixture('balance/six-sockets.cjs'), env: six.env });
      const before = await living();
      const port = await six.free(site);
      await settled(await killHost());
      const now = await living();
      expect(now.filter((pid) => before.includes(pid))).toEqual([]);
      for (const answer of await six.answers(port)) expect(now).toContain(Number(answer));
      // It is still a socket of IPv6 alone.
      await expect(ask({ port: six.ports.v6 })).rejects.toThrow('ECONNREFUSED');
      await site.run('stop', 'web');
      for (const closed of [{ port }, { port: six.ports.v6, host: '::1' }, { port: six.ports.tls }, { port: six.ports.http2 }])
        await expect(ask(closed)).rejects.toThrow('ECONNREFUSED');
      expect(fs.existsSync(six.path)).toBe(false);
    } finally {
      six.dispose();
    }
  });

  it('is told the environment of the host before, and nothing of the app’s', async () => {
    const PORT = String(await freePort());
    await start({ script: fixture('http-server.cjs'), env: { PORT, ONLY_OF_THE_APP: 'yes' } });
    const variables = (): string[] => fs.readFileSync(`/proc/${hosts()[0]}/environ`, 'utf8').split('\0').filter(Boolean);
    const before = variables();
    await settled(await killHost());
    const more = variables().filter((variable) => !before.includes(variable) && variable !== 'PWD=/');
    expect(more.map((variable) => variable.split('=')[0])).toEqual(['HOLDFAST_SOCKETS']);
    const [pid] = await living();
    expect(fs.readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('HOLDFAST_SOCKETS');
  });

  it('is brought up by the daemon where no instance was ready, and what was on its way is started anew, once', async () => {
    const port = await freePort();
    const script = site.write(
      'slow.cjs',
      `console.log('booted'); setTimeout(() => require(${JSON.stringify(fixture('http-server.cjs'))}), 2000);`,
    );
    const started = site.run('start', site.ecosystem({ name: 'web', script, instances: 2, env: { PORT: String(port) } }));
    // Node itself ends where the host dies before its own first message.
    await waitFor('both to be on their way', async () => (await site.logs('web')).filter(({ text }) => text === 'booted').length === 2);
    const dead = await killHost();
    await started;
    await settled(dead);
    await waitFor('an answer', async () => (await ask({ port })).status === 200);
    await waitFor('only two', () => site.processes().filter(({ command }) => command.endsWith('slow.cjs')).length === 2);
  });

  it('counts no restart, and has no client cut off whose connection is kept', async () => {
    const port = await freePort();
    await start({ script: fixture('balance/net-echo.cjs'), env: { PORT: String(port) }, drain_timeout: 60_000 });
    const client = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => client.once('data', resolve));
    const dead = await killHost();
    await waitFor('the next host', () => hosts().some((pid) => pid !== dead));
    await waitFor('successors', async () => site.events('web').some(({ text }) => text.startsWith('draining')));
    const echo = new Promise<string>((resolve) => client.once('data', (chunk) => resolve(String(chunk))));
    client.write('still there');
    expect(await echo).toBe('still there');
    client.destroy();
    await settled(dead);
    expect((await site.instances('web')).map(({ restarts }) => restarts)).toEqual([0, 0]);
  });
});

describe('a host that several cluster apps share', () => {
  it(
    'comes back for all of them, by one instance of any, and what one has kept for another is let go when that is stopped',
    { timeout: 120_000 },
    async () => {
      const ports = { one: await freePort(), two: await freePort() };
      const app = (name: 'one' | 'two'): object => ({
        name,
        script: fixture('http-server.cjs'),
        host: 'web',
        exec_mode: 'cluster',
        env: { PORT: String(ports[name]) },
      });
      expect(await site.run('start', site.ecosystem(app('one'), app('two')))).toMatchObject({ code: 0 });
      for (const round of ['first', 'second']) {
        const dead = await killHost();
        await waitFor(
          `both under the next host, the ${round} time`,
          async () => {
            const [host] = hosts();
            const instances = [...(await site.instances('one')), ...(await site.instances('two'))];
            const isChild = (pid: number | null): boolean => pid !== null && kernelViewOf(pid)?.parent === host;
            return host !== undefined && host !== dead && instances.every(({ pid, status }) => status === 'online' && isChild(pid));
          },
          { timeoutMs: 30_000 },
        );
        for (const port of Object.values(ports)) expect((await ask({ port })).status).toBe(200);
      }
      expect(await site.run('stop', 'one')).toMatchObject({ code: 0 });
      await expect(ask({ port: ports.one })).rejects.toThrow('ECONNREFUSED');
      expect((await ask({ port: ports.two })).status).toBe(200);
    },
  );
});

describe('no death of a host', () => {
  it.each(['/process', '/worker'])('is an app’s own disconnect (%s): one host, however often it is done', async (deed) => {
    const port = await freePort();
    await start({ script: fixture('balance/disconnects.cjs'), instances: 1, exec_mode: 'cluster', env: { PORT: String(port) } });
    const before = hosts();
    for (const round of [1, 2, 3]) {
      await ask({ port, path: deed });
      await waitFor('it to be back', async () => {
        const [web] = await site.instances('web');
        return web?.restarts === round && web.status === 'online';
      });
    }
    expect(hosts()).toEqual(before);
    expect(site.events('web').filter(({ text }) => text.includes('took over'))).toEqual([]);
    const files = (): string => fs.readdirSync(path.join(site.home, 'hosts')).sort().join();
    await waitFor('no other file', () => files() === 'web.json,web.lock,web.pipes,web.sock' || Promise.reject(new Error(files())));
  });
});
