// What the quickest command loads, which is most of what it costs: nothing of Node's that node itself has not loaded, but for a few small modules.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './kit/run.ts';
import { CLI, createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
let listing: string;
beforeAll(async () => {
  site = createSite();
  listing = site.write(
    'listing.cjs',
    "process.on('exit', () => require('fs').writeSync(2, process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).join('\\n')));",
  );
  await site.run('start', fixture('idle.cjs'), '-n', 'idle');
});
afterAll(() => site.dispose());

/** Without `NativeModule `. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await run(process.execPath, ['--require', listing, ...args], { env: site.env });
  return stderr.split('\n').map((line) => line.slice('NativeModule '.length));
}

it('ls with a daemon, an app and no terminal loads neither node:net nor node:stream, and next to nothing else', async () => {
  const bare = await loadedBy(['-e', '0']);
  const loaded = (await loadedBy([CLI, 'ls'])).filter((name) => !bare.includes(name));
  expect(loaded).toContain('os');
  expect(loaded.filter((name) => /^(net|tty|stream|internal\/streams\/.*)$/.test(name))).toEqual([]);
  expect(loaded.length).toBeLessThanOrEqual(4);
});
