// What of an app's messages is sent to its manager.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_MESSAGE_CHARS, MESSAGES_PER_SECOND } from '../model/self-report.ts';
import { limitMessages } from './messages.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'nextTick'] }));
afterEach(() => void vi.useRealTimers());

type AnySend = (message: unknown, ...rest: unknown[]) => boolean;

function setUp() {
  const sent: unknown[] = [];
  const said: unknown[] = [];
  const sender = {
    connected: true,
    send: (message: unknown, ...rest: unknown[]) => sent.push(rest.length === 0 ? message : [message, ...rest]) > 0,
  };
  const { hear } = limitMessages({ say: (message) => void said.push(message) }, sender);
  return { sent, said, sender, hear, send: (...args: Parameters<AnySend>) => sender.send(...args) };
}

const own = (n: number): object => ({ type: 'own', data: { n } });
const monitor = (value: unknown): object => ({ type: 'axm:monitor', data: { Users: { value } } });

describe('what nobody hears', () => {
  it('is not sent, and looks as if it were', () => {
    const { send, sent, said, hear } = setUp();
    const done = vi.fn<(error: null) => void>();
    hear(false);
    expect(send(own(1), done)).toBe(true);
    vi.advanceTimersByTime(5000);
    expect([sent, said]).toEqual([[], []]);
    expect(done).toHaveBeenCalledExactlyOnceWith(null);
  });

  it.each([
    ['ready'],
    ['healthy'],
    [{ type: 'axm:action', data: { action_name: 'gc' } }],
    [{ type: 'axm:option:configuration', data: {} }],
    [{ type: 'axm:reply', data: { action_name: 'gc', return: 1 } }],
    [{ cmd: 'NODE_CLUSTER', act: 'exitedAfterDisconnect' }],
  ])('is none of what a manager or Node itself waits for: %j', (message) => {
    const { send, sent, hear } = setUp();
    hear(false);
    send(message);
    expect(sent).toEqual([message]);
  });

  it('is sent until told, since somebody may hear it', () => {
    const { send, sent } = setUp();
    for (const message of [own(1), 'text', null, 7, [1]]) send(message);
    expect(sent).toEqual([own(1), 'text', null, 7, [1]]);
  });
});

describe('too much', () => {
  it('is left out, and told of with its number when the second is over', () => {
    const { send, sent, said } = setUp();
    for (let n = 0; n < MESSAGES_PER_SECOND.count + 50; n += 1) send(own(n));
    expect(sent).toHaveLength(MESSAGES_PER_SECOND.count);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual([{ act: 'unsent', count: 50 }]);
    send(own(1));
    expect(sent).toHaveLength(MESSAGES_PER_SECOND.count + 1);
  });

  it('leaves actions and replies their room', () => {
    const { send, sent } = setUp();
    for (let n = 0; n < 10_000; n += 1) send(own(n));
    const action = { type: 'axm:action', data: { action_name: 'gc' } };
    send(action);
    expect(sent.at(-1)).toEqual(action);
  });

  it('is one message that is too long; of a reply it says so to whoever waits', () => {
    const { send, sent, said } = setUp();
    const long = 'x'.repeat(MAX_MESSAGE_CHARS);
    send({ type: 'own', data: long });
    send({ type: 'axm:reply', data: { at: 1, action_name: 'gc', return: long } });
    const error = expect.stringContaining('Cannot hand on what the action returned') as string;
    expect(sent).toEqual([{ type: 'axm:reply', data: { at: 1, action_name: 'gc', return: { error } } }]);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual([{ act: 'unsent', count: 1 }]);
  });
});

describe('metrics', () => {
  it('are sent at once, then the latest of each twice a second', () => {
    const { send, sent } = setUp();
    for (let n = 0; n < 1000; n += 1) send(monitor(n));
    send({ type: 'axm:monitor', data: { Other: { value: 1 } } });
    expect(sent).toEqual([monitor(0)]);
    vi.advanceTimersByTime(500);
    expect(sent.slice(1)).toEqual([{ type: 'axm:monitor', data: { Users: { value: 999 }, Other: { value: 1 } } }]);
    vi.advanceTimersByTime(5000);
    expect(sent).toHaveLength(2);
    send(monitor('at once again'));
    expect(sent.at(-1)).toEqual(monitor('at once again'));
  });

  it('of no sense are left out', () => {
    const { send, sent } = setUp();
    for (const data of [null, undefined, 5, { Users: { value: 'x'.repeat(2000) } }]) send({ type: 'axm:monitor', data });
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([{ type: 'axm:monitor', data: {} }]);
  });
});

describe('what is Node’s to answer', () => {
  it('is passed on as it is: a handle, no channel, no message at all', () => {
    const { send, sent, sender, hear } = setUp();
    hear(false);
    send('with a handle', {});
    send(undefined);
    sender.connected = false;
    send(own(1));
    expect(sent).toEqual([['with a handle', {}], undefined, own(1)]);
  });

  it('is what has no JSON form, heard or not', () => {
    const { send, hear } = setUp();
    hear(false);
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => send(circle)).toThrow(TypeError);
    expect(() => send({ n: 1n })).toThrow(TypeError);
  });
});
