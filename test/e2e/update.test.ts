// `update`: a build with another version number takes everything over, and the first one takes it back. Under load not one request fails.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { daemonsOf, expectNothingLeft } from './kit/managers.ts';
import { freePort } from './kit/ports.ts';
import { isAlive, kernelViewOf } from './kit/processes.ts';
import { run } from './kit/run.ts';
import type { RunResult } from './kit/run.ts';
import { CLI, createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

const OTHER = '99.0.0';
let other: string;
let site: Site;

beforeAll(async () => {
  // Beside node_modules, where its packages are found.
  const cache = path.join(ROOT, 'node_modules/.cache');
  fs.mkdirSync(cache, { recursive: true });
  other = fs.mkdtempSync(path.join(cache, 'holdfast-build-'));
  const { code, stderr } = await run(process.execPath, [path.join(ROOT, 'scripts/build.mjs'), '--out', other, '--release', OTHER]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => fs.rmSync(other, { recursive: true, force: true }));
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());
// Many times what they need on a machine that is at rest.
vi.setConfig({ testTimeout: 180_000 });

/** The command line of the other build. */
const runOther = (...args: string[]): Promise<RunResult> =>
  run(process.execPath, [path.join(other, 'cli.cjs'), ...args], { cwd: site.folder, env: site.env, timeoutMs: 60_000 });
const runFirst = (...args: string[]): Promise<RunResult> =>
  run(process.execPath, [CLI, ...args], { cwd: site.folder, env: site.env, timeoutMs: 60_000 });
const versions = async (): Promise<string[]> => {
  const { daemon, hosts } = await site.manager();
  return [daemon.version, ...hosts.map(({ version }) => version)];
};
const pids = async (app: string): Promise<(number | null)[]> => (await site.instances(app)).map(({ pid }) => pid);
const managers = (): string[] =>
  site
    .processes()
    .flatMap(({ command }) => (command.startsWith('holdfast: ') ? [command] : []))
    .sort();

async function expectChildrenOf(host: string, app: string): Promise<void> {
  const { hosts } = await site.manager();
  const parents = (await pids(app)).map((pid) => kernelViewOf(pid!)?.parent);
  expect(new Set(parents)).toEqual(new Set([hosts.find(({ name }) => name === host)!.pid]));
}

describe('update', () => {
  it('moves a cluster app to another version and back: no request fails, ids and counts are kept', async () => {
    const port = await freePort();
    await site.run(
      'start',
      site.ecosystem({ name: 'web', script: fixture('releases/good.cjs'), instances: 2, env: { PORT: String(port) } }),
    );
    await site.run('restart', 'web');
    const first = await versions();
    const before = await pids('web');
    await expectNoFailedRequest(port, async () => {
      const there = await runOther('update');
      expect([there.code, there.stderr]).toEqual([0, '']);
      expect(there.stdout).toMatch(new RegExp(`daemon .+ has left, ${OTHER} \\(pid \\d+\\) has taken over`));
      expect(there.stdout.match(/web: 1 instance moved: pid \d+ -> \d+/g)).toHaveLength(2);
      expect(await versions()).toEqual([OTHER, OTHER]);
      await expectChildrenOf('web', 'web');
    });
    await expectNoFailedRequest(port, async () => {
      const back = await runFirst('update');
      expect([back.code, back.stderr]).toEqual([0, '']);
    });
    expect(await versions()).toEqual(first);
    await expectChildrenOf('web', 'web');
    const instances = await site.instances('web');
    expect(instances.map(({ id, slot, status, restarts }) => ({ id, slot, status, restarts }))).toEqual([
      { id: 0, slot: 0, status: 'online', restarts: 1 },
      { id: 1, slot: 1, status: 'online', restarts: 1 },
    ]);
    expect(instances.filter(({ pid }) => before.includes(pid))).toEqual([]);
    expect(managers()).toEqual(['holdfast: daemon', 'holdfast: host web']);
    await expectNothingLeft(
      site,
      'web',
      instances.flatMap(({ pid }) => [`${pid}.err`, `${pid}.out`]),
    );
    expect((await site.apps()).alerts).toEqual([]);
    expect(site.events('web').filter(({ text }) => /^host .*(died|dead)/.test(text))).toEqual([]);
  });

  it('moves fork apps with the processes they have, and no line of their output is lost', async () => {
    const port = await freePort();
    const script = site.write(
      'count.cjs',
      "let n = 0;\nsetInterval(() => console.log('line ' + n++), 1);\nrequire('node:http').createServer((q, s) => s.end(String(process.pid))).listen(process.env.PORT);\n",
    );
    await site.run('start', site.ecosystem({ name: 'count', script, env: { PORT: String(port) } }));
    const before = await pids('count');
    await expectNoFailedRequest(port, async () => {
      const there = await runOther('update');
      expect([there.code, there.stderr]).toEqual([0, '']);
      expect(there.stdout).toContain(`count: 1 instance moved: pid ${before[0]} as before`);
    });
    await expectNoFailedRequest(port, async () => {
      expect((await runFirst('update')).code).toBe(0);
    });
    expect(await pids('count')).toEqual(before);
    await expectNothingLeft(
      site,
      'shared',
      ['err', 'in', 'out'].map((end) => `${before[0]}.${end}`),
    );
    await site.run('stop', 'count');
    const [{ outPath } = { outPath: null }] = await site.instances('count');
    const numbers = fs.readFileSync(outPath!, 'utf8').trimEnd().split('\n');
    expect(numbers).toEqual(numbers.map((_, index) => `line ${index}`));
    expect(managers()).toEqual(['holdfast: daemon', 'holdfast: host shared']);
  });

  it('says that there is nothing to do where all runs this version, and replaces it all the same with --all', async () => {
    await site.run('start', site.ecosystem({ name: 'idle', script: fixture('idle.cjs') }));
    const { daemon, hosts } = await site.manager();
    const same = await site.run('update');
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining(`already (pid ${daemon.pid})`)]);
    expect((await site.manager()).hosts).toEqual(hosts);
    expect((await site.run('update', '--all')).code).toBe(0);
    const next = await site.manager();
    expect([next.daemon.pid === daemon.pid, next.hosts[0]!.pid === hosts[0]!.pid]).toEqual([false, false]);
  });

  it('proves that its host starts by one that touches nothing, though the old host is dead by then', async () => {
    const script = fixture('releases/good.cjs');
    await site.run('start', site.ecosystem({ name: 'web', script, instances: 2, env: { PORT: String(await freePort()) } }));
    const before = (await pids('web')) as number[];
    const dead = (await site.manager()).hosts[0]!.pid;
    // Nobody brings it back meanwhile.
    for (const pid of before) process.kill(pid, 'SIGSTOP');
    try {
      process.kill(dead, 'SIGKILL');
      await waitFor('its end', () => !isAlive(dead));
      const proof = await run(process.execPath, [path.join(ROOT, 'dist/host.cjs'), site.home, 'web', 'proof'], { env: site.env });
      expect([proof.code, proof.stderr]).toEqual([0, '']);
      expect(before.filter(isAlive)).toEqual(before);
    } finally {
      for (const pid of before) process.kill(pid, 'SIGCONT');
    }
    await waitFor('the next host', async () => (await site.manager()).hosts.some(({ pid }) => pid !== dead));
  });

  it('leaves an app where it is that is being rolled out by its host, and says why', async () => {
    const never = site.write(
      'never.cjs',
      "if (require('node:fs').existsSync('never')) setInterval(() => {}, 1000);\nelse require('node:http').createServer(() => {}).listen(0);\n",
    );
    await site.run('start', site.ecosystem({ name: 'web', script: never, instances: 1, exec_mode: 'cluster', max_memory_restart: '1G' }));
    site.write('never', '');
    const reload = site.follow('reload', 'web');
    await waitFor('the reload to be under way', async () => (await site.instances('web')).length === 2);
    // The new daemon takes up the wait for the reload; what comes later waits behind it.
    const update = run(process.execPath, [path.join(other, 'cli.cjs'), 'update', '--no-wait'], { cwd: site.folder, env: site.env });
    expect((await update).stdout).toContain('asked for, not waited for');
    expect((await versions())[1]).not.toBe(OTHER);
    await site.run('stop', 'web');
    await reload.stop();
  });
});

describe('builds of two versions', () => {
  it('work together: the other command line says that it met another daemon, and does what it is asked', async () => {
    await site.run('start', site.ecosystem({ name: 'idle', script: fixture('idle.cjs') }));
    const listed = await runOther('ls');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain('idle');
    expect(listed.stderr).toMatch(new RegExp(`the daemon runs version .+, this is ${OTHER}; holdfast update brings it up to date`));
    const restarted = await runOther('restart', 'idle', '--silent');
    expect([restarted.code, restarted.stderr]).toEqual([0, '']);
  });

  it('and the reverse: the older command line works with a newer daemon and a newer host, and a newer daemon with an older host', async () => {
    await site.run('start', site.ecosystem({ name: 'idle', script: fixture('idle.cjs') }));
    const [own] = await versions();
    process.kill((await site.manager()).daemon.pid, 'SIGTERM');
    await waitFor('the daemon to leave', () => daemonsOf(site).length === 0);
    // A newer command line brings a newer daemon, which adopts the older host.
    expect((await runOther('ls')).code).toBe(0);
    expect(await versions()).toEqual([OTHER, own]);
    expect((await runOther('restart', 'idle')).code).toBe(0);
    expect((await runOther('update')).code).toBe(0);
    expect(await versions()).toEqual([OTHER, OTHER]);
    const listed = await runFirst('ls');
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining('idle')]);
    expect(listed.stderr).toMatch(new RegExp(`the daemon runs version ${OTHER}, this is `));
    const before = await pids('idle');
    expect((await runFirst('restart', 'idle', '--silent')).code).toBe(0);
    expect(await pids('idle')).not.toEqual(before);
    expect((await site.instances('idle')).map(({ status }) => status)).toEqual(['online']);
  });
});
