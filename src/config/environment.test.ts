// The variables an app gets: whose win, and which never get through.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, readApp } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
  folder.write('app.js', '');
});
afterEach(() => folder.remove());

describe('the environment', () => {
  it("lays env, env_<name> and port over the caller's, as strings", async () => {
    const app = {
      script: 'app.js',
      env: { A: 1, B: true, C: { x: 1 }, D: null, E: 'file' },
      env_production: { A: 2, F: 'p' },
      port: '3000',
    };
    const caller = { PATH: '/bin', A: 'caller', D: 'caller', GONE: undefined };
    expect((await readApp(folder, app, { callerEnv: caller })).spec.env).toEqual({
      PATH: '/bin',
      A: '1',
      B: 'true',
      C: '{"x":1}',
      D: 'caller',
      E: 'file',
      PORT: '3000',
    });
    expect((await readApp(folder, app, { callerEnv: caller, flags: { env: 'production' } })).spec.env).toEqual({
      PATH: '/bin',
      A: '2',
      B: 'true',
      C: '{"x":1}',
      D: 'caller',
      E: 'file',
      F: 'p',
      PORT: '3000',
    });
  });

  it("never passes the manager's wiring or another instance's numbers", async () => {
    const caller = {
      PATH: '/bin',
      HOLDFAST_HOME: '/h',
      NODE_CHANNEL_FD: '3',
      NODE_UNIQUE_ID: '1',
      NODE_CHANNEL_SERIALIZATION_MODE: 'json',
      HOLDFAST_PRELOAD: 'fork',
      HOLDFAST_SOURCE_MAPS: '1',
      pm_id: '7',
      NODE_APP_INSTANCE: '2',
    };
    const { spec, warnings } = await readApp(folder, { script: 'app.js', env: { NODE_UNIQUE_ID: '9' } }, { callerEnv: caller });
    expect(spec.env).toEqual({ PATH: '/bin', HOLDFAST_HOME: '/h' });
    expect(warnings).toEqual(['app.json: app app: env sets NODE_UNIQUE_ID, which belongs to the manager; ignored.']);
  });

  it('asks for --env where only env_<name> blocks exist', async () => {
    const { notes } = await readApp(folder, { script: 'app.js', env_staging: { PORT: 1 }, env_production: { PORT: 2 } });
    expect(notes).toEqual([
      'app.json: app app: it has env_staging and env_production but no env, so nothing is set. Start with --env staging?',
    ]);
  });

  it('warns of an --env that an app does not have', async () => {
    const { warnings } = await readApp(folder, { script: 'app.js', env_production: {} }, { flags: { env: 'prodution' } });
    expect(warnings).toEqual([
      'app.json: app app: --env prodution has no env_prodution here: it has env_production. Did you mean --env production?',
    ]);
  });
});
