// Subscribers over real connections, and a bus on which the test speaks.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSocketPairs } from '../../test/socket-pair.ts';
import type { SocketPair, SocketPairs } from '../../test/socket-pair.ts';
import { createFrameReader, encodeFrame, jsonOf, textPart } from './wire-frames.ts';
import { createPublisher } from './wire-publisher.ts';
import type { Publisher } from './wire-publisher.ts';

type Handler = (topic: unknown, payload: unknown) => void;

let pairs: SocketPairs;
let publisher: Publisher;
/** The buses that were opened. */
let buses: { speak: Handler; isClosed: boolean }[];
let fails: boolean;

beforeEach(async () => {
  pairs = await createSocketPairs();
  buses = [];
  fails = false;
  publisher = createPublisher(() => {
    if (fails) return Promise.reject(new Error('nobody listens'));
    const bus = { speak: (() => undefined) as Handler, isClosed: false };
    buses.push(bus);
    return Promise.resolve({
      on: (_pattern: string, handler: (...told: never[]) => void) => void (bus.speak = handler as Handler),
      close: () => void (bus.isClosed = true),
    });
  });
});
afterEach(() => pairs.dispose());

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function subscribe(): Promise<SocketPair> {
  const pair = await pairs.create();
  publisher.subscribe(pair.near);
  await turn();
  return pair;
}

/** What comes next, as topic and payload. */
function told({ far }: SocketPair): Promise<unknown> {
  const reader = createFrameReader();
  return new Promise((resolve) => {
    far.on('data', (bytes: Buffer) => {
      for (const [topic, payload] of reader.read(bytes) ?? []) resolve([String(topic), jsonOf(payload!)]);
    });
  });
}

async function gone({ near, far }: SocketPair): Promise<void> {
  far.destroy();
  if (!near.destroyed) await new Promise((resolve) => void near.once('close', resolve));
  await turn();
}

it('tells every subscriber what the one bus tells', async () => {
  const both = [await subscribe(), await subscribe()];
  const heard = Promise.all(both.map(told));
  expect(buses).toHaveLength(1);
  buses[0]!.speak('log:out', { data: 'a line\n' });
  expect(await heard).toEqual(both.map(() => ['s:log:out', { data: 'a line\n' }]));
});

it('has a bus only while somebody hears', async () => {
  const [first, second] = [await subscribe(), await subscribe()];
  await gone(first);
  expect(buses[0]!.isClosed).toBe(false);
  await gone(second);
  expect(buses[0]!.isClosed).toBe(true);
  const third = await subscribe();
  expect(buses).toHaveLength(2);
  const heard = told(third);
  // One that was closed may still have something to say.
  buses[0]!.speak('log:out', 'late');
  buses[1]!.speak('log:out', 'now');
  expect(await heard).toEqual(['s:log:out', 'now']);
});

it('drops a subscriber that does not read, and no other', async () => {
  const [reads, sleeps] = [await subscribe(), await subscribe()];
  sleeps.far.pause();
  reads.far.resume();
  const dropped = new Promise((resolve) => void sleeps.near.once('close', resolve));
  while (!sleeps.near.destroyed) {
    buses[0]!.speak('log:out', 'x'.repeat(500_000));
    await turn();
  }
  await dropped;
  expect(reads.near.destroyed).toBe(false);
  expect(buses[0]!.isClosed).toBe(false);
});

it('tells the end once, by the one who ends', async () => {
  const pair = await subscribe();
  const heard = told(pair);
  buses[0]!.speak('pm2:kill', 'of the bus');
  publisher.tellEnd();
  expect(await heard).toEqual(['s:pm2:kill', { status: 'killed', msg: 'pm2 has been killed' }]);
});

it('listens to nothing that subscribers say', async () => {
  const pair = await subscribe();
  const heard = told(pair);
  pair.far.write(Buffer.concat([Buffer.alloc(2_000_000, 0xff), encodeFrame([textPart('hello')])]));
  await turn();
  buses[0]!.speak('process:event', 1);
  expect(await heard).toEqual(['s:process:event', 1]);
});

it('lets go of those who wait for a bus that cannot be opened', async () => {
  fails = true;
  const pair = await pairs.create();
  const closed = new Promise((resolve) => void pair.far.once('close', resolve));
  pair.far.resume();
  publisher.subscribe(pair.near);
  await closed;
  fails = false;
  await turn();
  await subscribe();
  expect(buses).toHaveLength(1);
});

it('takes nobody in who has gone already', async () => {
  const pair = await pairs.create();
  pair.near.destroy();
  await new Promise((resolve) => void pair.near.once('close', resolve));
  publisher.subscribe(pair.near);
  expect(buses).toEqual([]);
});
