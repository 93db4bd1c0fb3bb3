// The client of programs, `createClient` of 'holdfast', as they find it: and what a program gets that requires it as `pm2`. Its types: api-pm2.test.ts.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProgramSite } from './kit/program-site.ts';
import type { ProgramSite } from './kit/program-site.ts';
import { run } from './kit/run.ts';
import { fixture, ROOT } from './kit/site.ts';

let site: ProgramSite;
beforeEach(() => void (site = createProgramSite()));
afterEach(() => site.dispose());

const CLIENT = `
import { createClient, HoldfastError } from 'holdfast';
const print = (value) => console.log(JSON.stringify(value));
const script = ${JSON.stringify(fixture('converses.cjs'))};
const why = (promise) => promise.then(() => null, (error) => [error instanceof HoldfastError, error.code, error.hint]);
const holdfast = createClient({ home: process.env.HOLDFAST_HOME });
const watching = new AbortController();
let opened;
const online = new Promise((resolve) => (opened = resolve));
const events = (async () => {
  const kinds = [];
  for await (const { kind, text } of holdfast.events({ last: 300, signal: watching.signal })) {
    kinds.push(kind);
    if (text === 'online') opened();
  }
  return kinds;
})();
const seen = new Set();
let end;
for await (const update of holdfast.start([{ name: 'a', script, instances: 2, exec_mode: 'fork' }])) {
  seen.add(update.type);
  if (update.type === 'operation') end = update.operation;
}
print([[...seen].sort(), end.state, end.outcomes.map(({ app, slot, text }) => [app, slot, text])]);
print((await holdfast.list()).map(({ name, instances }) => [name, instances.map(({ status }) => status)]));
for await (const { stream, text } of holdfast.logs({ targets: 'a' })) if (stream === 'out') { print(text); break; }
await online;
watching.abort();
print((await events).includes('online'));
const { spec } = await holdfast.describe('a');
print([spec.script === script, (await holdfast.restart('a')).state, (await holdfast.scale('a', '+1')).outcomes.length > 0]);
print(await why(holdfast.stop('nobody')));
print(await why(holdfast.reload({ name: 'a', script: 'missing.js' })));
print(await why(createClient({ home: process.env.HOLDFAST_HOME + '2', launch: false }).ping()));
print((await createClient({ socket: process.env.HOLDFAST_HOME + '/daemon.sock' }).delete(['a'])).state);
print(await holdfast.list());
`;

it('starts, watches, changes and ends apps, with progress and events to iterate and errors to tell apart', async () => {
  expect(await site.program('client.mjs', CLIENT)).toEqual([
    [
      ['event', 'operation'],
      'done',
      [
        ['a', 0, 'online'],
        ['a', 1, 'online'],
      ],
    ],
    [['a', ['online', 'online']]],
    'up',
    true,
    [true, 'done', true],
    [true, 'TARGET_NOT_FOUND', 'holdfast ls'],
    [true, 'CONFIG_INVALID', null],
    [true, 'DAEMON_UNREACHABLE', 'holdfast ping'],
    'done',
    [],
  ]);
});

const ALIASED = `
const pm2 = require('pm2');
const print = (value) => console.log(JSON.stringify(value));
import('pm2').then(async (module) => {
  const names = Object.keys(pm2).filter((name) => typeof pm2[name] === 'function' && name !== 'package');
  print([module.default === pm2, names.filter((name) => module[name] !== pm2[name]), names.includes('connect')]);
  print([require('holdfast/pm2') === require('holdfast'), require('pm2/package.json').name, new pm2.custom().cwd === process.cwd()]);
  print([require('pm2/lib/API.js') === pm2.custom, require('pm2/constants').ONLINE_STATUS]);
  print([pm2.pm2_home, (await pm2.list()).length]);
  await pm2.kill();
});
`;

it("installed in PM2's place it is PM2's API, in the home where the command pm2 has had a daemon, or in its own", async () => {
  const installed = path.join(site.folder, 'node_modules/pm2');
  fs.mkdirSync(installed);
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
  fs.cpSync(path.join(ROOT, 'dist'), path.join(installed, 'dist'), { recursive: true });
  const env: NodeJS.ProcessEnv = { ...site.env, HOME: site.folder };
  delete env['HOLDFAST_HOME'];
  const own = path.join(site.folder, '.holdfast');
  const pm2s = path.join(site.folder, '.pm2');
  const file = site.write('aliased.cjs', ALIASED);
  for (const home of [own, pm2s]) {
    if (home === pm2s) fs.cpSync(own, pm2s, { recursive: true });
    const result = await run(process.execPath, [file], { cwd: site.folder, env, timeoutMs: 60_000 });
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(
      result.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      [true, [], true],
      [true, 'holdfast', true],
      [true, 'online'],
      [home, 0],
    ]);
  }
});
