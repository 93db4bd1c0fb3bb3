// Reload from a config file: what changed in it comes without a lost request, and what is wrong with it changes nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { createRelease, deploy } from './kit/deploy.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
let port: number;
beforeEach(async () => {
  site = createSite();
  port = await freePort();
});
afterEach(() => site.dispose());

/** Writes the config file with these settings on top of the usual ones. */
function configure({ env = {}, ...settings }: { env?: Record<string, string>; [setting: string]: unknown } = {}): string {
  return site.ecosystem({
    name: 'web',
    script: fixture('releases/good.cjs'),
    instances: 2,
    env: { PORT: String(port), ...env },
    ...settings,
  });
}

async function start(config: string): Promise<void> {
  const result = await site.run('start', config);
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const pids = async (): Promise<number[]> => (await site.instances('web')).map(({ pid }) => pid!);
const answer = async (at = port): Promise<{ colour: string | null; size: string | null; pid: number }> =>
  JSON.parse((await ask({ port: at })).body) as { colour: string | null; size: string | null; pid: number };

describe('reload of a config file', () => {
  it('brings a changed environment: new values, new variables, removed ones are gone', async () => {
    await start(configure({ env: { COLOUR: 'red', SIZE: 'small' } }));
    expect(await answer()).toMatchObject({ colour: 'red', size: 'small' });
    await expectNoFailedRequest(port, async () => {
      expect(await site.run('reload', configure({ env: { COLOUR: 'blue' } }))).toMatchObject({ code: 0 });
    });
    for (const one of [await answer(), await answer()]) expect(one).toMatchObject({ colour: 'blue', size: null });
    // By name: the same again, not what the shell has.
    site.env['COLOUR'] = 'green';
    expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    expect(await answer()).toMatchObject({ colour: 'blue', size: null });
  });

  it('takes --env, --only, and starts what is not there', async () => {
    const other = await freePort();
    const write = (): string =>
      site.ecosystem(
        {
          name: 'web',
          script: fixture('releases/good.cjs'),
          instances: 2,
          env: { PORT: String(port) },
          env_blue: { COLOUR: 'blue' },
        },
        { name: 'other', script: fixture('releases/good.cjs'), instances: 1, env: { PORT: String(other) } },
      );
    const result = await site.run('start', write(), '--only', 'web');
    expect(result, result.stderr).toMatchObject({ code: 0 });
    await expectNoFailedRequest(port, async () => {
      expect(await site.run('reload', write(), '--only', 'web', '--env', 'blue')).toMatchObject({ code: 0 });
      expect(await site.instances('other')).toEqual([]);
      expect(await site.run('startOrReload', write(), '--env', 'blue')).toMatchObject({ code: 0 });
    });
    expect(await answer()).toMatchObject({ colour: 'blue' });
    expect(await answer(other)).toMatchObject({ colour: null });
  });

  it('brings more instances, and fewer', async () => {
    await start(configure());
    await expectNoFailedRequest(port, async () => {
      expect(await site.run('reload', configure({ instances: 4, env: { COLOUR: 'four' } }))).toMatchObject({ code: 0 });
      expect((await site.instances('web')).map(({ slot, inRotation }) => ({ slot, inRotation }))).toEqual(
        [0, 1, 2, 3].map((slot) => ({ slot, inRotation: true })),
      );
      for (let nth = 0; nth < 4; nth += 1) expect(await answer()).toMatchObject({ colour: 'four' });
      expect(await site.run('reload', configure({ instances: 1, env: { COLOUR: 'one' } }))).toMatchObject({ code: 0 });
    });
    expect(await site.instances('web')).toHaveLength(1);
    expect(await answer()).toMatchObject({ colour: 'one' });
  });

  it('brings a changed mode with a restart, and says that there was no other way', async () => {
    await start(configure({ instances: 1, exec_mode: 'fork' }));
    const result = await site.run('reload', configure({ instances: 2, exec_mode: 'cluster' }));
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toMatch(/Warning: .*web.*(mode|fork|cluster)/);
    expect((await site.instances('web')).map(({ mode, status }) => ({ mode, status }))).toEqual([
      { mode: 'cluster', status: 'online' },
      { mode: 'cluster', status: 'online' },
    ]);
    expect(await answer()).toHaveProperty('pid');
  });

  it('brings another port: the new one answers, the old one is closed when nobody has asked for it for queue_timeout', async () => {
    await start(configure({ queue_timeout: 500 }));
    const other = await freePort();
    expect(await site.run('reload', configure({ queue_timeout: 500, env: { PORT: String(other) } }))).toMatchObject({ code: 0 });
    expect(await answer(other)).toHaveProperty('pid');
    await waitFor('the old port to be closed', () =>
      answer().then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
      ),
    );
  });

  it.each([
    ['a value that cannot be', JSON.stringify({ apps: [{ name: 'web', script: 'app.js', kill_timeout: 'soon' }] }), /kill_timeout/],
    ['a script that is not there', JSON.stringify({ apps: [{ name: 'web', script: 'no-such-file.js' }] }), /no-such-file\.js/],
    ['a text that is no JSON', '{ "apps": [', /ecosystem\.config\.json/],
  ])('with %s is refused before anything is touched', async (_, text, names) => {
    await start(configure());
    const before = await pids();
    await expectNoFailedRequest(
      port,
      async () => {
        const result = await site.run('reload', site.write('ecosystem.config.json', text));
        expect(result).toMatchObject({ code: 1 });
        expect(result.stderr).toMatch(names);
      },
      { atLeast: 200 },
    );
    expect(await pids()).toEqual(before);
    expect(site.events('web').filter(({ text: event }) => /reload|config/.test(event))).toEqual([]);
  });

  it('that fails leaves the old settings in place, also for the next reload by name', async () => {
    createRelease(site, 'broken', { fixture: 'releases/crashes-at-start.cjs' });
    await start(configure({ env: { COLOUR: 'red' } }));
    const broken = configure({ env: { COLOUR: 'blue' }, script: `${site.folder}/releases/broken/app.js`, max_restarts: 1 });
    await expectNoFailedRequest(port, async () => {
      expect((await deploy(site, 'reload', broken)).failure).toMatchObject({ reason: 'crashed' });
      expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
    });
    expect(await answer()).toMatchObject({ colour: 'red' });
  });
});

describe('how many at a time', () => {
  /** How many successors lived beside each other, from the story of the events. */
  function mostAtOnce(): number {
    let now = 0;
    let most = 0;
    for (const { text } of site.events('web').slice(site.events('web').findIndex(({ text: event }) => event.startsWith('reload: ')))) {
      if (text.startsWith('starting: ')) now += 1;
      if (text === 'stopped' || text.startsWith('exited')) now -= 1;
      most = Math.max(most, now);
    }
    return most;
  }

  it.each([
    ['one', [], 1],
    ['two with --parallel 2', ['--parallel', '2'], 2],
    ['all with --surge all', ['--surge', 'all'], 4],
  ])('is %s', async (_, options, most) => {
    await start(configure({ instances: 4 }));
    const before = await pids();
    await expectNoFailedRequest(port, async () => {
      expect(await site.run('reload', 'web', ...options)).toMatchObject({ code: 0 });
    });
    expect(mostAtOnce()).toBe(most);
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
  });

  it('is shown by --dry-run, which touches nothing', async () => {
    await start(configure({ instances: 4 }));
    const before = await pids();
    const { code, stdout } = await site.run('reload', 'web', '--dry-run', '--parallel', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/web/);
    expect(await pids()).toEqual(before);
    expect(site.events('web').filter(({ text }) => text.startsWith('reload'))).toEqual([]);
  });
});

describe('bake_time', () => {
  it('keeps the old set whole until every new one has lived that long, out of rotation', async () => {
    await start(configure({ bake_time: 1500 }));
    const before = await pids();
    const seen = await expectNoFailedRequest(port, async () => {
      const startedAt = performance.now();
      expect(await site.run('reload', 'web')).toMatchObject({ code: 0 });
      expect(performance.now() - startedAt).toBeGreaterThan(1500);
    });
    const after = await pids();
    expect([...seen.pids].sort()).toEqual([...before, ...after].sort());
    const texts = site.events('web').map(({ text }) => text);
    const lastProven = texts.findLastIndex((text) => text.startsWith('successor proven'));
    expect(lastProven).toBeGreaterThan(-1);
    expect(texts.slice(0, lastProven).filter((text) => text.startsWith('draining'))).toEqual([]);
  });
});
