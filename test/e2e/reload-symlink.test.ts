// Releases behind a `current` symlink: whatever becomes of a deploy, an instance comes back from the folder it was started from.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { BROKEN_RELEASES, READINESS } from './kit/broken-releases.ts';
import { createRelease, deploy, switchTo } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

async function start(settings: object): Promise<void> {
  const result = await site.run('start', site.ecosystem({ name: 'web', instances: 2, env: { PORT: String(port) }, ...settings }));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const pids = async (): Promise<number[]> => (await site.instances('web')).map(({ pid }) => pid!);
const folder = async (): Promise<string> => (JSON.parse((await ask({ port })).body) as { folder: string }).folder;

describe('a broken release behind a `current` symlink', () => {
  it('leaves every old instance with the release it came from, also when it crashes afterwards', { timeout: 120_000 }, async () => {
    createRelease(site, 'old', { fixture: 'releases/good.cjs' });
    switchTo(site, 'old');
    // Both together, so that one app can meet all kinds of broken releases.
    const settings = { ...READINESS, listen_timeout: 2000, bake_time: 5000, max_restarts: 2, min_uptime: 200, restart_window: 500 };
    await start({ script: 'current/app.js', ...settings });
    const old = path.join(site.folder, 'releases/old');
    for (const [index, { program, reason }] of BROKEN_RELEASES.entries()) {
      createRelease(site, `new-${index}`, program);
      const before = await pids();
      await expectNoFailedRequest(port, async () => {
        switchTo(site, `new-${index}`);
        const { code, failure } = await deploy(site, 'reload', 'web');
        expect(code).toBe(1);
        expect(failure).toMatchObject({ reason });
      });
      expect(await pids()).toEqual(before);
      const victim = before[index % 2]!;
      process.kill(victim, 'SIGKILL');
      await waitFor('its restart', async () => {
        const now = await site.instances('web');
        return now.every(({ status, pid, inRotation, healthy }) => status === 'online' && pid !== victim && inRotation && healthy);
      });
      expect([await folder(), await folder()]).toEqual([old, old]);
    }
  });

  it('is said to have vanished when the old folder is gone: the crashed instance comes back from what is there', async () => {
    createRelease(site, 'old', { fixture: 'releases/good.cjs' });
    createRelease(site, 'new', { fixture: 'releases/good.cjs' });
    switchTo(site, 'old');
    await start({ script: 'current/app.js', max_restarts: 5 });
    switchTo(site, 'new');
    fs.rmSync(path.join(site.folder, 'releases/old'), { recursive: true });
    const [victim] = await pids();
    process.kill(victim!, 'SIGKILL');
    await waitFor('the event', () => site.events('web').some(({ text }) => /releases\/old.* of its release is gone, using /.test(text)));
    await waitFor('its restart', async () =>
      (await site.instances('web')).every(({ status, pid }) => status === 'online' && pid !== victim),
    );
  });
});
