// Who an app runs as. Users are those that every Linux has: root and nobody.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import { findUser } from '../platform/accounts.ts';

const ROOT = { callerUid: 0 };
const nobody = findUser('nobody')!;

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

async function refusal(app: object, callerUid: number): Promise<readonly string[]> {
  folder.write('app.json', JSON.stringify({ script: 'app.js', ...app }));
  return (await folder.read('app.json', { callerUid })).errors;
}

describe('uid', () => {
  it.each([['nobody'], [nobody.uid], [String(nobody.uid)]])('%j is looked up, with its group and what belongs to the user', async (uid) => {
    const { spec } = await readApp(folder, { script: 'app.js', uid }, { ...ROOT, callerEnv: { HOME: '/root', USER: 'root' } });
    expect(spec.user).toEqual({ uid: nobody.uid, gid: nobody.gid });
    expect(spec.env).toEqual({ HOME: nobody.home, USER: 'nobody', LOGNAME: 'nobody' });
  });

  it('leaves the variables to what the app says', async () => {
    const { spec } = await readApp(folder, { script: 'app.js', user: 'nobody', env: { HOME: '/srv' } }, { ...ROOT, callerEnv: {} });
    expect(spec.env['HOME']).toBe('/srv');
  });

  it('takes another group by gid, by name or number', async () => {
    expect((await readApp(folder, { script: 'app.js', uid: 'nobody', gid: 'root' }, ROOT)).spec.user).toEqual({ uid: nobody.uid, gid: 0 });
    expect((await readApp(folder, { script: 'app.js', uid: 4242, gid: 4243 }, ROOT)).spec.user).toEqual({ uid: 4242, gid: 4243 });
    expect((await readApp(folder, { script: 'app.js', gid: 4243 }, ROOT)).spec.user).toEqual({ uid: 0, gid: 4243 });
  });

  it('is an option that counts with a config file too', async () => {
    expect((await readApp(folder, { script: 'app.js' }, { ...ROOT, flags: { uid: 'nobody' } })).spec.user?.uid).toBe(nobody.uid);
  });

  it('of nobody known, or without a group, is refused', async () => {
    expect(await refusal({ uid: 'no-such-user' }, 0)).toEqual(['app.json: app app: uid is "no-such-user", and there is no such user.']);
    expect(await refusal({ uid: 'nobody', gid: 'no-such-group' }, 0)).toEqual([
      'app.json: app app: gid is "no-such-group", and there is no such group.',
    ]);
    expect(await refusal({ uid: 4242 }, 0)).toEqual([
      'app.json: app app: uid 4242 is in no list of users, so its group is not known. Set gid too.',
    ]);
  });

  it('needs root, unless it is who runs the command anyway', async () => {
    const hint = 'Run Holdfast as root, or as that user and without uid and gid.';
    expect(await refusal({ uid: 'nobody' }, 1000)).toEqual([`app.json: app app: uid needs root, and this is user 1000. ${hint}`]);
    expect(await refusal({ gid: 0 }, 1000)).toEqual([`app.json: app app: gid needs root, and this is user 1000. ${hint}`]);
    expect((await readApp(folder, { script: 'app.js', uid: 'nobody' }, { callerUid: nobody.uid })).spec.user).toBeNull();
  });

  it('that cannot get at the script or folder is warned of', async () => {
    // The folder of the test, or one above it, is private to who runs it.
    const { warnings } = await readApp(folder, { script: 'app.js', uid: 'nobody' }, ROOT);
    const bar = new RegExp(
      `^app.json: app app: user ${nobody.uid} probably cannot use script ${folder.root}/app.js: (\\S+) has mode 0700.$`,
    );
    const [, barred] = warnings.flatMap((warning) => bar.exec(warning) ?? []);
    expect(`${folder.root}/`.startsWith(`${barred}/`)).toBe(true);
  });
});
