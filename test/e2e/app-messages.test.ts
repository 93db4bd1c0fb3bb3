// What apps tell their manager over Node's message channel, and what they are told: metrics, actions, in both modes, over the death of the daemon.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppsReply } from '../../src/model/view.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeAll(async () => {
  site = createSite();
  await start();
});
afterAll(() => site.dispose());

async function start(): Promise<void> {
  const script = fixture('tells.cjs');
  const result = await site.run(
    'start',
    site.ecosystem(
      { name: 'one', script },
      { name: 'two', script, instances: 2, exec_mode: 'cluster', listen_timeout: 100 },
      { name: 'mute', script: fixture('idle.cjs') },
    ),
  );
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

interface Entry {
  readonly pid: number;
  readonly name: string;
  readonly pm_id: number;
  readonly pm2_env: {
    readonly axm_monitor: Readonly<Record<string, { readonly value: number }>>;
    readonly axm_actions: readonly { readonly action_name: string }[];
    readonly axm_options: object;
  };
}

const jlist = async (): Promise<readonly Entry[]> => JSON.parse((await site.run('jlist')).stdout) as readonly Entry[];
const usersOf = (entries: readonly Entry[], id: number): number =>
  entries.find((entry) => entry.pm_id === id)?.pm2_env.axm_monitor['Users']?.value ?? 0;
const tellAll = async (): Promise<readonly Entry[]> =>
  waitFor('three instances to have told of their metrics', async () => {
    const entries = await jlist();
    return [0, 1, 2].every((id) => usersOf(entries, id) > 0) ? entries : null;
  });
const returned = (stdout: string): unknown[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/"pid":\d+/, '"pid":0'));

describe('an app that tells of itself', () => {
  it('is shown with its metrics and actions, the latest of each, in PM2’s words', async () => {
    const entries = await tellAll();
    expect(entries.map(({ name, pm2_env: env }) => [name, env.axm_actions.map((one) => one.action_name), env.axm_options])).toEqual([
      ...['one', 'two', 'two'].map((name) => [name, ['add', 'never', 'flood'], { error: true, apm: { type: 'node', version: '6.1.0' } }]),
      ['mute', [], {}],
    ]);
    await waitFor('a later value', async () => usersOf(await jlist(), 0) > usersOf(entries, 0));
    const page = (await site.run('describe', 'two')).stdout;
    expect(page.match(/^ Code metrics value \n┌.*\n│ Users │ \d+ people │$/gm)).toHaveLength(2);
    expect(page.match(/^ Actions available \n┌.*\n│ add +│ holdfast trigger two add +│\n│ never .*\n│ flood .*$/gm)).toHaveLength(2);
    expect((await site.run('describe', 'mute')).stdout).not.toContain('Actions available');
  });

  it('does what it is told to, each instance for itself', async () => {
    await tellAll();
    const plain = await site.run('trigger', 'two', 'add');
    expect([plain.code, returned(plain.stdout)]).toEqual([0, [1, 2].map((id) => `[two:${id}:default]={"got":null,"pid":0}`)]);
    const all = await site.run('trigger', 'all', 'add', 'a b');
    expect([all.code, returned(all.stdout)]).toEqual([
      0,
      ['one:0', 'two:1', 'two:2'].map((who) => `[${who}:default]={"got":"a b","pid":0}`),
    ]);
    expect(all.stderr).toBe('');
  });

  it('is waited for as long as was said, and not asked for what it does not know', async () => {
    await tellAll();
    const slow = await site.run('trigger', 'one', 'never', '--timeout', '200');
    expect(slow).toMatchObject({
      code: 1,
      stdout: '',
      stderr: '[holdfast] Cannot trigger never on one:0: it did not answer within 200 ms.\n',
    });
    const unknown = await site.run('trigger', 'one', 'nothing');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('it knows no such action, only add, never, flood');
    expect((await site.run('trigger', 'nobody', 'add')).stderr).toContain('Cannot trigger add on nobody');
  });

  it('is known to the next daemon at once, and tells all anew after a restart', async () => {
    await tellAll();
    const { pid } = (await site.manager()).daemon;
    process.kill(pid, 'SIGKILL');
    await waitFor('its end', () => !isAlive(pid));
    expect(returned((await site.run('trigger', 'one', 'add')).stdout)).toEqual(['[one:0:default]={"got":null,"pid":0}']);
    await site.run('stop', 'one');
    const [stopped] = (await site.json<AppsReply>('describe', 'one')).apps[0]!.instances;
    expect(stopped!.selfReport).toBe(null);
    expect((await site.run('trigger', 'one', 'add')).stderr).toContain('Cannot trigger add on one:0: it is not running.');
    await site.run('start', 'one');
    await tellAll();
    expect(await site.run('trigger', 'one', 'add')).toMatchObject({ code: 0 });
  });
});
