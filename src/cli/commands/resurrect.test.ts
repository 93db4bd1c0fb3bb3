// resurrect from a file: what it asks of the daemon, what it says, and when it refuses. What a file holds is read elsewhere.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appSpec, operationView } from '../../../test/canned-views.ts';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';
import type { SavedApps } from '../../model/saved-apps.ts';
import { createResurrect } from './resurrect.ts';

const SAVED: SavedApps = {
  apps: [{ spec: appSpec({ name: 'api' }), slots: [{ slot: 0, goal: 'up' }] }],
  warnings: [],
  leftOut: [],
  isPm2: true,
};

let daemon: CannedDaemon;
beforeEach(async () => {
  daemon = await startCannedDaemon({
    'POST /v1/operations': { status: 202, json: operationView({ state: 'done' }) },
    'GET /v1/apps': { status: 200, json: { apps: [], alerts: [] } },
  });
});
afterEach(() => daemon.close());

const resurrect = (
  saved: Partial<SavedApps>,
  words: readonly string[],
  { pid = null, newer = null }: { pid?: number | null; newer?: string | null } = {},
): Promise<CliResult> =>
  runCli(['resurrect', ...words], {
    home: daemon.home,
    cwd: '/srv',
    entries: [
      {
        words: ['resurrect'],
        load: () =>
          Promise.resolve(
            createResurrect(() =>
              Promise.resolve({
                read: (_, file) => (file === '/srv/dump.pm2' ? Promise.resolve({ ...SAVED, ...saved }) : Promise.reject(new Error(file))),
                pm2Behind: () => pid,
                newer: () => newer,
                mirror: () => Promise.resolve(),
              }),
            ),
          ),
      },
    ],
  });
const posted = (): unknown[] => daemon.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body);

it.each([[['dump.pm2']], [['--from', 'dump.pm2']], [['--from=/srv/dump.pm2']]])('%j sends what is in the file', async (words) => {
  expect(await resurrect({}, words)).toMatchObject({ code: 0, stderr: '' });
  expect(posted()).toEqual([{ action: 'resurrect', apps: SAVED.apps }]);
});

it("takes PM2's file in PM2's home where that is the newer one", async () => {
  expect(await resurrect({}, [], { newer: '/srv/dump.pm2' })).toMatchObject({ code: 0, stderr: '' });
  expect(posted()).toEqual([{ action: 'resurrect', apps: SAVED.apps }]);
});

it('says what was left out, brings back the rest, and ends with 1', async () => {
  const { code, stderr } = await resurrect({ warnings: ['watch is not there yet.'], leftOut: ['app b: there is no b.js.'] }, ['dump.pm2']);
  expect(code).toBe(1);
  expect(stderr).toContain('watch is not there yet.\n');
  expect(stderr).toContain('left out: app b: there is no b.js.\n');
  expect(posted()).toHaveLength(1);
  expect(await resurrect({ apps: [], leftOut: ['app b: there is no b.js.'] }, ['dump.pm2'])).toMatchObject({ code: 1 });
  expect(posted()).toHaveLength(1);
});

it('has nothing to do for an empty file', async () => {
  expect(await resurrect({ apps: [] }, ['dump.pm2'])).toEqual({
    code: 0,
    stdout: '[holdfast] nothing to bring back: /srv/dump.pm2 has no apps\n',
    stderr: '',
  });
  expect(posted()).toEqual([]);
});

it('refuses while PM2 runs these apps, unless forced', async () => {
  expect(await resurrect({}, ['dump.pm2'], { pid: 4711 })).toEqual({
    code: 1,
    stdout: '',
    stderr:
      '[holdfast] Cannot resurrect from /srv/dump.pm2: PM2 (pid 4711) runs these apps now, and they would run twice.\n  Next: pm2 kill, then: holdfast resurrect --from /srv/dump.pm2\n',
  });
  expect(posted()).toEqual([]);
  expect(await resurrect({}, ['dump.pm2', '--force'], { pid: 4711 })).toMatchObject({ code: 0 });
  expect(await resurrect({ isPm2: false }, ['dump.pm2'], { pid: 4711 })).toMatchObject({ code: 0 });
});

it('takes one file', async () => {
  expect((await resurrect({}, ['dump.pm2', '--from', 'dump.pm2'])).stderr).toContain(
    'Cannot resurrect: "dump.pm2" and --from are two files.\n',
  );
});

it("where nothing was saved it names PM2's file and the command, and where there is none only the command to save", async () => {
  const missing = await startCannedDaemon({
    'POST /v1/operations': {
      status: 404,
      json: { error: { code: 'DUMP_MISSING', message: 'Cannot resurrect: there is none.', hint: 'holdfast save' } },
    },
  });
  const theirs = path.join(missing.home, 'pm2 home');
  const typed = (env: Record<string, string>): Promise<CliResult> => runCli(['resurrect'], { home: missing.home, env });
  expect((await typed({ PM2_HOME: theirs })).stderr).toContain('  Next: holdfast save\n');
  fs.mkdirSync(theirs);
  fs.writeFileSync(path.join(theirs, 'dump.pm2'), '[]');
  expect(await typed({ PM2_HOME: theirs })).toEqual({
    code: 1,
    stdout: '',
    stderr: `[holdfast] Cannot resurrect: there is no ${missing.home}/dump.json, but PM2 has saved apps in ${theirs}/dump.pm2.\n  Next: holdfast resurrect --from '${theirs}/dump.pm2'\n`,
  });
  fs.renameSync(theirs, path.join(missing.home, '.pm2'));
  expect((await typed({ HOME: missing.home })).stderr).toContain(`  Next: holdfast resurrect --from ${missing.home}/.pm2/dump.pm2\n`);
  await missing.close();
});
