// What a daemon hears from a host, and in which order.
import { describe, expect, it } from 'vitest';
import type { HoldfastEvent } from '../model/event.ts';
import type { HostCommand, HostMessage } from '../model/protocol.ts';
import type { RolloutState } from '../model/rollout.ts';
import type { AppMessage } from '../model/self-report.ts';
import type { LineSocket } from '../platform/line-socket.ts';
import { MAX_UNACKNOWLEDGED, createLink } from './link.ts';

function setUp() {
  const gone: boolean[] = [];
  const followed: boolean[] = [];
  const heard: boolean[] = [];
  const commands: HostCommand[] = [];
  const link = createLink({
    identity: { name: 'api', version: '1.2.3', process: { pid: 7, startTime: '70' } },
    snapshot: () => [],
    command: (command) => void commands.push(command),
    followChanged: (isFollowed) => void followed.push(isFollowed),
    hearChanged: (isHeard) => void heard.push(isHeard),
    daemonGone: (goodbye) => void gone.push(goodbye),
  });
  return { link, gone, followed, heard, commands };
}

function dial(link: ReturnType<typeof setUp>['link']) {
  const got: HostMessage[] = [];
  const socket: LineSocket & { queuedBytes: number } = {
    send: (message) => void got.push(message as HostMessage),
    queuedBytes: 0,
    close: () => {},
  };
  const events = link.accept(socket);
  return { got, socket, say: (command: HostCommand) => events.message(command), hangUp: () => events.closed() };
}

const event = (text: string): HoldfastEvent => ({ kind: 'unsupported', what: text, at: 1, app: 'api', slot: 0 });
const publish = (link: ReturnType<typeof setUp>['link'], text: string): void =>
  link.publish({ event: event(text), row: null, removed: { app: 'api', key: 1 }, rollout: null });
const hello: HostCommand = { type: 'hello', protocol: 1, version: '1.2.3' };

describe('a daemon that dials in', () => {
  it('gets nothing before its hello, then a snapshot, then every fact with growing numbers', () => {
    const { link } = setUp();
    const daemon = dial(link);
    publish(link, 'before');
    expect(daemon.got).toEqual([]);
    daemon.say(hello);
    publish(link, 'after');
    expect(daemon.got).toMatchObject([
      { type: 'snapshot', name: 'api', version: '1.2.3', seq: 1, missed: 0, process: { pid: 7 } },
      { type: 'fact', seq: 1, event: { what: 'before' }, row: null, removed: null },
      { type: 'fact', seq: 2, event: { what: 'after' }, removed: { key: 1 } },
    ]);
  });

  it('is told again only what the one before it had not acknowledged', () => {
    const { link } = setUp();
    const first = dial(link);
    first.say(hello);
    for (const text of ['one', 'two', 'three']) publish(link, text);
    first.say({ type: 'ack', seq: 2 });
    first.hangUp();
    const second = dial(link);
    second.say(hello);
    expect(second.got.map((message) => (message.type === 'fact' ? message.seq : message.type))).toEqual(['snapshot', 3]);
  });

  it('is told of an earlier state of a rollout by its events alone: the snapshot is newer', () => {
    const { link } = setUp();
    const state = { phase: 'running' } as RolloutState;
    link.publish({ event: event('a step'), row: null, removed: null, rollout: { app: 'api', state, release: null } });
    const daemon = dial(link);
    daemon.say(hello);
    expect(daemon.got[1]).toMatchObject({ event: { what: 'a step' }, rollout: null });
  });

  it('is told how many events fell out of the ring, and told so once', () => {
    const { link } = setUp();
    for (let count = 0; count < MAX_UNACKNOWLEDGED + 3; count += 1) publish(link, String(count));
    const first = dial(link);
    first.say(hello);
    expect(first.got[0]).toMatchObject({ missed: 3 });
    const second = dial(link);
    second.say(hello);
    expect(second.got[0]).toMatchObject({ missed: 0 });
  });

  it('leaves with or without a goodbye, and only the last one counts', () => {
    const { link, gone } = setUp();
    const first = dial(link);
    const second = dial(link);
    first.hangUp();
    expect(gone).toEqual([]);
    second.say({ type: 'goodbye' });
    second.hangUp();
    dial(link).hangUp();
    expect(gone).toEqual([true, false]);
  });

  it('hands commands for apps on', () => {
    const { link, commands } = setUp();
    dial(link).say({ type: 'stop', ticket: 1, app: 'api', slots: [0] });
    expect(commands).toMatchObject([{ type: 'stop', app: 'api' }]);
  });
});

describe('lines', () => {
  const line = { at: 1, app: 'api', slot: 0, id: 0, stream: 'out' as const, text: 'hello' };

  it('go to those who follow, and following is switched on and off', () => {
    const { link, followed } = setUp();
    const daemon = dial(link);
    link.lines([line]);
    daemon.say({ type: 'follow', on: true });
    link.lines([line]);
    daemon.say({ type: 'follow', on: false });
    link.lines([line]);
    expect(followed).toEqual([true, false]);
    expect(daemon.got).toEqual([{ type: 'lines', lines: [line], dropped: 0 }]);
  });

  it('are dropped and counted for a daemon that reads too slowly', () => {
    const { link } = setUp();
    const daemon = dial(link);
    daemon.say({ type: 'follow', on: true });
    daemon.socket.queuedBytes = 2 ** 21;
    link.lines([line, line]);
    daemon.socket.queuedBytes = 0;
    link.lines([line]);
    expect(daemon.got).toMatchObject([{ type: 'lines', dropped: 2 }]);
  });
});

describe('what apps say', () => {
  const said = (text: string): AppMessage => ({ at: 1, app: 'api', slot: 0, id: 0, message: text });

  it('goes to those who hear it, and the host knows whether anybody does', () => {
    const { link, heard } = setUp();
    const one = dial(link);
    const other = dial(link);
    link.messages([said('too early')], 0);
    one.say({ type: 'hear', on: true });
    link.messages([said('hello')], 2);
    expect(one.got).toEqual([{ type: 'messages', messages: [said('hello')], dropped: 2 }]);
    expect(other.got).toEqual([]);
    one.hangUp();
    expect(heard).toEqual([true, false]);
  });

  it('is left out and counted for one that reads too slowly', () => {
    const { link } = setUp();
    const slow = dial(link);
    slow.say({ type: 'hear', on: true });
    slow.socket.queuedBytes = 2 ** 21;
    link.messages([said('a'), said('b')], 3);
    slow.socket.queuedBytes = 0;
    link.messages([said('c')], 0);
    expect(slow.got).toEqual([{ type: 'messages', messages: [said('c')], dropped: 5 }]);
  });
});
