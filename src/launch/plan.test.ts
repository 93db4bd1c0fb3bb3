// From an app spec to the child options of one instance.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppSpec } from '../model/app-spec.ts';
import { specOf } from '../../test/spec.ts';
import { planLaunch } from './plan.ts';

const PRELOADS = { cluster: '/dist/preload-cluster.cjs', fork: '/dist/preload-fork.cjs' };
const NODE = process.execPath;

const SPEC: AppSpec = specOf({
  script: '/srv/api/dist/app.js',
  args: ['--port', '3000'],
  cwd: '/srv/api',
  interpreter: NODE,
  interpreterArgs: ['--harmony'],
  env: { PATH: '/usr/bin', PM2_HOME: '/root/.pm2', PORT: '3000' },
  sourceMapSupport: true,
});

describe('planLaunch', () => {
  it('gives a cluster instance its preload, numbers and worker id', () => {
    expect(planLaunch(SPEC, { slot: 1, id: 7 }, PRELOADS)).toEqual({
      file: NODE,
      args: ['--harmony', '--require', PRELOADS.cluster, '/srv/api/dist/app.js', '--port', '3000'],
      cwd: '/srv/api',
      env: {
        PATH: '/usr/bin',
        PM2_HOME: '/root/.pm2',
        PORT: '3000',
        pm_id: '7',
        NODE_APP_INSTANCE: '1',
        HOLDFAST_PRELOAD: 'cluster',
        NODE_UNIQUE_ID: '8',
        HOLDFAST_SOURCE_MAPS: '1',
      },
      shown: `${path.basename(NODE)} --harmony dist/app.js --port 3000`,
      preload: 'cluster',
      joinsSession: true,
      outlivesHost: true,
      takesInput: false,
      notes: [],
    });
  });

  it('gives a fork-mode Node app the other preload and no worker id', () => {
    const plan = planLaunch({ ...SPEC, mode: 'fork', sourceMapSupport: false }, { slot: 0, id: 0 }, PRELOADS);
    expect(plan.args).toEqual(['--harmony', '--require', PRELOADS.fork, '/srv/api/dist/app.js', '--port', '3000']);
    expect(plan.env).toEqual({
      PATH: '/usr/bin',
      PM2_HOME: '/root/.pm2',
      PORT: '3000',
      pm_id: '0',
      NODE_APP_INSTANCE: '0',
      HOLDFAST_PRELOAD: 'fork',
    });
    expect([plan.preload, plan.outlivesHost, plan.takesInput]).toEqual(['fork', true, true]);
  });

  it('has an instance of another user outlive its host as well', () => {
    const plan = planLaunch({ ...SPEC, user: { uid: 33, gid: 33 } }, { slot: 0, id: 0 }, PRELOADS);
    expect([plan.user, plan.outlivesHost]).toEqual([{ uid: 33, gid: 33 }, true]);
  });

  it('gives other programs their numbers and nothing of the preload', () => {
    const plan = planLaunch(
      { ...SPEC, mode: 'fork', interpreter: 'python3', interpreterArgs: ['-u'], script: '/srv/api/run.py' },
      { slot: 0, id: 3 },
      PRELOADS,
    );
    expect([plan.file, ...plan.args]).toEqual(['python3', '-u', '/srv/api/run.py', '--port', '3000']);
    expect(plan.env).toEqual({ ...SPEC.env, pm_id: '3', NODE_APP_INSTANCE: '0' });
    expect([plan.shown, plan.preload, plan.outlivesHost, plan.takesInput]).toEqual(['python3 -u run.py --port 3000', null, true, true]);
  });

  it('executes the script itself without an interpreter', () => {
    const plan = planLaunch(
      { ...SPEC, mode: 'fork', interpreter: 'none', interpreterArgs: [], script: '/bin/bash', args: ['-c', "dotnet run 'a b'"] },
      { slot: 0, id: 3 },
      PRELOADS,
    );
    expect([plan.file, ...plan.args]).toEqual(['/bin/bash', '-c', "dotnet run 'a b'"]);
    expect(plan.shown).toBe(String.raw`/bin/bash -c 'dotnet run '\''a b'\'''`);
  });

  it('names the instance variable as the app wants it and raises the increment variable', () => {
    const plan = planLaunch({ ...SPEC, instanceVar: 'INSTANCE_ID', incrementVar: 'PORT' }, { slot: 2, id: 9 }, PRELOADS);
    expect(plan.env).toMatchObject({ INSTANCE_ID: '2', PORT: '3002', pm_id: '9' });
    expect(plan.env).not.toHaveProperty('NODE_APP_INSTANCE');
    expect(planLaunch({ ...SPEC, incrementVar: 'PATH' }, { slot: 2, id: 9 }, PRELOADS).env['PATH']).toBe('/usr/bin');
  });

  it('shows long and odd commands in one bounded line', () => {
    const { shown } = planLaunch({ ...SPEC, args: ['a\nb\u001b[31m', 'x'.repeat(500)] }, { slot: 0, id: 0 }, PRELOADS);
    expect(shown).toContain(String.raw`'a\x0ab\x1b[31m'`);
    expect(shown).toHaveLength(200);
  });

  it('shows a script outside the working folder by its whole path', () => {
    expect(planLaunch({ ...SPEC, script: '/usr/lib/npm-cli.js', args: [], interpreterArgs: [] }, { slot: 0, id: 0 }, PRELOADS).shown).toBe(
      `${path.basename(NODE)} /usr/lib/npm-cli.js`,
    );
    expect(
      planLaunch({ ...SPEC, script: '/srv/api-two/x.js', args: [], interpreterArgs: [] }, { slot: 0, id: 0 }, PRELOADS).shown,
    ).toContain('/srv/api-two/x.js');
  });

  it('notes that a cluster of something else than Node shares no socket', () => {
    expect(planLaunch({ ...SPEC, interpreter: 'bun' }, { slot: 0, id: 0 }, PRELOADS)).toMatchObject({
      preload: null,
      notes: [{ kind: 'unsupported' }],
    });
  });
});

describe('planLaunch, when Node has vanished', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-launch-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("uses the node in the app's PATH and says so", () => {
    const other = path.join(folder, 'node');
    fs.writeFileSync(other, '', { mode: 0o755 });
    const gone = '/opt/gone/bin/node';
    const plan = planLaunch({ ...SPEC, interpreter: gone, env: { PATH: `/nowhere:${folder}` } }, { slot: 0, id: 0 }, PRELOADS);
    expect(plan.file).toBe(other);
    expect(plan.notes).toEqual([{ kind: 'node-vanished', path: gone, instead: other }]);
  });

  it('keeps the path where PATH has none, so that the launch fails with that path', () => {
    fs.mkdirSync(path.join(folder, 'node'));
    const plan = planLaunch({ ...SPEC, interpreter: '/opt/gone/bin/node', env: { PATH: folder } }, { slot: 0, id: 0 }, PRELOADS);
    expect([plan.file, plan.notes]).toEqual(['/opt/gone/bin/node', []]);
  });

  it('leaves a bare name to the PATH lookup of the launch', () => {
    expect(planLaunch({ ...SPEC, interpreter: 'node', env: { PATH: folder } }, { slot: 0, id: 0 }, PRELOADS)).toMatchObject({
      file: 'node',
      notes: [],
    });
  });
});
