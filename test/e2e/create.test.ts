// The example apps of `create`, each started as it says.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { run } from './kit/run.ts';
import { CLI, createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => {
  site = createSite();
  // The folder is in a package of ES modules, as it may be with anybody.
  site.write('package.json', '{ "type": "module" }');
});
afterEach(() => site.dispose());

/** Writes the example and starts it; `change` is for what cannot be so in a test. */
async function start(word: string, change: (config: string) => string = (config) => config): Promise<void> {
  const created = await site.run('create', word, 'mine');
  expect(created, created.stderr).toMatchObject({ code: 0 });
  const cwd = path.join(site.folder, 'mine');
  const file = path.join(cwd, 'ecosystem.config.js');
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  const started = await run(process.execPath, [CLI, 'start'], { cwd, env: site.env });
  expect(started, started.stderr).toMatchObject({ code: 0, stderr: '' });
}

const printed = async (text: string): Promise<boolean> => (await site.logs('mine')).some((entry) => entry.text.includes(text));

it('web: two processes answer on its port', async () => {
  const port = await freePort();
  await start('web', (config) => config.replace('3000', String(port)));
  expect(await site.instances('mine')).toMatchObject([
    { status: 'online', mode: 'cluster' },
    { status: 'online', mode: 'cluster' },
  ]);
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toMatch(/^Hello from process \d+\n$/);
});

it('worker: it is ready, works, and finishes when it is stopped', async () => {
  await start('worker');
  expect(await site.instances('mine')).toMatchObject([{ status: 'online', mode: 'fork' }]);
  await waitFor('it works', () => printed('did a piece of work'));
  expect(await site.run('stop', 'mine')).toMatchObject({ code: 0 });
  expect(await printed('left nothing half done')).toBe(true);
});

it('cron: it runs by the clock', async () => {
  await start('cron');
  await waitFor('it has run', () => printed('ran at'));
  expect((await site.apps()).apps[0]!.nextRunAt).toBeGreaterThan(Date.now());
});
