// Profiles of the daemon by the command line.
import fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeAll(() => void (site = createSite()));
afterAll(() => site.dispose());

it.each([
  ['cpu', /^daemon-\S+\.cpuprofile$/, { nodes: expect.any(Array), samples: expect.any(Array) }],
  ['mem', /^daemon-\S+\.heapprofile$/, { head: expect.any(Object) }],
])('profile:%s writes what Chrome opens into the working folder', async (kind, name, shape) => {
  const result = await site.run(`profile:${kind}`, '100ms');
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const [, file] = /^\[holdfast\] profile in (\S+): Chrome opens it/m.exec(result.stdout) ?? [];
  expect(file!.slice(site.folder.length + 1)).toMatch(name);
  expect(JSON.parse(fs.readFileSync(file!, 'utf8'))).toMatchObject(shape);
});
