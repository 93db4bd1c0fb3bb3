// The configuration the product exists for: started, crashed, recovered, protected and watched, under load.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLoad } from './kit/load.ts';
import type { LoadReport } from './kit/load.ts';
import { freePort } from './kit/ports.ts';
import { createSite, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const APP = 'track-backend';
const UNCAUGHT = "uncaught TypeError: Cannot read properties of undefined (reading 'name')";

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

/** The example as it stands, but for its port, which several tests cannot share, and what a test changes on purpose. */
async function start(changes: Record<string, unknown> = {}): Promise<void> {
  const folder = path.join(ROOT, 'examples/track-backend');
  fs.cpSync(folder, site.folder, { recursive: true });
  const config = site.write(
    'changed.config.js',
    `const { apps } = require('./ecosystem.config.js');
     module.exports = { apps: [{ ...apps[0], ...${JSON.stringify(changes)}, env: { ...apps[0].env, PORT: ${port} } }] };`,
  );
  const result = await site.run('start', config);
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

/** One request on a connection of its own; resolves to status and pid, rejects when it fails. */
function request(url = '/'): Promise<{ status: number; pid: number }> {
  return new Promise((resolve, reject) => {
    http
      .get({ port, host: '127.0.0.1', path: url, agent: false, timeout: 5000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode!, pid: (JSON.parse(body) as { pid: number }).pid }));
        response.on('error', reject);
      })
      .on('error', reject)
      .on('timeout', function (this: http.ClientRequest) {
        this.destroy(new Error('no answer within 5 s'));
      });
  });
}

const crashOne = (): Promise<string> =>
  request('/api/projects/55').then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
const pids = async (): Promise<number[]> => (await site.instances(APP)).flatMap(({ pid }) => (pid === null ? [] : [pid]));
const serving = async (count: number): Promise<true | null> =>
  (await site.instances(APP)).filter(({ inRotation }) => inRotation).length === count ? true : null;

/** Two loads at once, keep-alive and a connection per request, while `act` runs; each must have had `atLeast` answers. */
async function underLoad(act: () => Promise<void>, atLeast = 1000): Promise<readonly LoadReport[]> {
  const loads = [await startLoad({ port, keepAlive: true }), await startLoad({ port, keepAlive: false })];
  await act();
  await waitFor(`${atLeast} answers`, async () => (await Promise.all(loads.map((load) => load.report()))).every(({ ok }) => ok >= atLeast));
  return Promise.all(loads.map((load) => load.stop()));
}

describe('the example configuration', () => {
  it('runs as two instances behind one port, which take new connections in turn', async () => {
    await start();
    const seen: number[] = [];
    for (let count = 0; count < 40; count += 1) seen.push((await request()).pid);
    expect(new Set(seen)).toEqual(new Set(await pids()));
    // 39 where the machine has nothing else to do.
    expect(seen.slice(1).filter((pid, index) => pid !== seen[index]).length).toBeGreaterThan(30);
  });

  it('survives a crash: the other answers at once, the log tells the story, a new pid after 2 s, healthy after 10 s more', async () => {
    await start();
    const before = await pids();
    expect(await crashOne()).not.toBe('answered');
    const after = await Promise.all(Array.from({ length: 20 }, () => request()));
    expect(new Set(after.map(({ pid }) => pid)).size).toBe(1);
    const victim = before.find((pid) => pid !== after[0]!.pid)!;
    const slot = before.indexOf(victim);
    const story = await waitFor(
      'healthy',
      () => {
        const texts = site.events(APP).filter(({ subject }) => subject === `App [${APP}:${slot}]`);
        const from = texts.findIndex(({ text }) => text.startsWith('exited'));
        return from !== -1 && texts.length > from + 6 ? texts.slice(from) : null;
      },
      { timeoutMs: 20_000 },
    );
    const [fresh] = (await pids()).filter((pid) => !before.includes(pid));
    expect(story.map(({ text }) => text)).toEqual([
      `exited with code [1] (pid ${victim}; ${UNCAUGHT})`,
      'out of rotation: traffic to 1 of 2',
      'will restart in 2000ms (crash 1 of 10)',
      'starting: node dist/app.js',
      `started (pid ${fresh})`,
      'online: traffic to 2 of 2',
      'healthy (alive 10 s)',
    ]);
    expect(story[3]!.at - story[0]!.at).toBeGreaterThanOrEqual(1995);
    const shown = (await site.run('logs', APP, '--nostream', '--lines', '100')).stdout;
    for (const { text } of story)
      expect(shown).toMatch(
        new RegExp(`^\\d\\d:\\d\\d:\\d\\d App \\[${APP}:${slot}\\] ${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'm'),
      );
  });

  it('loses only the requests inside the crashing instance in five crashes under load, and none hangs', async () => {
    await start({ restart_delay: 100, min_uptime: 100 });
    const load = await startLoad({ port, keepAlive: false });
    for (let crash = 0; crash < 5; crash += 1) {
      await waitFor('both to serve', () => serving(2));
      await crashOne();
      await waitFor('a restart', async () => (await site.instances(APP)).reduce((sum, { restarts }) => sum + restarts, 0) > crash);
    }
    await waitFor('enough answers', async () => (await load.report()).ok > 1000);
    const report = await load.stop();
    // Eight connections at a time: at most eight requests can be inside an instance when it ends.
    expect(report.failed).toBeLessThanOrEqual(5 * 8);
    expect(Object.keys(report.errors).filter((error) => error !== 'ECONNRESET' && error !== 'socket hang up')).toEqual([]);
    expect(report.slowestMs).toBeLessThan(3000);
  });

  it('refuses no connection while its only instance crashes and waits 500 ms for its restart', async () => {
    await start({ instances: 1, restart_delay: 500 });
    const load = await startLoad({ port, keepAlive: false });
    await waitFor('traffic', async () => (await load.report()).ok > 200);
    await crashOne();
    await waitFor('the new run to serve', () => serving(1));
    const { ok } = await load.report();
    await waitFor('traffic again', async () => (await load.report()).ok > ok + 200);
    const report = await load.stop();
    expect(report.errors['ECONNREFUSED'] ?? 0).toBe(0);
    expect(report.failed).toBeLessThanOrEqual(8);
  });

  it('fails no request when the daemon is killed with -9: same pids, ls right within a second, restart counts kept', async () => {
    await start({ restart_delay: 0 });
    await crashOne();
    const before = await waitFor('the restart, and both to serve', async () => {
      const instances = await site.instances(APP);
      return instances.some(({ restarts }) => restarts === 1) && instances.every(({ inRotation }) => inRotation) && instances;
    });
    const { daemon } = await site.manager();
    let rightAfterMs = Infinity;
    const reports = await underLoad(async () => {
      process.kill(daemon.pid, 'SIGKILL');
      const killedAt = performance.now();
      await waitFor('ls to be right again', async () => {
        const now = await site.instances(APP);
        return (
          now.length === 2 &&
          now.every((one, index) => one.pid === before[index]!.pid && one.restarts === before[index]!.restarts && one.status === 'online')
        );
      });
      rightAfterMs = performance.now() - killedAt;
    });
    expect(reports.map(({ failed, errors }) => ({ failed, errors }))).toEqual([
      { failed: 0, errors: {} },
      { failed: 0, errors: {} },
    ]);
    expect((await site.manager()).daemon.pid).not.toBe(daemon.pid);
    expect(before.map(({ restarts }) => restarts).sort()).toEqual([0, 1]);
    expect(rightAfterMs).toBeLessThan(5000);
  });

  it('fails no request when its host is killed with -9: the instances go on accepting and bring their host back, and are replaced under it', async () => {
    await start();
    const before = await pids();
    const { hosts } = await site.manager();
    const host = hosts.find(({ apps }) => apps.includes(APP))!;
    const reports = await underLoad(async () => {
      process.kill(host.pid, 'SIGKILL');
      await waitFor('all to be replaced under the next host', async () => {
        const instances = await site.instances(APP);
        return instances.length === before.length && instances.every(({ status, pid }) => status === 'online' && !before.includes(pid!));
      });
    }, 2000);
    expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
    expect((await site.manager()).hosts.map(({ pid }) => pid)).not.toContain(host.pid);
    expect((await site.apps()).alerts).toEqual([]);
    expect((await request()).status).toBe(200);
  });

  it('replaces a leaking instance gracefully: no failed request, and it is said', { timeout: 90_000 }, async () => {
    await start({ max_memory_restart: '150M', min_uptime: 1000 });
    const before = await pids();
    const reports = await underLoad(async () => {
      const { pid } = await request('/leak?mb=120');
      const slot = before.indexOf(pid);
      await waitFor(
        'the replacement',
        () => site.events(APP).some(({ text, subject }) => subject.endsWith(`:${slot}]`) && text.startsWith('replaced: ')),
        { timeoutMs: 45_000 },
      );
      expect((await pids())[slot]).not.toBe(pid);
    });
    expect(reports.map(({ failed, errors }) => ({ failed, errors }))).toEqual([
      { failed: 0, errors: {} },
      { failed: 0, errors: {} },
    ]);
    expect(site.events(APP).some(({ text }) => /^memory \d\d\d MB over the limit 150 MB: replacing gracefully$/.test(text))).toBe(true);
  });
});
