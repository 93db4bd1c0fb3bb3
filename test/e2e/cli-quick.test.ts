// What the quickest command loads, which is most of what it costs: nothing of Node's that node itself has not loaded, but for a few small modules.
import fs from 'node:fs';
import path from 'node:path';
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
    `const names = () => process.moduleLoadList.filter((name) => name.startsWith('NativeModule '));
process.on('exit', () => require('fs').writeFileSync(process.env.LISTED, names().join('\\n')));`,
  );
  await site.run('start', fixture('idle.cjs'), '-n', 'idle');
});
afterAll(() => site.dispose());

/** Without `NativeModule `. */
async function loadedBy(file: string, args: readonly string[]): Promise<readonly string[]> {
  const listed = path.join(site.folder, 'listed');
  const { code } = await run(file, args, { env: { ...site.env, LISTED: listed, TERM: 'xterm' } });
  expect(code).toBe(0);
  const names = fs.readFileSync(listed, 'utf8').split('\n');
  fs.rmSync(listed);
  return names.map((name) => name.slice('NativeModule '.length));
}

it.each(['a pipe', 'a terminal'])(
  'ls into %s loads neither node:net nor node:stream nor node:tty, and next to nothing else',
  async (where) => {
    const bare = await loadedBy(process.execPath, ['--require', listing, '-e', '0']);
    const line = [process.execPath, '--require', listing, CLI, 'ls'];
    const shown =
      where === 'a pipe' ? await loadedBy(line[0]!, line.slice(1)) : await loadedBy('script', ['-qec', line.join(' '), '/dev/null']);
    const loaded = shown.filter((name) => !bare.includes(name));
    expect(loaded).toContain('os');
    expect(loaded.filter((name) => /^(net|tty|stream|internal\/streams\/.*)$/.test(name))).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(4);
  },
);
