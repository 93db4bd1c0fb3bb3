// Config files from the command line: what of a file reaches the processes, and that nothing is done while anything in it is wrong. One site.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './kit/ports.ts';
import { createSite, fixture, ROOT } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeAll(() => void (site = createSite()));
afterAll(() => site.dispose());
beforeEach(async () => {
  await site.run('delete', 'all');
  fs.rmSync(path.join(site.home, 'logs'), { recursive: true, force: true });
  fs.rmSync(site.folder, { recursive: true });
  fs.mkdirSync(site.folder);
});

interface Printed {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What the latest run of an app has printed of itself, once there were so many runs. */
function printedBy(app: string, runs: number): Promise<Printed> {
  return waitFor(`run ${runs} of ${app}`, async () => {
    const lines = (await site.logs(app)).filter(({ stream, text }) => stream === 'out' && text.startsWith('{'));
    return lines.length === runs ? (JSON.parse(lines.at(-1)!.text) as Printed) : null;
  });
}

const names = async (): Promise<readonly string[]> => (await site.apps()).apps.map(({ name }) => name);
const statuses = async (app: string): Promise<readonly string[]> => (await site.instances(app)).map(({ status }) => status);

describe.each(['fork', 'cluster'])('a config of apps that are there, in %s mode,', (mode) => {
  const shape = { name: 'app', exec_mode: mode, listen_timeout: 100 };

  it('restarts them with what it says now: number, script, arguments, and variables, of which removed ones are gone', async () => {
    site.env['FROM_CALLER'] = 'yes';
    const one = {
      ...shape,
      script: fixture('prints-environment.cjs'),
      instances: 1,
      args: 'a b',
      env: { KEPT: '1', CHANGED: '1', REMOVED: '1' },
    };
    expect(await site.run('start', site.ecosystem(one))).toMatchObject({ code: 0 });
    expect((await printedBy('app', 1)).env).toMatchObject({ KEPT: '1', CHANGED: '1', REMOVED: '1', FROM_CALLER: 'yes' });
    delete site.env['FROM_CALLER'];
    const [before] = await site.instances('app');

    expect(await site.run('start', site.ecosystem({ ...one, args: 'c', env: { KEPT: '1', CHANGED: '2' } }))).toMatchObject({ code: 0 });
    const second = await printedBy('app', 2);
    expect(second.argv.slice(1)).toEqual(['c']);
    expect(second.env).toMatchObject({ KEPT: '1', CHANGED: '2' });
    expect(Object.keys(second.env)).not.toContain('REMOVED');
    expect(Object.keys(second.env)).not.toContain('FROM_CALLER');
    const [after] = await site.instances('app');
    expect(after!.id).toBe(before!.id);
    expect(after!.pid).not.toBe(before!.pid);

    expect(await site.run('restart', site.ecosystem({ ...one, script: fixture('idle.cjs'), instances: 3 }))).toMatchObject({ code: 0 });
    expect(await statuses('app')).toEqual(['online', 'online', 'online']);
    expect((await site.run('describe', 'app')).stdout).toContain('idle.cjs');
    expect(await site.run('start', site.ecosystem({ ...one, script: fixture('idle.cjs'), instances: 2 }))).toMatchObject({ code: 0 });
    expect(await statuses('app')).toEqual(['online', 'online']);
  });
});

describe('mistakes', () => {
  it('are told all at once, each with its place, what is accepted and what was meant; nothing is started or restarted', async () => {
    const idle = fixture('idle.cjs');
    await site.run('start', site.ecosystem({ name: 'runs', script: idle }));
    const [before] = await site.instances('runs');
    const config = site.ecosystem(
      { name: 'runs', script: idle, exec_mode: 'clutser', kill_timeout: '5x', max_restart: 3 },
      { name: 'none', scirpt: 'a.js' },
      { name: 'twin', script: idle },
      { name: 'twin', script: './gone.js' },
    );
    const { code, stdout, stderr } = await site.run('start', config);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const part of [
      'Cannot start: there are 5 mistakes.',
      'app runs: exec_mode is "clutser", which is no mode; accepted: "fork" or "cluster".',
      'app runs: kill_timeout is "5x", which is no duration; accepted:',
      'app runs: max_restart is not known, ignored. Did you mean max_restarts?',
      'app none: script is missing',
      'app none: scirpt is not known, ignored. Did you mean script?',
      `app twin: script ${site.folder}/gone.js does not exist.`,
      '2 apps have the name "twin"',
    ])
      expect(stderr).toContain(part);
    expect(stderr).toMatch(/\n {2}Next: correct .*ecosystem\.config\.json, then: holdfast start .*ecosystem\.config\.json\n$/);
    expect((await site.instances('runs'))[0]!.pid).toBe(before!.pid);
    expect(await names()).toEqual(['runs']);
  });

  it('in the text of a file are shown where they are', async () => {
    site.write('broken.json', '{ "apps": [ { "name": "x" "script": "y" } ] }');
    const { code, stderr } = await site.run('start', 'broken.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 1, column 27[\s\S]*\^/);
    site.write('throws.config.js', '\nmodule.exports = undefinedThing;\n');
    expect((await site.run('start', 'throws.config.js')).stderr).toMatch(/throws\.config\.js:2/);
    expect((await site.run('start', 'missing.config.js')).stderr).toMatch(/there is no such file .*\n {2}Next: holdfast start --help\n$/);
  });
});

describe('paths', () => {
  it('of the example work from another folder: its own folder is used, and said', async () => {
    const example = path.join(site.folder, 'example');
    fs.cpSync(path.join(ROOT, 'examples/track-backend'), example, { recursive: true });
    const port = await freePort();
    const file = path.join(example, 'ecosystem.config.js');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('PORT: 10000', `PORT: ${port}`));
    const { code, stderr } = await site.run('start', 'example/ecosystem.config.js');
    expect(code).toBe(0);
    expect(stderr).toBe(
      `[holdfast] Note: example/ecosystem.config.js: app track-backend: it runs in ${example}, the folder of the config file: ${site.folder} has no ./dist/app.js.\n`,
    );
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  it('are relative to the caller as in PM2; only what is not there is looked for beside the config file, and that is said', async () => {
    fs.mkdirSync(path.join(site.folder, 'site/api'), { recursive: true });
    fs.copyFileSync(fixture('prints-environment.cjs'), path.join(site.folder, 'site/api/app.cjs'));
    fs.copyFileSync(fixture('prints-environment.cjs'), path.join(site.folder, 'here.cjs'));
    site.write(
      'site/all.config.js',
      "module.exports = { apps: [{ name: 'a', script: './app.cjs', cwd: './api' }, { name: 'b', script: 'here.cjs' }] };",
    );
    const { code, stderr } = await site.run('start', 'site/all.config.js');
    expect(code).toBe(0);
    expect(stderr).toBe(
      `[holdfast] Note: site/all.config.js: app a: cwd ./api is taken from ${site.folder}/site, the folder of the config file: ${site.folder} has none.\n`,
    );
    expect(await printedBy('a', 1)).toMatchObject({ argv: [`${site.folder}/site/api/app.cjs`], cwd: `${site.folder}/site/api` });
    expect(await printedBy('b', 1)).toMatchObject({ argv: [`${site.folder}/here.cjs`], cwd: site.folder });
  });
});

describe('a config whose script is gone', () => {
  it('still stops and deletes its apps that are in the list, and restarts none', async () => {
    const script = site.write('app.js', 'setInterval(() => {}, 1e9);');
    const config = site.ecosystem({ name: 'one', script }, { name: 'two', script });
    await site.run('start', config);
    site.ecosystem({ name: 'one', script }, { name: 'two', script }, { name: 'never-started', script });
    fs.rmSync(script);
    // What runs is not taken away for what cannot be started.
    const [before] = await site.instances('one');
    const restart = await site.run('restart', config);
    expect(restart.code).toBe(1);
    expect(restart.stderr).toContain(`script ${script} does not exist`);
    expect((await site.instances('one'))[0]!.pid).toBe(before!.pid);

    expect(await site.run('stop', config, '--only', 'one')).toMatchObject({ code: 0, stderr: '' });
    expect([await statuses('one'), await statuses('two')]).toEqual([['stopped'], ['online']]);
    expect(await site.run('stop', config)).toMatchObject({ code: 0, stderr: '' });
    expect(await site.run('delete', config)).toMatchObject({ code: 0, stderr: '' });
    expect(await names()).toEqual([]);
    const again = await site.run('stop', config);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/Nothing to stop for .*: none of its apps \(one, two, never-started\) is in the list\.\n$/);
  });
});

describe('options beside a config', () => {
  it('--only chooses, --env chooses a block, and those that cannot count are named', async () => {
    const app = { script: fixture('prints-environment.cjs'), env: { STAGE: 'dev' }, env_production: { STAGE: 'prod' } };
    const config = site.ecosystem({ name: 'x', ...app }, { name: 'y', ...app });
    const { code, stderr } = await site.run('start', config, '--only', 'y', '--env', 'production', '-i', '3');
    expect(code).toBe(0);
    expect(stderr).toContain('--instances has no effect with a config file');
    expect(await names()).toEqual(['y']);
    expect((await printedBy('y', 1)).env['STAGE']).toBe('prod');
    const wrong = await site.run('start', config, '--only', 'z');
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('--only z matches no app');
  });
});
