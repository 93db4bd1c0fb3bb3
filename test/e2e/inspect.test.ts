// Debuggers: `inspect` opens a running app to them, and hurts none that it cannot open.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InspectionReply } from '../../src/model/view.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';

let site: Site;
beforeAll(async () => {
  site = createSite();
  await start();
});
afterAll(() => site.dispose());

async function start(): Promise<void> {
  const port = { node_args: '--inspect-port=0' };
  const result = await site.run(
    'start',
    site.ecosystem(
      { name: 'api', script: fixture('http-server.cjs'), instances: 2, exec_mode: 'cluster', env: { PORT: '0' }, ...port },
      { name: 'job', script: fixture('idle.cjs'), ...port },
      { name: 'shell', script: 'sleep 1000' },
    ),
  );
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

const targetOf = async (url: string): Promise<unknown> => (await fetch(`http://${new URL(url).host}/json/list`)).json();

it('opens one instance, in both modes, and the app runs on', async () => {
  for (const target of ['1', 'job']) {
    const reply = await site.json<InspectionReply>('inspect', target);
    expect(await targetOf(reply.url)).toMatchObject([{ type: 'node', webSocketDebuggerUrl: reply.url }]);
  }
  expect(await site.instances('api')).toMatchObject([
    { status: 'online', restarts: 0 },
    { status: 'online', restarts: 0 },
  ]);
});

it('says where to look when Node could not open it', async () => {
  const port = await freePort();
  const node_args = `--inspect-port=${port}`;
  for (const name of ['first', 'second'])
    await site.run('start', site.write(`${name}.js`, 'setInterval(() => {}, 1e6)'), `--node-args=${node_args}`);
  expect(await site.run('inspect', 'first')).toMatchObject({ code: 0 });
  const result = await site.run('inspect', 'second');
  expect([result.code, result.stderr]).toEqual([
    1,
    expect.stringContaining('Cannot inspect second:0: it has opened no inspector within 5 s'),
  ]);
  expect((await site.logs('second')).map(({ text }) => text).join()).toContain('address already in use');
  expect(await site.instances('second')).toMatchObject([{ status: 'online', restarts: 0 }]);
});

it('refuses what is not Node, which would have died of the signal', async () => {
  const result = await site.run('inspect', 'shell');
  expect([result.code, result.stderr]).toEqual([1, expect.stringMatching(/Cannot inspect shell:0: pid \d+ has not told that it is Node/)]);
  expect(await site.instances('shell')).toMatchObject([{ status: 'online', restarts: 0 }]);
});
