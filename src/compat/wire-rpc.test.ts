// Requests of PM2's programs over a real connection, to calls that do as the test says.
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSocketPairs } from '../../test/socket-pair.ts';
import type { SocketPair, SocketPairs } from '../../test/socket-pair.ts';
import { createFrameReader, encodeFrame, jsonOf, jsonPart, textPart } from './wire-frames.ts';
import { createRpc } from './wire-rpc.ts';

let pairs: SocketPairs;
let pair: SocketPair;
let answer: (socket: Socket) => void;
/** The calls that are under way, each with what ends it. */
let underWay: { readonly args: readonly unknown[]; readonly end: (result: unknown) => void }[];

beforeEach(async () => {
  pairs = await createSocketPairs();
  pair = await pairs.create();
  underWay = [];
  answer = createRpc({
    methods: ['echo', 'fail', 'wait'],
    call: (method, args) => {
      if (method === 'echo') return Promise.resolve(args[0]);
      if (method === 'fail') return Promise.reject(new Error('it is full'));
      return new Promise((end) => void underWay.push({ args, end }));
    },
  });
  answer(pair.near);
});
afterEach(() => pairs.dispose());

const request = (order: unknown, id = '1:0'): Buffer => encodeFrame([jsonPart(order), textPart(id)]);
const call = (method: string, ...args: readonly unknown[]): unknown => ({ type: 'call', method, args });

/** The next replies, each as its value and its id. */
function replies(count: number): Promise<unknown[]> {
  const reader = createFrameReader();
  const found: unknown[] = [];
  return new Promise((resolve) => {
    const read = (bytes: Buffer): void => {
      for (const [value, id] of reader.read(bytes) ?? []) found.push([jsonOf(value!), String(id)]);
      if (found.length < count) return;
      pair.far.off('data', read);
      resolve(found);
    };
    pair.far.on('data', read);
  });
}

/** Resolves with the next turn in which that many are under way. */
async function underWayAre(count: number): Promise<void> {
  while (underWay.length !== count) await new Promise<void>((resolve) => void setImmediate(resolve));
}

it.each([
  ['a call with what it results in', call('echo', { a: 1 }), { args: [{ a: 1 }] }],
  ['a call without a result with no arguments', call('echo'), { args: [] }],
  ['a call that fails with its message', call('fail'), { error: 'it is full', stack: expect.stringContaining('it is full') }],
  ['a call of what is not there', call('toString'), { error: 'method "toString" does not exist' }],
  ['a call of nothing', { type: 'call' }, { error: 'method undefined does not exist' }],
  ['what is no call', { type: 'nonsense' }, { error: 'type "nonsense" does not exist' }],
  [
    'the question for what can be called',
    { type: 'methods' },
    { methods: expect.objectContaining({ echo: { name: 'echo', params: [] } }) },
  ],
])('answers %s', async (_what, order, reply) => {
  pair.far.write(request(order, 'an id: 7'));
  expect(await replies(1)).toEqual([[reply, 's:an id: 7']]);
});

it('answers each request when it is done, also before those that came earlier', async () => {
  const heard = replies(2);
  pair.far.write(Buffer.concat([request(call('wait'), 'first'), request(call('echo', 2), 'second')]));
  await underWayAre(1);
  underWay[0]!.end(1);
  expect(await heard).toEqual([
    [{ args: [2] }, 's:second'],
    [{ args: [1] }, 's:first'],
  ]);
});

it('has 8 requests of a connection under way; the others wait until one is done', async () => {
  const heard = replies(100);
  pair.far.write(Buffer.concat(Array.from({ length: 100 }, (_, number) => request(call('wait', number)))));
  await underWayAre(8);
  while (underWay.length > 0) {
    expect(underWay.length).toBeLessThanOrEqual(8);
    underWay.shift()!.end(0);
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  expect(await heard).toHaveLength(100);
});

it('has 128 requests of all connections under way, and forgets those of who has gone meanwhile', async () => {
  const all = [pair];
  for (let count = 0; count < 19; count += 1) {
    const another = await pairs.create();
    answer(another.near);
    all.push(another);
  }
  for (const { far } of all) far.write(Buffer.concat(Array.from({ length: 8 }, () => request(call('wait')))));
  await underWayAre(128);
  for (const { near, far } of all) {
    const closed = new Promise((resolve) => void near.once('close', resolve));
    far.destroy();
    await closed;
  }
  expect(underWay).toHaveLength(128);
  for (const { end } of underWay.splice(0)) end(0);
  await new Promise<void>((resolve) => void setImmediate(resolve));
  expect(underWay).toEqual([]);
});

it('keeps few replies for who does not read them, and goes on when that reads', async () => {
  const long = 'x'.repeat(200_000);
  pair.far.pause();
  pair.far.write(Buffer.concat(Array.from({ length: 16 }, (_, number) => request(call('wait', number)))));
  await underWayAre(8);
  for (const { end } of underWay.splice(0)) end(long);
  await new Promise<void>((resolve) => void setImmediate(resolve));
  // A few were begun before so much was waiting.
  expect(underWay.length).toBeLessThan(8);
  const heard = replies(8);
  pair.far.resume();
  expect(await heard).toHaveLength(8);
  await underWayAre(8);
});

it.each([
  ['no frames', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a length beyond the limit', Buffer.from('12ffffffff', 'hex')],
  ['a frame without an id', encodeFrame([jsonPart(call('echo'))])],
  ['a text in place of an order', encodeFrame([textPart('hello'), textPart('1:0')])],
])('closes a connection on which comes %s, and calls nothing', async (_what, bytes) => {
  const closed = new Promise((resolve) => void pair.far.once('close', resolve));
  pair.far.resume();
  pair.far.write(Buffer.concat([bytes, request(call('wait'))]));
  await closed;
  expect(underWay).toEqual([]);
});

it('ends in silence when who has asked has gone', async () => {
  pair.far.write(Buffer.concat(Array.from({ length: 16 }, () => request(call('wait')))));
  await underWayAre(8);
  const closed = new Promise((resolve) => void pair.near.once('close', resolve));
  pair.far.destroy();
  await closed;
  for (const { end } of underWay.splice(0)) end(0);
  await new Promise<void>((resolve) => void setImmediate(resolve));
  expect(underWay).toEqual([]);
});
