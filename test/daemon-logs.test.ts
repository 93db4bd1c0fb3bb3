// GET /v1/logs: hosts' memory, files and events as one stream, and readers that are too slow.
import fs from 'node:fs';
import net from 'node:net';
import v8 from 'node:v8';
import vm from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../src/model/protocol.ts';
import type { LogEntry, LogSourceUpdate } from '../src/model/view.ts';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { LogsQuery } from '../src/client/logs.ts';

let kit: DaemonKit;
beforeEach(async () => void (kit = await createDaemonKit()));
afterEach(() => kit.dispose());

const start = async (...specs: ReturnType<typeof appSpec>[]): Promise<void> =>
  void (await kit.operate({ action: 'apply', specs, existing: 'refuse' }));
const line = (app: string, at: number, text: string, more: Partial<LogLine> = {}): LogLine => ({
  at,
  app,
  slot: 0,
  id: 0,
  stream: 'out',
  text,
  ...more,
});
const print = (entry: LogEntry): string => `${entry.id ?? '-'} ${entry.app ?? 'Holdfast'} ${entry.stream} ${entry.text}`;

async function read(query: LogsQuery): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of kit.client.logs(query)) entries.push(entry);
  return entries;
}

/** Follows until the test stops it. */
function follow(query: Omit<LogsQuery, 'signal' | 'follow'> = {}): { entries: LogEntry[]; stop(): Promise<void> } {
  const abort = new AbortController();
  const entries: LogEntry[] = [];
  const done = (async () => {
    for await (const entry of kit.client.logs({ ...query, follow: true, signal: abort.signal })) entries.push(entry);
  })();
  return {
    entries,
    stop: () => {
      abort.abort();
      return done;
    },
  };
}

describe('the last lines', () => {
  it('come from the hosts, merged with the events of these apps by time', async () => {
    await start(appSpec('web'), appSpec('other'));
    kit.hosts.get('web')!.lines = [line('web', 1000, 'first'), line('web', Date.now() + 1000, 'last', { stream: 'err' })];
    expect((await read({ targets: ['web'] })).map(print)).toEqual([
      '0 web out first',
      '0 web event starting: node app.js',
      '0 web event online',
      '0 web err last',
    ]);
  });

  it('are taken from the file where the host remembers fewer, without a time and first', async () => {
    const outFile = `${kit.home.logs}/web-out.log`;
    fs.writeFileSync(`${kit.home.logs}/web-out-0.log`, 'one\ntwo\nthree\nfour\n');
    await start(appSpec('web', { outFile }));
    kit.hosts.get('web')!.lines = [line('web', Date.now(), 'four')];
    const entries = (await read({ targets: ['web'], lines: 3 })).filter((entry) => entry.stream === 'out');
    expect(entries.map((entry) => [entry.text, entry.at === null])).toEqual([
      ['two', true],
      ['three', true],
      ['four', false],
    ]);
  });

  it('are shown for an app whose host is gone, from its files', async () => {
    fs.writeFileSync(`${kit.home.logs}/err-0.log`, 'boom\n');
    await start(appSpec('web', { autostart: false, errorFile: `${kit.home.logs}/err.log` }));
    await kit.hosts.get('web')!.die();
    expect((await read({ targets: ['web'] })).filter((entry) => entry.stream === 'err').map(print)).toEqual(['0 web err boom']);
  });

  it('have the events of earlier daemons in them, read back from daemon.log', async () => {
    await start(appSpec('web:1'), appSpec('web'));
    await kit.leave();
    await kit.start();
    expect((await read({ targets: ['web'] })).map(print)).toEqual(['1 web event starting: node app.js', '1 web event online']);
    expect((await read({ targets: ['web:1'] })).map(print)).toEqual(['0 web:1 event starting: node app.js', '0 web:1 event online']);
    expect((await read({})).map(print)).toContain('- Holdfast event daemon leaving, apps stay');
  });

  it('end at once without follow, and are none when none are wanted', async () => {
    await start(appSpec('web'));
    expect(await read({ lines: 0 })).toEqual([]);
  });
});

describe('following', () => {
  it('asks the hosts for lines only while somebody reads', async () => {
    await start(appSpec('web'));
    const host = kit.hosts.get('web')!;
    const said = (): unknown[] => host.commands.filter((command) => command.type === 'follow').map((command) => command.on);
    const first = follow();
    await until('the host was asked', () => said().length === 1);
    const second = follow();
    await until('the second reads', () => second.entries.length > 0);
    await first.stop();
    expect(said()).toEqual([true]);
    await second.stop();
    await until('the host was told to stop', () => said().length === 2);
    expect(said()).toEqual([true, false]);
  });

  it('passes on lines and events of the targets as they come, those of new hosts too', async () => {
    await start(appSpec('web', { namespace: 'batch' }), appSpec('other'));
    const reader = follow({ targets: ['batch'], lines: 0 });
    await until('the host was asked', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'follow'));
    kit.hosts.get('other')!.follow([line('other', 1, 'not for you')]);
    kit.hosts.get('web')!.follow([line('web', Date.now(), 'hello')]);
    await start(appSpec('later', { namespace: 'batch' }));
    await until('the new host was asked', () => kit.hosts.get('later')!.commands.some((command) => command.type === 'follow'));
    kit.hosts.get('later')!.follow([line('later', Date.now(), 'me too', { id: 2 })]);
    await until('all has come', () => reader.entries.length === 4);
    expect(reader.entries.map(print)).toEqual([
      '0 web out hello',
      '2 later event starting: node app.js',
      '2 later event online',
      '2 later out me too',
    ]);
    await reader.stop();
  });

  it('shows a line once that is in the answer and in the stream', async () => {
    await start(appSpec('web'));
    const host = kit.hosts.get('web')!;
    const both = line('web', Date.now(), 'twice');
    host.lines = [both];
    const reader = follow({ targets: ['web'] });
    await until('the last lines are there', () => reader.entries.some((entry) => entry.text === 'twice'));
    host.follow([both, line('web', Date.now(), 'next')]);
    await until('the next is there', () => reader.entries.some((entry) => entry.text === 'next'));
    expect(reader.entries.filter((entry) => entry.text === 'twice')).toHaveLength(1);
    await reader.stop();
  });

  it('tells how many lines a host had to leave out', async () => {
    await start(appSpec('web'));
    const reader = follow({ lines: 0 });
    await until('the host was asked', () => kit.hosts.get('web')!.commands.some((command) => command.type === 'follow'));
    kit.hosts.get('web')!.follow([line('web', Date.now(), 'after')], 41);
    await until('both are there', () => reader.entries.length === 2);
    expect(reader.entries.map(print)).toEqual([expect.stringMatching(/^- Holdfast event 41 lines were left out/), '0 web out after']);
    await reader.stop();
  });

  it('leaves lines out for a reader that does not read, stays small, and tells how many', async () => {
    await start(appSpec('web'));
    const host = kit.hosts.get('web')!;
    const socket = net.connect(kit.home.socket);
    socket.write('GET /v1/logs?lines=0&follow=1 HTTP/1.1\r\nhost: x\r\n\r\n');
    await until('the host was asked', () => host.commands.some((command) => command.type === 'follow'));
    const text = 'z'.repeat(10_000);
    const before = heldBytes();
    for (let round = 0; round < 60; round += 1) {
      host.follow(Array.from({ length: 20 }, () => line('web', Date.now(), text)));
      await kit.client.ping();
    }
    // What the daemon has not read yet waits in the fake host, which is in this process too.
    await until('little is held', () => heldBytes() - before < 8 * 2 ** 20);
    let received = '';
    socket.on('data', (piece) => (received += piece));
    await until('it was told', () => /"text":"\d+ lines were left out/.test(received));
    const shown = received.split(text).length - 1;
    expect(shown + Number(/"text":"(\d+) lines were/.exec(received)![1])).toBe(1200);
    socket.destroy();
  });
});

describe('the sources', () => {
  const logs = (name: string): string => `${kit.home.logs}/${name}`;

  it('are the files of the slots that are meant, each once, and where the events are', async () => {
    const files = { outFile: logs('web-out.log'), errorFile: logs('web-error.log') };
    await start(
      appSpec('web', { ...files, instances: 2 }),
      appSpec('one', { outFile: logs('one.log'), errorFile: logs('one.log'), mergeLogs: true, logDateFormat: 'HH:mm' }),
      appSpec('shared', { outFile: logs('shared.log'), errorFile: '/dev/null', mergeLogs: true, instances: 2 }),
    );
    const [update] = await readSources({});
    expect(update).toEqual({
      type: 'files',
      files: [
        { path: logs('web-out-0.log'), app: 'web', slot: 0, id: 0, streams: ['out'], dateFormat: null, json: false },
        { path: logs('web-error-0.log'), app: 'web', slot: 0, id: 0, streams: ['err'], dateFormat: null, json: false },
        { path: logs('web-out-1.log'), app: 'web', slot: 1, id: 1, streams: ['out'], dateFormat: null, json: false },
        { path: logs('web-error-1.log'), app: 'web', slot: 1, id: 1, streams: ['err'], dateFormat: null, json: false },
        { path: logs('one.log'), app: 'one', slot: 0, id: 2, streams: ['out', 'err'], dateFormat: 'HH:mm', json: false },
        { path: logs('shared.log'), app: 'shared', slot: null, id: null, streams: ['out'], dateFormat: null, json: false },
      ],
      events: {
        path: kit.home.log,
        apps: [
          {
            name: 'web',
            slots: [
              { slot: 0, id: 0 },
              { slot: 1, id: 1 },
            ],
          },
          { name: 'one', slots: [{ slot: 0, id: 2 }] },
          {
            name: 'shared',
            slots: [
              { slot: 0, id: 3 },
              { slot: 1, id: 4 },
            ],
          },
        ],
        own: true,
      },
    });
    await start(
      appSpec('both', { outFile: null, errorFile: '/dev/null', combinedFile: logs('both.log'), logJson: true, logDateFormat: 'HH:mm' }),
    );
    expect(await readSources({ targets: ['both'], lines: 5 })).toEqual([
      expect.objectContaining({
        files: [{ path: logs('both-5.log'), app: 'both', slot: 0, id: 5, streams: ['out', 'err'], dateFormat: null, json: true }],
      }),
    ]);
    const [one] = await readSources({ targets: ['1'] });
    expect(one).toMatchObject({ files: [{ slot: 1 }, { slot: 1 }], events: { own: false } });
    await expect(readSources({ targets: ['wbe'] })).rejects.toThrow('Cannot show the logs of wbe');
  });

  it('carry the lines that go to no file, and ask hosts for lines only because of these', async () => {
    await start(appSpec('web', { outFile: logs('web.log'), errorFile: logs('err.log') }));
    const stored = followSources();
    await until('its files are known', () => stored.updates.length > 0);
    expect(kit.hosts.get('web')!.commands.some((command) => command.type === 'follow')).toBe(false);
    await start(appSpec('mute', { outFile: null, errorFile: logs('mute.log') }));
    const host = kit.hosts.get('mute')!;
    await until('its host was asked', () => host.commands.some((command) => command.type === 'follow'));
    host.follow([line('mute', Date.now(), 'unstored', { id: 1 }), line('mute', Date.now(), 'stored', { id: 1, stream: 'err' })]);
    await until('the line has come', () => stored.updates.some((update) => update.type === 'entry' && update.entry.text === 'unstored'));
    await stored.stop();
    expect(stored.updates.filter((update) => update.type === 'files').length).toBeGreaterThan(1);
    const entries = stored.updates.flatMap((update) => (update.type === 'entry' && update.entry.app === 'mute' ? [update.entry] : []));
    expect(entries.map(print)).toEqual(['1 mute event starting: node app.js', '1 mute event online', '1 mute out unstored']);
    host.lines = [line('mute', 1000, 'remembered', { id: 1 }), line('mute', 1000, 'in its file', { id: 1, stream: 'err' })];
    const [, last] = await readSources({});
    expect(last).toMatchObject({ type: 'entry', entry: { text: 'remembered' } });
  });

  async function readSources(query: LogsQuery): Promise<LogSourceUpdate[]> {
    const updates: LogSourceUpdate[] = [];
    for await (const update of kit.client.logSources(query)) updates.push(update);
    return updates;
  }

  function followSources(): { updates: LogSourceUpdate[]; stop(): Promise<void> } {
    const abort = new AbortController();
    const updates: LogSourceUpdate[] = [];
    const done = (async () => {
      for await (const update of kit.client.logSources({ follow: true, lines: 0, signal: abort.signal })) updates.push(update);
    })();
    return {
      updates,
      stop: () => {
        abort.abort();
        return done;
      },
    };
  }
});

describe('a flush', () => {
  it('empties the present files of what is meant, with their indexes, and tells what stays', async () => {
    const at = (name: string): string => `${kit.home.logs}/${name}`;
    for (const name of ['web-0.log', '.web-0.log.idx', 'web-0__2026-11-22_00-00-00-000Z.log.gz', 'other-1.log'])
      fs.writeFileSync(at(name), 'bytes');
    await start(appSpec('web', { outFile: at('web.log'), errorFile: at('none.log') }), appSpec('other', { outFile: at('other.log') }));
    const { files } = await kit.client.flush({ targets: ['web'] });
    expect(files).toEqual([
      { path: at('web-0.log'), app: 'web', bytes: 5, kept: { files: 1, bytes: 5 } },
      { path: at('none-0.log'), app: 'web', bytes: 0, kept: { files: 0, bytes: 0 } },
    ]);
    expect([fs.statSync(at('web-0.log')).size, fs.statSync(at('other-1.log')).size, fs.existsSync(at('.web-0.log.idx'))]).toEqual([
      0,
      5,
      false,
    ]);
    await kit.client.flush({});
    expect(fs.statSync(at('other-1.log')).size).toBe(0);
    await expect(kit.client.flush({ targets: ['wbe'] })).rejects.toThrow('Cannot flush the logs of wbe');
  });

  it('of everything empties the copy of the events too, which belongs to no app, and leaves the events themselves', async () => {
    const copy = `${kit.home.root}/pm2.log`;
    expect((await kit.client.flush({})).files).toEqual([]);
    fs.writeFileSync(copy, 'bytes');
    await start(appSpec('web', { outFile: null, errorFile: null }));
    expect((await kit.client.flush({ targets: ['web'] })).files).toEqual([]);
    expect(fs.statSync(copy).size).toBe(5);
    expect((await kit.client.flush({})).files).toEqual([{ path: copy, app: null, bytes: 5, kept: { files: 0, bytes: 0 } }]);
    expect(fs.statSync(copy).size).toBe(0);
    expect(kit.log()).not.toEqual([]);
  });

  it('empties the file for both streams too, where the streams have files of their own', async () => {
    const at = (name: string): string => `${kit.home.logs}/${name}`;
    for (const name of ['web-0.log', 'all-0.log']) fs.writeFileSync(at(name), 'bytes');
    await start(appSpec('web', { outFile: at('web.log'), errorFile: at('web.log'), combinedFile: at('all.log') }));
    const { files } = await kit.client.flush({ targets: ['web'] });
    expect(files.map(({ path, bytes }) => [path, bytes])).toEqual([
      [at('web-0.log'), 5],
      [at('all-0.log'), 5],
    ]);
    expect(fs.statSync(at('all-0.log')).size).toBe(0);
  });

  it('names what it cannot empty, and empties the rest', async () => {
    const at = (name: string): string => `${kit.home.logs}/${name}`;
    fs.writeFileSync(at('web-0.log'), 'bytes');
    fs.writeFileSync(at('gone-0.log'), 'bytes');
    fs.chmodSync(at('gone-0.log'), 0o400);
    await start(appSpec('web', { outFile: at('gone.log'), errorFile: at('web.log') }));
    const flushed = kit.client.flush({});
    // Root may write everywhere.
    if (process.getuid?.() === 0) await flushed;
    else await expect(flushed).rejects.toThrow(`Cannot empty ${at('gone-0.log')}: EACCES`);
    expect(fs.statSync(at('web-0.log')).size).toBe(0);
  });
});

/** Bytes in buffers that something still holds: garbage is collected first. */
function heldBytes(): number {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}
