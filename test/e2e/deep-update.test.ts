// `deepUpdate` with an npm that only pretends: what it is asked for, and that nothing is touched where it fails.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSite, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

/** An npm that notes what it is asked for, whose global folder is `root`, and whose installation ends with `code`. */
function fakeNpm({ root, code = 0 }: { readonly root: string; readonly code?: number }): () => string[] {
  const notes = path.join(site.folder, 'asked');
  const npm = site.write('bin/npm', `#!/bin/sh\necho "$@" >> '${notes}'\n[ "$1" = root ] && echo '${root}' && exit 0\nexit ${code}\n`);
  fs.chmodSync(npm, 0o755);
  site.env['PATH'] = `${path.dirname(npm)}:${site.env['PATH']}`;
  return () => fs.readFileSync(notes, 'utf8').trimEnd().split('\n');
}

const startIdle = async (): Promise<number> => {
  await site.run('start', site.write('idle.cjs', 'setInterval(() => {}, 1e6);\n'));
  return (await site.manager()).daemon.pid;
};

it('has npm install the latest version, and what runs updated to it', async () => {
  const asked = fakeNpm({ root: path.dirname(ROOT) });
  const daemon = await startIdle();
  const { code, stdout } = await site.run('deepUpdate');
  expect(code).toBe(0);
  expect(asked()).toEqual(['root -g', 'install -g holdfast@latest']);
  expect(stdout).toMatch(
    /^\[holdfast\] running: npm install -g holdfast@latest\n\[holdfast\] running: holdfast update\n\[holdfast\] the daemon runs version \S+ already/,
  );
  expect((await site.manager()).daemon.pid).toBe(daemon);
});

it('touches nothing where npm fails', async () => {
  fakeNpm({ root: path.dirname(ROOT), code: 7 });
  const daemon = await startIdle();
  const result = await site.run('deepUpdate');
  expect([result.code, result.stderr]).toEqual([
    1,
    '[holdfast] Cannot update Holdfast: npm ended with code 7. What runs goes on as it was.\n  Next: npm install -g holdfast@latest && holdfast update\n',
  ]);
  expect((await site.manager()).daemon.pid).toBe(daemon);
});

it('says so where there is no npm', async () => {
  site.env['PATH'] = site.folder;
  const { code, stderr } = await site.run('deepUpdate');
  expect([code, stderr]).toEqual([1, expect.stringContaining('Cannot update Holdfast: npm cannot be started (spawn npm ENOENT).')]);
});

it('installs nothing beside a program that npm has not installed', async () => {
  const asked = fakeNpm({ root: site.folder });
  const { code, stderr } = await site.run('deepUpdate');
  expect([code, stderr]).toEqual([1, expect.stringContaining(`is not in ${site.folder}, where npm install -g installs.`)]);
  expect(asked()).toEqual(['root -g']);
});
