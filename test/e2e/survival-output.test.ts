// What the instances of a cluster app write while they have no host: the next one reads on where the last one stopped. Where none comes they go on serving.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ask } from './kit/ask.ts';
import { expectEveryLine, gapsIn, numberedLogsOf } from './kit/numbered-lines.ts';
import type { NumberedLog } from './kit/numbered-lines.ts';
import { freePort } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());
// Five times what they need on a machine that is busy itself.
vi.setConfig({ testTimeout: 120_000 });

const SLOW = { timeoutMs: 60_000 };

const hosts = (): number[] => site.processes().flatMap(({ pid, command }) => (command.startsWith('holdfast: host ') ? [pid] : []));

async function start(...apps: object[]): Promise<void> {
  const result = await site.run('start', site.ecosystem(...apps));
  expect(result, result.stderr).toMatchObject({ code: 0 });
}

async function killHard(...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor('their end', () => !pids.some(isAlive));
}

/** An app of two that write as fast as they are read. */
async function startWriting(settings: object = {}): Promise<NumberedLog[]> {
  const port = await freePort();
  // Where another user reaches it, too.
  fs.chmodSync(path.dirname(site.folder), 0o755);
  const script = site.write('numbered.js', fs.readFileSync(fixture('numbered.cjs'), 'utf8'));
  await start({ name: 'lines', script, instances: 2, env: { PORT: String(port) }, kill_timeout: 30_000, ...settings });
  const writing = await numberedLogsOf(site, 'lines');
  expect(writing).toHaveLength(2);
  await waitFor('both to write', () => writing.every(({ file }) => fs.existsSync(file) && fs.statSync(file).size > 500_000));
  return writing;
}

/** The app has two new instances, and nothing of the old ones is left. */
async function replaced(before: readonly NumberedLog[]): Promise<NumberedLog[]> {
  const old = before.map(({ pid }) => pid);
  await waitFor('the old instances to end', () => !old.some(isAlive), SLOW);
  return waitFor(
    'their successors',
    async () => {
      const now = await numberedLogsOf(site, 'lines');
      return now.length === 2 && !now.some(({ pid }) => old.includes(pid)) && now;
    },
    SLOW,
  );
}

/** Giving rights away takes root. */
const USERS = process.getuid!() === 0 ? ['', ' of an app with uid'] : [''];

it.each(USERS)('is in the log after kill -9 of the host%s, each line once, but for the chunk that the host had in hand', async (whose) => {
  const before = await startWriting(whose === '' ? {} : { uid: 'nobody' });
  await killHard(...hosts());
  const after = await replaced(before);
  expect(await site.run('stop', 'lines')).toMatchObject({ code: 0 });
  for (const log of before) expectEveryLine(log, 1);
  expect(after.flatMap(gapsIn)).toEqual([]);
  // What nobody can know, whether there was such a chunk, is said where it would be missing.
  const said = site.events('lines').filter(({ text }) => text.includes('what the dead one had in hand may be missing'));
  expect(said.map(({ text }) => text)).toEqual([expect.stringContaining('2 instances went on without it')]);
  expect(fs.readdirSync(path.join(site.home, 'hosts/lines.pipes')).filter((name) => !name.startsWith('spare.'))).toEqual([]);
});

it('is in the log after an update, each line once', async () => {
  const before = await startWriting();
  const dead = hosts();
  const updated = await site.run('update', '--all');
  expect(updated, updated.stderr).toMatchObject({ code: 0 });
  expect(hosts()).not.toEqual(dead);
  const after = await replaced(before);
  expect(await site.run('stop', 'lines')).toMatchObject({ code: 0 });
  expect([...before, ...after].flatMap(gapsIn)).toEqual([]);
});

/** Writes 256 KiB before each answer. */
const FLOOD = `
const text = Buffer.alloc(2 ** 18, 'x'.repeat(63) + '\\n');
const write = {
  sync: () => { for (let at = 0; at < text.length; ) at += require('node:fs').writeSync(1, text, at); },
  stream: () => process.stdout.write(text),
}[process.argv[2]];
require('node:http').createServer((request, response) => {
  if (request.url === '/flood') write();
  response.end(String(process.pid));
}).listen(process.env.PORT);
`;

it('keeps no instance from serving for which no host comes: it is thrown away then, and the log says how much', async () => {
  const script = site.write('flood.cjs', FLOOD);
  const names = ['sync', 'stream'];
  const ports = [await freePort(), await freePort()];
  await start(...names.map((name, index) => ({ name, script, args: name, exec_mode: 'cluster', env: { PORT: String(ports[index]) } })));
  const before = (await Promise.all(names.map((name) => site.instances(name)))).flat().map(({ pid }) => pid!);
  const records = names.map((name) => path.join(site.home, `hosts/${name}.json`));
  // Afterwards the record is not written again.
  await waitFor('both to be healthy', () => records.every((file) => fs.readFileSync(file, 'utf8').includes('"healthy":true')));
  // How a host is started is known from there alone.
  for (const file of records) fs.renameSync(file, `${file}.aside`);
  await killHard(...hosts());
  for (let round = 0; round < 80; round += 1) {
    const answers = await Promise.all(ports.map((port) => ask({ port, path: '/flood', timeout: 60_000 })));
    expect(answers.map(({ body }) => Number(body))).toEqual(before);
  }
  expect(hosts()).toEqual([]);
  for (const file of records) fs.renameSync(`${file}.aside`, file);
  for (const name of names) {
    const text = (): string[] => site.events(name).flatMap((event) => (event.text.includes('thrown away') ? [event.text] : []));
    await waitFor(`${name} to tell the next host`, () => text().length > 0, SLOW);
    expect(text()[0]).toMatch(/^\d+ bytes of its output thrown away: for too long no host was there to read it$/);
  }
});
