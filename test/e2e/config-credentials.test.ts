// An app that runs as another user: uid, gid, groups, folder of its own, and nothing of root left in it. Needs root, as the product does for this.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const NOBODY = 65_534;

/** What the kernel says: real, effective, saved and file-system ids, and the supplementary groups (proc(5)). */
function identityOf(pid: number): Readonly<Record<string, string>> {
  const rows = fs.readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  const row = (name: string): string =>
    rows
      .find((line) => line.startsWith(`${name}:`))!
      .slice(name.length + 1)
      .trim();
  return { uid: row('Uid').replaceAll('\t', ' '), gid: row('Gid').replaceAll('\t', ' '), groups: row('Groups') };
}

const AS_NOBODY = { uid: `${NOBODY} ${NOBODY} ${NOBODY} ${NOBODY}`, gid: `${NOBODY} ${NOBODY} ${NOBODY} ${NOBODY}`, groups: '' };

describe.runIf(process.getuid!() === 0)('an app with uid', () => {
  let site: Site;
  beforeAll(() => {
    site = createSite();
    // The folders of a test are private to root.
    fs.chmodSync(path.dirname(site.folder), 0o755);
    fs.chmodSync(site.folder, 0o777);
  });
  afterEach(() => site.run('delete', 'all'));
  afterAll(() => site.dispose());

  it('stands in the table with its name, or its number where nobody knows that', async () => {
    site.write('idle.cjs', fs.readFileSync(fixture('idle.cjs'), 'utf8'));
    const idle = (name: string, user: object): object => ({ name, script: './idle.cjs', ...user });
    const config = site.ecosystem(idle('known', { uid: 'nobody' }), idle('unknown', { uid: 123_456, gid: 123_456 }), idle('own', {}));
    expect(await site.run('start', config)).toMatchObject({ code: 0 });
    const { stdout } = await site.run('ls');
    const userOf = (name: string): string => new RegExp(`│ ${name} .*│ (\\S+) +│ disabled │`).exec(stdout)![1]!;
    expect(['known', 'unknown', 'own'].map(userOf)).toEqual(['nobody', '123456', 'root']);
  });

  it.each(['fork', 'cluster'])('runs as that user and no group of root in %s mode, also after a crash and a reload', async (mode) => {
    const port = await freePort();
    site.write('server.cjs', fs.readFileSync(fixture('http-server.cjs'), 'utf8'));
    const app = { name: `web-${mode}`, script: './server.cjs', exec_mode: mode, uid: 'nobody', env: { PORT: port } };
    expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0, stderr: '' });
    const pidOf = async (): Promise<number> => (await site.instances(app.name))[0]!.pid!;
    const first = await pidOf();
    expect(identityOf(first)).toEqual(AS_NOBODY);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);

    process.kill(first, 'SIGKILL');
    const second = await waitFor('the restart', async () => {
      const [instance] = await site.instances(app.name);
      return instance!.status === 'online' && instance!.pid !== first && instance!.pid;
    });
    expect(identityOf(second)).toEqual(AS_NOBODY);
    expect(await site.run('reload', app.name)).toMatchObject({ code: 0 });
    expect(identityOf(await pidOf())).toEqual(AS_NOBODY);
  });

  it('has the variables of that user, and its probes run as that user too', async () => {
    const script = site.write('who.cjs', 'console.log(JSON.stringify(process.env)); setInterval(() => {}, 1e9);');
    const probe = `id -u > ${site.folder}/probe-uid`;
    const app = { name: 'who', script, user: 'nobody', gid: 0, health: { readiness: { exec: probe } } };
    expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
    const env = JSON.parse(
      (await waitFor('its line', async () => (await site.logs('who')).find(({ stream }) => stream === 'out'))).text,
    ) as Record<string, string>;
    expect(env).toMatchObject({ USER: 'nobody', LOGNAME: 'nobody', HOME: '/nonexistent' });
    const [instance] = await site.instances('who');
    expect(identityOf(instance!.pid!)).toMatchObject({ uid: AS_NOBODY.uid, gid: '0 0 0 0', groups: '' });
    expect(await waitFor('the probe', () => fs.readFileSync(`${site.folder}/probe-uid`, 'utf8').trim())).toBe(String(NOBODY));
  });

  it('that cannot be is refused, and nothing is started', async () => {
    const { code, stderr } = await site.run('start', site.ecosystem({ name: 'x', script: fixture('idle.cjs'), uid: 'no-such-user' }));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('uid is "no-such-user", and there is no such user.'),
    });
    expect((await site.apps()).apps).toEqual([]);
  });

  it('leaves a user who is not root without rights to give', () => {
    const home = fs.mkdtempSync(path.join(site.folder, 'home-'));
    fs.chownSync(home, NOBODY, NOBODY);
    site.write('eco.json', JSON.stringify({ name: 'x', script: './server.cjs', uid: 'root' }));
    const run = (): string => {
      try {
        return execFileSync(process.execPath, [path.resolve('dist/cli.cjs'), 'start', 'eco.json'], {
          cwd: site.folder,
          env: { PATH: process.env['PATH'], HOLDFAST_HOME: home },
          uid: NOBODY,
          gid: NOBODY,
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } catch (error) {
        return (error as { stderr: string }).stderr;
      }
    };
    expect(run()).toContain(`uid needs root, and this is user ${NOBODY}`);
  });
});
