// The static file server in a config: `script: "serve"`, the static section, and what is refused before anything is started.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConfigFolder } from '../../test/config-kit.ts';
import type { ConfigFolder, Read } from '../../test/config-kit.ts';

let folder: ConfigFolder;
beforeAll(() => {
  folder = createConfigFolder();
  folder.write('public/index.html', '');
  folder.write('app.js', '');
});
afterAll(() => folder.remove());

async function read(config: object): Promise<Read> {
  folder.write('eco.json', JSON.stringify(config));
  return folder.read('eco.json');
}

const served = ({ specs }: Read): unknown[] =>
  specs.map(({ name, script, mode, env }) => ({
    name,
    script,
    mode,
    ...Object.fromEntries(Object.entries(env).filter(([key]) => key.startsWith('PM2_SERVE_'))),
  }));

const SERVER = { script: '/dist/serve.cjs', mode: 'fork' };

describe('the script serve', () => {
  it('is the static file server, with what its variables say', async () => {
    const found = await read({
      apps: [{ name: 'site', script: 'serve', env: { PM2_SERVE_PATH: './public', PM2_SERVE_PORT: 8080, PM2_SERVE_SPA: 'true' } }],
    });
    expect(found).toMatchObject({ errors: [], warnings: [], notes: [] });
    expect(served(found)).toEqual([{ ...SERVER, name: 'site', PM2_SERVE_PATH: './public', PM2_SERVE_PORT: '8080', PM2_SERVE_SPA: 'true' }]);
  });

  it('may have instances that share the port', async () => {
    expect(served(await read({ apps: [{ script: 'serve', instances: 2 }] }))).toEqual([{ ...SERVER, name: 'serve', mode: 'cluster' }]);
  });

  it('is a file of that name where it is written as one', async () => {
    folder.write('serve', '#!/usr/bin/env node\n', 0o755);
    expect((await read({ apps: [{ script: './serve' }] })).specs[0]?.script).toBe(`${folder.root}/serve`);
  });

  it.each([
    [{ PM2_SERVE_PORT: 'http' }, 'PM2_SERVE_PORT is "http", which is no port'],
    [{ PM2_SERVE_PATH: 'gone' }, 'there is no folder'],
    [{ PM2_SERVE_PATH: 'app.js' }, 'there is no folder'],
    [{ PM2_SERVE_BASIC_AUTH: 'true', PM2_SERVE_BASIC_AUTH_USERNAME: 'ann' }, 'PM2_SERVE_BASIC_AUTH_PASSWORD is missing'],
  ])('refuses %j', async (env, text) => {
    const { errors } = await read({ apps: [{ script: 'serve', env }] });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(text);
  });
});

describe('the section static', () => {
  it('makes an app of each entry, beside apps', async () => {
    const found = await read({
      apps: [{ name: 'api', script: 'app.js' }],
      static: [
        { path: './public', port: 3001, spa: true, basic_auth: { username: 'ann', password: 'hunter2' } },
        { name: 'files', path: 'public', port: '3002', ftp: true, host: '127.0.0.1', namespace: 'web', wait_ready: true },
        { path: 'public', directory: true },
      ],
    });
    expect(found).toMatchObject({ errors: [], warnings: [] });
    expect(served({ ...found, specs: found.specs.slice(1) })).toEqual([
      {
        ...SERVER,
        name: 'static-page-server-3001',
        PM2_SERVE_PATH: './public',
        PM2_SERVE_PORT: '3001',
        PM2_SERVE_SPA: 'true',
        PM2_SERVE_BASIC_AUTH: 'true',
        PM2_SERVE_BASIC_AUTH_USERNAME: 'ann',
        PM2_SERVE_BASIC_AUTH_PASSWORD: 'hunter2',
      },
      { ...SERVER, name: 'files', PM2_SERVE_PATH: 'public', PM2_SERVE_PORT: '3002', PM2_SERVE_FTP: 'true', PM2_SERVE_HOST: '127.0.0.1' },
      { ...SERVER, name: 'static-page-server-8080', PM2_SERVE_PATH: 'public', PM2_SERVE_DIRECTORY: 'true' },
    ]);
    expect(found.specs[2]).toMatchObject({ namespace: 'web', waitReady: true });
  });

  it('may stand alone', async () => {
    expect((await read({ static: [{ path: 'public', port: 3001 }] })).specs.map(({ name }) => name)).toEqual(['static-page-server-3001']);
  });

  it.each([
    [{ static: 'public' }, 'static is a string, which is no list'],
    [{ static: ['public'] }, 'static[0] is a string, which is no folder to serve'],
    [{ static: [{ path: 'public', basic_auth: 'ann:x' }] }, 'basic_auth is no user name with a password'],
    [{ static: [{ path: 'public', basic_auth: { username: 'ann' } }] }, 'PM2_SERVE_BASIC_AUTH_PASSWORD is missing'],
  ])('refuses %j', async (config, text) => {
    const { errors } = await read(config);
    expect(errors.join()).toContain(text);
    expect(errors.join()).not.toContain('ann:x');
  });

  it('says that nothing is monitored', async () => {
    const { warnings } = await read({ static: [{ path: 'public', monitor: 'front' }] });
    expect(warnings.join()).toContain('monitor has no effect');
  });
});
