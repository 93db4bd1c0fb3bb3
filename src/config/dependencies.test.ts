// depends_on: what it may say, every mistake in it at once, and what it becomes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder } from '../../test/config-kit.ts';
import type { ConfigFolder, Read } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

const read = (apps: readonly object[], only?: string): Promise<Read> => {
  folder.write('app.json', JSON.stringify({ apps: apps.map((app) => ({ script: 'app.js', ...app })) }));
  return folder.read('app.json', only === undefined ? {} : { flags: { only } });
};
/** An app `api` with this, beside `db` and `migrate`. */
const readApi = (depends_on: unknown, ...others: readonly object[]): Promise<Read> =>
  read([{ name: 'db' }, { name: 'migrate', autorestart: false }, { name: 'api', depends_on }, ...others]);
const said = async (reading: Promise<Read>): Promise<string[]> => {
  const { errors, warnings } = await reading;
  return [...errors, ...warnings].map((text) => text.replace(/^app\.json: app /, ''));
};

const DB = { app: 'db', condition: 'ready' };

describe('depends_on', () => {
  it.each([
    ['names', ['db'], [DB]],
    ['one name', 'db', [DB]],
    ['a name twice', ['db', ' db '], [DB]],
    [
      'names with conditions',
      { db: 'healthy', migrate: 'exited-ok' },
      [
        { app: 'db', condition: 'healthy' },
        { app: 'migrate', condition: 'exited-ok' },
      ],
    ],
    ['another spelling', { migrate: 'EXITED_OK' }, [{ app: 'migrate', condition: 'exited-ok' }]],
    ['nothing', [], []],
    ['null', null, []],
  ])('reads %s', async (_, value, dependsOn) => {
    const { specs, errors, warnings } = await readApi(value);
    expect([...errors, ...warnings]).toEqual([]);
    expect(specs[2]!.dependsOn).toEqual(dependsOn);
  });

  it('waits for ten minutes unless told otherwise', async () => {
    const { specs } = await read([{ name: 'db' }, { name: 'api', dependsOn: ['db'], depends_timeout: '90s' }]);
    expect(specs.map((spec) => spec.dependsTimeoutMs)).toEqual([600_000, 90_000]);
  });

  it.each([
    [7, 'depends_on is 7, which names no apps'],
    [[7], 'depends_on is a list of 1, which names no apps'],
    [[''], 'depends_on is a list of 1, with a name that is empty'],
    [{ db: 'up' }, 'depends_on is an object, where db has to be "up", which is no condition'],
    [{ db: 'helthy' }, 'depends_on is an object, where db has to be "helthy", which is no condition (did you mean "healthy"?)'],
    [{ db: true }, 'depends_on is an object, where db has to be boolean, which is no condition'],
    [
      { db: { condition: 'service_completed_successfully' } },
      'depends_on is an object, where db has to be "service_completed_successfully", which is no condition (did you mean "exited-ok"?)',
    ],
  ])('refuses %j', async (value, mistake) => {
    const accepted = 'accepted: names, such as ["db"], or names with "ready", "started", "healthy", "exited-ok", such as { db: "ready" }.';
    expect(await said(readApi(value))).toEqual([`api: ${mistake}; ${accepted}`]);
  });

  it('names every mistake at once: an unknown app with what was meant, each circle, an end that never comes', async () => {
    const mistakes = await said(
      readApi(
        ['dbb', 'nothing'],
        { name: 'a', depends_on: ['b'] },
        { name: 'b', depends_on: ['a'] },
        { name: 'c', depends_on: { c: 'started', db: 'exited-ok' } },
      ),
    );
    expect(mistakes).toEqual([
      'api: depends_on names dbb, and no app of this file is called that; there are db, migrate, a, b, c. Did you mean db?',
      'api: depends_on names nothing, and no app of this file is called that; there are db, migrate, a, b, c.',
      'c: depends_on waits for db to end with code 0, and db is launched again whenever it ends. Set autorestart: false in db.',
      'a: depends_on goes round in a circle: a -> b -> a.',
      'c: depends_on goes round in a circle: c -> c.',
    ]);
  });

  it('takes a job for one that may end with code 0 also where its stop_exit_codes say so', async () => {
    expect(
      await said(
        read([
          { name: 'job', stop_exit_codes: [0] },
          { name: 'api', depends_on: { job: 'exited-ok' } },
        ]),
      ),
    ).toEqual([]);
  });

  it('knows the apps of its file that --only leaves out', async () => {
    expect(await said(read([{ name: 'db' }, { name: 'api', depends_on: ['db'] }], 'api'))).toEqual([]);
    expect(await said(read([{ name: 'db' }, { name: 'api', depends_on: ['bd'] }], 'api'))).toEqual([
      'api: depends_on names bd, and no app of this file is called that; there is db. Did you mean db?',
    ]);
  });

  it('may leave out what name_prefix puts before each name', async () => {
    const { specs, errors } = await read([
      { name: 'db', name_prefix: 'shop' },
      { name: 'api', name_prefix: 'shop', depends_on: ['db'] },
      { name: 'web', depends_on: ['shop:api'] },
    ]);
    expect(errors).toEqual([]);
    expect(specs.map(({ name, dependsOn }) => [name, ...dependsOn.map(({ app }) => app)])).toEqual([
      ['shop:db'],
      ['shop:api', 'shop:db'],
      ['web', 'shop:api'],
    ]);
  });

  it('warns of an app that will not be there by itself', async () => {
    expect(
      await said(
        read([
          { name: 'db', autostart: false },
          { name: 'api', depends_on: ['db'] },
        ]),
      ),
    ).toEqual(['api: depends_on names db, which is not started with the others (autostart is false). Start db first.']);
  });
});
