// Watched files with real processes: one restart for a burst, none for what never counts, circles, the next daemon, the foreground.
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { runOnTerminal } from './kit/terminal.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const IDLE = 'setInterval(() => {}, 1000);\n';
const changes = (app: string): string[] =>
  site
    .events(app)
    .map(({ text }) => text)
    .filter((text) => text.startsWith('changed: '));
const write = (name: string): string => site.write(name, `${Math.random()}`);
/** Again and again, with time enough for a change to be over: when the watch has begun cannot be seen from here. */
const changeUntil = (what: string, everyMs: number, probe: () => unknown): Promise<unknown> =>
  waitFor(
    what,
    () => {
      if (probe()) return true;
      write('src/probe.js');
      return false;
    },
    { everyMs },
  );

it('restarts an app once for a burst of changes, and says which files they were', async () => {
  // The delay is longer than any pause of this test in a burst.
  const script = site.write('app.cjs', IDLE);
  const log = path.join(site.folder, 'own.log');
  const app = { name: 'api', script, watch: true, watch_delay: '1s', ignore_watch: ['data'], out_file: log, merge_logs: true };
  expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
  await changeUntil('it is watched', 2500, () => changes('api').length > 0);
  await waitFor('it runs again', async () => (await site.instances('api'))[0]?.status === 'online');
  const before = changes('api').length;
  for (const name of ['node_modules/x.js', '.git/index', '.env', 'own.log', 'data/x.json']) write(name);
  for (let nth = 0; nth < 20; nth += 1) write(`src/${nth % 2}.js`);
  await waitFor('the burst', () =>
    changes('api')
      .slice(before)
      .some((text) => text.includes('src/0.js')),
  );
  // One that still comes from before may stand in front.
  const seen = changes('api')
    .slice(before)
    .filter((text) => !text.includes('probe.js'));
  // Two where the machine stood still in the middle of it.
  expect(seen.length).toBeLessThanOrEqual(2);
  for (const text of seen) expect(text).toMatch(/^changed: (src\/[01]\.js, )+restarting$/);
  expect((await site.run('ls')).stdout).toMatch(/watching │\n.*\n.*│ enabled +│/);
  process.kill((await site.manager()).daemon.pid, 'SIGKILL');
  const after = changes('api').length;
  await changeUntil('the next daemon watches', 2500, () => changes('api').length > after);
});

it('sees an app that restarts itself by what it writes, says which file it is, and stops it', async () => {
  const script = site.write('app.cjs', `require('node:fs').writeFileSync('data.json', String(Math.random()));\n${IDLE}`);
  expect(await site.run('start', script, '--name', 'loop', '--watch', '--watch-delay', '20ms')).toMatchObject({ code: 0 });
  // Its first launch may have written before anybody watched.
  await changeUntil('a first restart', 500, () => changes('loop').length > 0);
  await waitFor('it is seen', () => site.events('loop').find(({ text }) => /^restarts itself in a circle: .* data\.json/.test(text)));
  expect((await runOnTerminal(site, { columns: 200 }, 'ls', '--no-color')).join('\n')).toMatch(
    /paused[^]*alert {2}App \[loop\] restarts itself in a circle/,
  );
});

it('restarts in the foreground too', async () => {
  const script = site.write('app.cjs', `console.log('launched');\n${IDLE}`);
  const running = site.follow('run', script, '--watch', 'src');
  await changeUntil('a second launch', 1500, () => running.stdout().split('launched').length > 2);
  await running.stop('SIGTERM');
  expect(`${running.stdout()}${running.stderr()}`).toContain('changed: src/probe.js, restarting');
});
