// What PM2 has saved, brought back by the built command: a dump with the keys that PM2 7 writes, and processes that really run.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSite, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

it('resurrect --from dump.pm2 starts the apps as they were, names what it leaves out, and changes nothing of PM2', async () => {
  site.write('app.js', "require('node:http').createServer().listen(0); setInterval(() => {}, 1000);");
  site.write('idle.js', 'console.log(process.env.NODE_APP_INSTANCE); setInterval(() => {}, 1000);');
  const fixture = fs.readFileSync(path.join(ROOT, 'test/fixtures/pm2/dump.pm2.json'), 'utf8').replaceAll('/srv/shop', site.folder);
  const saved = JSON.parse(fixture) as Record<string, unknown>[];
  const text = JSON.stringify([...saved, { ...saved[1], name: 'gone', pm_exec_path: `${site.folder}/gone.js` }]);
  const dump = site.write('.pm2/dump.pm2', text);
  site.env['PM2_HOME'] = path.dirname(dump);

  const hint = await site.run('resurrect');
  expect(hint).toMatchObject({ code: 1, stderr: expect.stringContaining(`Next: holdfast resurrect --from ${dump}\n`) });

  const { code, stderr } = await site.run('resurrect', '--from', dump);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^\[holdfast\] Warning: left out: app gone: .*gone\.js.*\n$/);
  const listed = (await site.apps()).apps.flatMap(({ instances }) => instances.map(({ app, slot, status }) => `${app}:${slot} ${status}`));
  expect(listed).toEqual([
    ...['web:0 online', 'web:1 online', 'worker:0 online', 'sleeper:0 stopped', 'shell:0 online'],
    ...['many:0 online', 'many:1 online', 'bin:0 online'],
  ]);
  const [web] = await site.instances('web');
  const variables = fs.readFileSync(`/proc/${web!.pid}/environ`, 'latin1').split('\0');
  expect(variables).toContain('SECRET_TOKEN=not-one');
  expect(variables.filter((variable) => /^(PM2_HOME|PM2_USAGE|unique_id)=/.test(variable))).toEqual([]);
  expect(fs.readFileSync(dump, 'utf8')).toBe(text);

  expect(await site.run('save')).toMatchObject({ code: 0 });
  expect(await site.run('kill')).toMatchObject({ code: 0 });
  expect(await site.run('resurrect')).toMatchObject({ code: 0 });
  expect(await site.instances('many')).toHaveLength(2);
});
