// Programs written for PM2's programmatic API, as they find it: required by name, with callbacks or promises, in JavaScript and TypeScript.
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProgramSite } from './kit/program-site.ts';
import type { ProgramSite } from './kit/program-site.ts';
import { run } from './kit/run.ts';
import { fixture, ROOT } from './kit/site.ts';

let site: ProgramSite;
beforeEach(() => void (site = createProgramSite()));
afterEach(() => site.dispose());

const CALLBACKS = `
const pm2 = require('holdfast/pm2');
const script = ${JSON.stringify(fixture('converses.cjs'))};
const print = (value) => console.log(JSON.stringify(value));
const keys = (entry) => Object.keys(entry).sort();
pm2.connect((err, connection) => {
  print([err, connection.new_pm2_instance, connection.pm2_home === process.env.HOLDFAST_HOME]);
  pm2.start({ script, name: 'a', env: { X: '1' } }, (err, [proc]) => {
    print([err, proc.pm2_env.status, proc.pm2_env.env.X, proc.process.pid > 0]);
    pm2.start(script, { name: 'a' }, (err) => {
      print(err.message);
      pm2.list((err, [entry]) => {
        print([err, keys(entry), keys(entry.monit), entry.name, entry.pm_id, entry.pm2_env.exec_mode]);
        pm2.restart('a', (err, procs) => {
          print([err, procs.map(({ pm2_env: { env, ...rest }, ...head }) => [head, rest])]);
          pm2.stop('nobody', (err, result) => {
            print([err.message, result === undefined]);
            pm2.disconnect();
          });
        });
      });
    });
  });
});
`;

it('answers callbacks with the results of PM2', async () => {
  const brief = { name: 'a', namespace: 'default', pm_id: 0, status: 'online', restart_time: 1 };
  expect(await site.program('callbacks.cjs', CALLBACKS)).toEqual([
    [null, true, true],
    [null, 'online', '1', true],
    'Script already launched',
    [null, ['monit', 'name', 'pid', 'pm2_env', 'pm_id'], ['cpu', 'memory'], 'a', 0, 'fork_mode'],
    [null, [[brief, brief]]],
    ['process or namespace not found', true],
  ]);
});

const PROMISES = `
import pm2 from 'holdfast/pm2';
const script = ${JSON.stringify(fixture('converses.cjs'))};
const print = (value) => console.log(JSON.stringify(value));
const messageOf = (promise) => promise.then(() => null, (error) => [error.message, error.code]);
const { start, list } = pm2;
print((await start({ apps: [{ script, name: 'b', instances: 2, exec_mode: 'fork' }, { script, name: 'c' }] })).map(({ name, pm_id }) => [name, pm_id]));
print((await pm2.start('ecosystem.config.json', { only: 'd' })).map(({ name }) => name));
print([await pm2.describe('nobody'), (await pm2.describe(0)).map(({ name }) => name), (await pm2.getPID('b')).length, await pm2.getProcessIdByName('b')]);
print([await pm2.scale('c', '+1'), await messageOf(pm2.scale('c', 2)), await pm2.reset('c'), await pm2.dump(), (await pm2.env('d')).WHO]);
print(await pm2.sendLineToStdin(0, 'a line'));
print((await pm2.sendSignalToProcessName('SIGCONT', 'b')).length);
print((await pm2.reload('d')).map(({ pm_id, status, restart_time }) => [pm_id, status, restart_time]));
print((await pm2.stop({ apps: [{ name: 'b', script }] })).map(({ status }) => status));
print((await pm2.delete('all')).map(({ name, status }) => [name, status]));
print([await list(), await pm2.resurrect(), (await list()).map(({ name, pm2_env: { status } }) => [name, status])]);
print(await messageOf(pm2.start({ name: 'e', script: 'missing.js' })));
print([await pm2.ping(), typeof (await pm2.getVersion()), await pm2.killDaemon()]);
`;

it('answers with promises where no callback is given, also to ES modules', async () => {
  site.ecosystem({ name: 'd', script: fixture('converses.cjs'), env: { WHO: 'd' } }, { name: 'not-this', script: fixture('idle.cjs') });
  const ended = (name: string): [string, string] => [name, 'stopped'];
  expect(await site.program('promises.mjs', PROMISES)).toEqual([
    [
      ['b', 0],
      ['b', 1],
      ['c', 2],
    ],
    ['d'],
    [[], ['b'], 2, [0, 1]],
    [{ success: true }, ['Same process number', 'NOTHING_TO_DO'], { success: true }, { success: true }, 'd'],
    { pm_id: 0, line: 'a line\n' },
    5,
    [[3, 'online', 1]],
    ['stopped', 'stopped'],
    [ended('b'), ended('b'), ended('c'), ended('d'), ended('c')],
    [
      [],
      { success: true },
      [
        ['b', 'online'],
        ['b', 'online'],
        ['c', 'online'],
        ['c', 'online'],
        ['d', 'online'],
      ],
    ],
    [expect.stringContaining('missing.js'), 'CONFIG_INVALID'],
    [{ msg: 'pong' }, 'string', { success: true }],
  ]);
  expect(site.processes()).toEqual([]);
});

const TOOLS = `
const pm2 = require('holdfast/pm2');
const fs = require('node:fs');
const print = (value) => console.log(JSON.stringify(value));
pm2.start({ script: ${JSON.stringify(fixture('idle.cjs'))}, name: 'a', node_args: '--inspect-port=0' }, () => {
  pm2.inspect('a', (err, { success, url }) => {
    print([err, success, /^ws:/.test(url)]);
    pm2.profile('cpu', 50, (err, { file }) => {
      print([err, file.startsWith(process.cwd()), Object.keys(JSON.parse(fs.readFileSync(file))).includes('samples')]);
      pm2.report((err, text) => {
        print([err, /daemon +pid/.test(text)]);
        pm2.logrotate({}, (err, result) => print([err, result]));
      });
    });
  });
});
`;

it('profiles, inspects and reports for programs', async () => {
  expect(await site.program('tools.cjs', TOOLS)).toEqual([
    [null, true, true],
    [null, true, true],
    [null, true],
    [null, { success: true }],
  ]);
});

const BUS = `
const pm2 = require('holdfast/pm2');
const script = ${JSON.stringify(fixture('converses.cjs'))};
const print = (value) => console.log(JSON.stringify(value));
pm2.launchBus(async (err, bus, socket) => {
  const heard = [];
  let wake = () => {};
  const until = async (what) => {
    while (!heard.includes(what)) await new Promise((resolve) => (wake = resolve));
    heard.splice(heard.indexOf(what), 1);
  };
  const hear = (what) => (heard.push(what), wake());
  let shown = false;
  const told = [];
  bus.on('log:PM2', ({ process, at, data }) => {
    if (typeof at !== 'number' || process.pm_id !== 'PM2') print('a wrong payload');
    told.push(data);
  });
  bus.on('pm2:kill', ({ status, msg }) => hear([status, typeof msg].join()));
  bus.on('log:*', (stream, { process, data }) => {
    if (stream === 'PM2') return;
    if (!shown) print([stream, process, data]);
    shown = true;
    hear('line');
  });
  bus.on('process:event', ({ event, manually, process, at }) => {
    hear([event, manually, process.name, process.pm_id, process.status].join());
    if (typeof at !== 'number' || 'env' in process || process.exec_mode !== 'fork_mode') print('a wrong payload');
  });
  print([err, socket === bus.sock]);
  await pm2.start({ script, name: 'a' });
  for (const what of ['line', 'online,false,a,0,online', 'start,true,a,0,online']) await until(what);
  await pm2.restart('a');
  for (const what of ['online,false,a,0,online', 'restart,true,a,0,online']) await until(what);
  await pm2.stop('a');
  await until('stop,true,a,0,stopped');
  print(heard.filter((what) => what.startsWith('exit,false,a,0')).length);
  print(heard.filter((what) => !what.startsWith('exit') && what !== 'line'));
  print([told.filter((line) => line === 'App [a:0] online\\n').length, told.includes('App [a:0] stopped\\n')]);
  await pm2.kill();
  await until('killed,string');
  pm2.disconnect();
});
`;

it('tells on its bus what apps print, what happens to them and that it was killed, and ends with disconnect', async () => {
  expect(await site.program('bus.cjs', BUS)).toEqual([
    [null, true],
    ['out', { pm_id: 0, name: 'a', rev: null, namespace: 'default' }, 'up\n'],
    2,
    [],
    [2, true],
  ]);
});

const MESSAGES = `
const pm2 = require('holdfast/pm2');
const script = ${JSON.stringify(fixture('tells.cjs'))};
const print = (value) => console.log(JSON.stringify(value));
const messageOf = (promise) => promise.then(() => 'no error', (error) => error.message);
pm2.launchBus(async (err, bus) => {
  const heard = [];
  let wake = () => {};
  const until = async (isThere) => {
    for (;;) {
      const at = heard.findIndex(isThere);
      if (at >= 0) return heard.splice(at, 1)[0];
      await new Promise((resolve) => (wake = resolve));
    }
  };
  const hear = (topic) => (payload) => (heard.push({ topic, ...payload }), wake());
  const told = async (topic) => {
    const { at, ...payload } = await until((one) => one.topic === topic);
    print(typeof at === 'number' ? payload : 'no time');
  };
  for (const topic of ['human:event', 'process:msg', 'axm:reply']) bus.on(topic, hear(topic));
  await pm2.start({ script, name: 'a' });
  for (;;) {
    const [{ pm2_env: { axm_actions } }] = await pm2.list();
    if (axm_actions.length === 3) break;
  }
  print(await pm2.sendDataToProcessId(0, { type: 'process:msg', topic: 'greet', data: { z: 1 } }));
  await told('human:event');
  await told('process:msg');
  const [reply] = await pm2.trigger('a', 'add', { x: 1 });
  print([reply.process, typeof reply.at, reply.data.action_name, reply.data.return.got]);
  await until(({ topic }) => topic === 'axm:reply');
  print([await pm2.msgProcess({ id: 0, msg: 'add' }), await pm2.msgProcess({ name: 'nobody', msg: 'add' })]);
  print((await until(({ topic }) => topic === 'axm:reply')).data.return.got);
  print(await pm2.msgProcess({ name: 'a', msg: 'add', opts: 7, uuid: 'u' }));
  print((await until(({ topic }) => topic === 'axm:reply')).data.return.got);
  print([
    await messageOf(pm2.sendDataToProcessId(0, { type: 'x', data: 1 })),
    await messageOf(pm2.sendDataToProcessId(99, { topic: 't', data: 1 })),
    await messageOf(pm2.msgProcess({ id: 0, msg: 'nothing' })),
    await messageOf(pm2.trigger('a', 'nothing')),
    await messageOf(pm2.trigger('nobody', 'add')),
  ]);
  let flood = 0;
  let leftOut = 0;
  const all = new Promise((resolve) => {
    const count = () => void (flood + leftOut >= 50000 && resolve());
    bus.on('flood', () => count((flood += 1)));
    bus.on('holdfast:left-out', (missing) => count((leftOut += missing.count)));
  });
  print((await pm2.trigger('a', 'flood'))[0].data.return);
  await all;
  print([flood + leftOut, flood > 0 && flood <= 200]);
  pm2.disconnect();
});
`;

it('sends messages to apps, has them do actions, and tells on its bus what they say, of a flood a part and the number of the rest', async () => {
  const speaker = { pm_id: 0, name: 'a', namespace: 'default' };
  expect(await site.program('messages.cjs', MESSAGES)).toEqual([
    { success: true, data: { type: 'process:msg', topic: 'greet', data: { z: 1 }, id: 0 } },
    { topic: 'human:event', data: { __name: 'greeted', by: { z: 1 } }, process: speaker },
    { topic: 'process:msg', raw: { raw: { z: 1 } }, process: speaker },
    [speaker, 'number', 'add', { x: 1 }],
    [
      { process_count: 1, success: true },
      { process_count: 0, success: true },
    ],
    null,
    { process_count: 1, success: true },
    7,
    [
      'Cannot send {"type":"x","data":1,"id":0}: it has no topic.',
      'process or namespace not found',
      'Cannot trigger nothing on 0: it knows no such action.',
      'Cannot trigger nothing on a:0: it knows no such action, only add, never, flood.',
      'process or namespace not found',
    ],
    'done',
    [50_000, true],
  ]);
});

const TYPED = `
import pm2, { type ProcessDescription } from 'holdfast/pm2';
import required = require('holdfast/pm2');
pm2.list((error: Error | null, list: ProcessDescription[]) => console.log(error?.message, list[0]?.pm2_env.status));
async function main(): Promise<void> {
  const [proc] = await pm2.start({ script: 'app.js', instances: 'max', max_memory_restart: '1G' });
  const status: pm2.ProcessStatus | undefined = proc?.status;
  console.log(status, await new required.custom({ pm2_home: '/tmp/x' }).getVersion());
}
main();
void pm2.launchBus().then((bus) => bus.on('process:event', ({ event, process }) => console.log(event, process.pm_id)));
// @ts-expect-error A name is missing.
void pm2.scale(2);
`;

const CLIENT_TYPED = `
import holdfast, { createClient, HoldfastError, type App, type ProcessDescription } from 'holdfast';
const client = createClient({ home: '/tmp/x', launch: false });
export async function main(): Promise<App[]> {
  for await (const update of client.reload('api', { parallel: 2 })) if (update.type === 'event') console.log(update.event.text);
  const { outcomes } = await client.start({ script: 'app.js', instances: 'max', env: { A: 1 } });
  for await (const { text } of client.logs({ signal: AbortSignal.timeout(1000) })) console.log(text, outcomes[0]?.ok);
  const list: ProcessDescription[] = await holdfast.list();
  console.log(list, holdfast.custom);
  return [...(await client.list(['a', 2]))];
}
main().catch((error: unknown) => console.log(error instanceof HoldfastError && error.hint?.length, error as HoldfastError));
// @ts-expect-error A name is missing.
void client.scale(2);
// @ts-expect-error Neither a number nor a change.
void client.scale('a', 'two');
`;

it('has types for both ways to import it', async () => {
  const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
  const files = [
    site.write(
      'typed.cts',
      TYPED.replace(
        "import pm2, { type ProcessDescription } from 'holdfast/pm2';",
        "import pm2 = require('holdfast/pm2');\ntype ProcessDescription = pm2.ProcessDescription;",
      ),
    ),
    site.write('typed.mts', TYPED.replace("import required = require('holdfast/pm2');", 'const required = pm2;')),
    site.write('client.mts', CLIENT_TYPED),
    site.write(
      'client.cts',
      CLIENT_TYPED.replace(
        /^import .*$/m,
        "import holdfast = require('holdfast');\nimport { type App, type ProcessDescription } from 'holdfast';\nconst { createClient, HoldfastError } = holdfast;\ntype HoldfastError = holdfast.HoldfastError;",
      ),
    ),
  ];
  const types = ['--typeRoots', path.join(ROOT, 'node_modules/@types'), '--types', 'node'];
  const result = await run(tsc, ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', ...types, ...files], {
    cwd: site.folder,
  });
  expect(result, result.stdout).toMatchObject({ code: 0 });
});
