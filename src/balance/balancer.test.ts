// The balancer with real sockets and members that only write down what they are sent.
import net from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BalancePolicy } from '../model/app-spec.ts';
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload, ListenRequest, ToPreload } from '../model/preload-protocol.ts';
import { createBalancer } from './balancer.ts';
import { NO_NEIGHBOURS } from './neighbours.ts';
import type { RawSocket } from './node-handles.ts';
import type { Balancer, BalancerEvents } from './balancer.ts';

type Sent = Extract<ToPreload, { act: 'connection' }> & { readonly handle: unknown };

type Said = { readonly act: 'accepted' | 'refused'; readonly seqs: readonly number[] } | { readonly act: 'open'; readonly count: number };

interface FakeMember {
  readonly key: number;
  readonly sent: ToPreload[];
  connections(): number[];
  say(message: Said): void;
}

const clients: net.Socket[] = [];
let balancer: Balancer;
let now = 0;
const timers = new Map<() => void, number>();
const clock = {
  monotonicMs: () => now,
  setTimer(delayMs: number, fire: () => void) {
    timers.set(fire, now + delayMs);
    return () => void timers.delete(fire);
  },
};

function pass(ms: number): void {
  now += ms;
  for (const [fire, atMs] of timers) {
    if (atMs > now) continue;
    timers.delete(fire);
    fire();
  }
}

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  balancer.close();
  timers.clear();
  now = 0;
});

const heard: string[] = [];
const on: BalancerEvents = {
  listening: (key, address) => void heard.push(`${key} ${address.replace(/\d+$/, 'N')}`),
  bindFailed: ({ key, errno }) => void heard.push(`${key} ${errno}`),
};

const create = (options: { queueLimit?: number; queueTimeoutMs?: number; policy?: BalancePolicy } = {}): void => {
  heard.length = 0;
  balancer = createBalancer({
    clock,
    queueLimit: 100,
    queueTimeoutMs: 1000,
    policy: 'round-robin',
    neighbours: NO_NEIGHBOURS,
    on,
    ...options,
  });
};

const request = (more: Partial<ListenRequest> = {}): FromPreload => ({
  cmd: CMD,
  act: 'listen',
  id: 1,
  address: '127.0.0.1',
  port: 0,
  addressType: 4,
  fd: null,
  index: 0,
  flags: 0,
  backlog: null,
  ...more,
});

/** In rotation and listening, unless told otherwise. `reachable` false: nothing but the answer to `listen` gets through. */
function member(key: number, { joins = true, reachable = true, asks = request() } = {}): FakeMember {
  const sent: ToPreload[] = [];
  balancer.add({
    key,
    send: (message) => (reachable || (message.act !== 'connection' && message.act !== 'baton')) && sent.push(message) > 0,
  });
  balancer.receive(key, asks);
  if (joins) balancer.join(key, key - 1);
  return {
    key,
    sent,
    connections: () => sent.filter((message): message is Sent => message.act === 'connection').map(({ seq }) => seq),
    say: (message) => void balancer.receive(key, { cmd: CMD, ...message }),
  };
}

const portOf = ({ sent }: FakeMember): number => sent.find((message) => message.act === 'listening')!.sockname.port!;

/** Connects and waits until the balancer has accepted it. Resolves to what becomes of the client. */
async function connect(port: number): Promise<{ end: Promise<string> }> {
  const client = net.connect(port, '127.0.0.1');
  clients.push(client);
  const end = new Promise<string>((resolve) => {
    client.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'error'));
    client.on('close', () => resolve('closed')).resume();
  });
  // A reset may be quicker than the news of the connection.
  await new Promise((resolve) => client.once('connect', resolve).once('close', resolve));
  // The listening socket has become readable before the connection was told to the client; two turns of the loop see it.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return { end };
}

describe('a balancer', () => {
  it('gives one after the other to its members, and no more than four to one that does not take them before all have four', async () => {
    create();
    const [first, second] = [member(1), member(2)];
    for (let nth = 0; nth < 8; nth += 1) await connect(portOf(first));
    expect([first.connections(), second.connections()]).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    first.say({ act: 'accepted', seqs: [1, 2, 3, 4] });
    for (let nth = 0; nth < 4; nth += 1) await connect(portOf(first));
    expect([first.connections().length, second.connections().length]).toEqual([8, 4]);
  });

  it('presses at most eight on each when all are busy, none on one that hangs, and leaves the rest in the kernel', async () => {
    create();
    const [first, second] = [member(1), member(2)];
    for (let nth = 0; nth < 20; nth += 1) await connect(portOf(first));
    expect([first.connections().length, second.connections().length]).toEqual([8, 8]);
    first.say({ act: 'accepted', seqs: [1, 2, 3, 4, 5, 6, 7, 8] });
    await vi.waitFor(() => expect([first.connections().length, second.connections().length]).toEqual([12, 8]));
    pass(200);
    for (let nth = 0; nth < 20; nth += 1) await connect(portOf(first));
    expect([first.connections().length, second.connections().length]).toEqual([12, 8]);
  });

  it.each([
    ['goes on accepting while they take what they are given', 0, 3],
    ['leaves all but the first in the kernel when they have not for a while', 100, 1],
  ])('that has nobody with room %s', async (_, afterMs, accepted) => {
    create();
    const first = member(1);
    for (let nth = 0; nth < 8; nth += 1) await connect(portOf(first));
    first.say({ act: 'accepted', seqs: first.connections() });
    for (let nth = 0; nth < 8; nth += 1) await connect(portOf(first));
    pass(afterMs);
    for (let nth = 0; nth < 3; nth += 1) await connect(portOf(first));
    // What the host has is there at once, what is in the kernel comes after.
    const second = member(2);
    expect(second.connections()).toHaveLength(accepted);
    await vi.waitFor(() => expect(second.connections()).toHaveLength(3));
  });

  it('gives what a dead member had not taken to another, before those that wait', async () => {
    create();
    const first = member(1);
    for (let nth = 0; nth < 2; nth += 1) await connect(portOf(first));
    first.say({ act: 'accepted', seqs: [1] });
    const second = member(2, { joins: false });
    balancer.remove(1);
    expect(second.connections()).toEqual([]);
    balancer.join(2, 1);
    expect(second.connections()).toEqual([1]);
  });

  it('gives what one that exits had not taken to another, and marks what it gets where it does not exit after all', async () => {
    create();
    const first = member(1);
    for (let nth = 0; nth < 2; nth += 1) await connect(portOf(first));
    first.say({ act: 'accepted', seqs: [1] });
    const second = member(2);
    balancer.takeBack(1);
    expect(second.connections()).toEqual([1]);
    balancer.leave(2);
    balancer.join(1, 0);
    await connect(portOf(first));
    expect(first.sent.flatMap((message) => (message.act === 'connection' ? [message.exits ?? 0] : []))).toEqual([0, 0, 1]);
  });

  it('gives nothing to a member that cannot be reached, and counts it no longer', async () => {
    create();
    const [first, second] = [member(1, { reachable: false }), member(2)];
    for (let nth = 0; nth < 2; nth += 1) await connect(portOf(second));
    expect([first.connections(), second.connections()]).toEqual([[], [1, 2]]);
  });

  it('resets a connection that was on its way into six members when they ended', async () => {
    create();
    let present = member(1);
    const { end } = await connect(portOf(present));
    for (let died = 1; died <= 6; died += 1) {
      expect(present.connections()).toEqual([1]);
      const next = member(died + 1);
      balancer.remove(present.key);
      present = next;
    }
    expect(present.connections()).toEqual([]);
    expect(await end).toBe('ECONNRESET');
  });

  it('offers a refused connection to each of the others once, then closes it', async () => {
    create();
    const members = [member(1), member(2), member(3)];
    const { end } = await connect(portOf(members[0]!));
    for (const one of members) {
      expect(one.connections()).toEqual([1]);
      one.say({ act: 'refused', seqs: [1] });
    }
    expect(await end).toBe('closed');
    expect(members.map((one) => one.connections().length)).toEqual([1, 1, 1]);
  });

  it('serves with members that are both in rotation and listening', () => {
    create();
    const first = member(1, { joins: false });
    expect([balancer.serving(), balancer.isServing(1)]).toEqual([0, false]);
    balancer.join(1, 0);
    expect([balancer.serving(), balancer.isServing(1)]).toEqual([1, true]);
    balancer.receive(first.key, { cmd: CMD, act: 'close', id: 1 });
    expect([balancer.serving(), balancer.isServing(1)]).toEqual([0, false]);
    expect(balancer.isServing(99)).toBe(false);
  });

  it('keeps what is not its business to itself, and ignores those it does not know', () => {
    create();
    member(1);
    expect(balancer.receive(1, { cmd: CMD, act: 'hello', nodeVersion: 'v20' })).toBe(false);
    expect(balancer.receive(99, request())).toBe(true);
    expect(balancer.receive(1, { cmd: CMD, act: 'accepted', seqs: [77] })).toBe(true);
    balancer.join(99, 98);
    for (const act of ['leave', 'remove'] as const) balancer[act](99);
    expect(balancer.serving()).toBe(1);
  });

  it('says who listens where, and who could not', () => {
    create();
    const first = member(1);
    member(2, { asks: request({ address: '127.0.0.1', port: portOf(first), flags: 0, index: 7 }) });
    expect(heard).toEqual(['1 127.0.0.1:N', '2 EADDRINUSE']);
  });

  it('gives the shared secret of the first to all who share its socket', () => {
    create();
    const first = member(1, { asks: request({ shared: 'first' }) });
    const second = member(2, { asks: request({ shared: 'second' }) });
    expect([first, second].map(({ sent }) => sent[0])).toMatchObject([{ shared: 'first' }, { shared: 'first' }]);
  });
});

describe('batons', () => {
  /** In rotation, listening, and has sent a copy of the socket. `waits` makes that see somebody. */
  function memberWithCopy(key: number, joins = true) {
    const one = member(key, { joins });
    const copy: RawSocket = { fd: -1, open: () => 0, readStart: () => 0, readStop: () => 0, close: () => {} };
    balancer.receive(key, { cmd: CMD, act: 'copy', id: 1 }, copy);
    const news = (): string[] => one.sent.splice(0).map(({ act }) => act);
    news();
    return {
      ...one,
      news,
      say: (act: 'took' | 'declined' | 'withdrawn' | 'close') => void balancer.receive(key, { cmd: CMD, act, id: 1 }),
    };
  }

  it('let those in rotation accept by turns, as soon as one has sent a copy of the socket', async () => {
    create();
    const first = member(1);
    expect(first.sent).toMatchObject([{ act: 'listening', wantsCopy: true }]);
    const port = portOf(first);
    const second = memberWithCopy(2);
    expect(first.sent.at(-1)).toMatchObject({ act: 'baton', id: 1 });
    await connect(port);
    expect(first.connections()).toEqual([]);
    balancer.receive(1, { cmd: CMD, act: 'took', id: 1 });
    expect(second.news()).toEqual(['baton']);
    expect(member(3).sent[0]).not.toHaveProperty('wantsCopy');
  });

  it.each<[string, () => void]>([
    ['leaves', () => balancer.leave(1)],
    ['exits', () => balancer.takeBack(1)],
  ])('go to another when the one that has one %s', (_, end) => {
    create();
    const [first, second] = [memberWithCopy(1), memberWithCopy(2)];
    expect([first.news(), second.news()]).toEqual([[], []]);
    end();
    expect([first.news(), second.news()]).toEqual([['withdraw'], ['baton']]);
  });

  it('go to those that can be reached, and to nobody where none can', () => {
    create();
    const mute = member(1, { reachable: false });
    const second = memberWithCopy(2);
    balancer.leave(2);
    second.say('withdrawn');
    balancer.join(2, 1);
    expect([mute.sent.map(({ act }) => act), second.news()]).toEqual([['listening'], ['withdraw', 'baton']]);
  });

  it('go again to one whose server has closed and listens again', () => {
    create();
    const first = memberWithCopy(1);
    first.say('close');
    first.say('withdrawn');
    expect(first.news()).toEqual(['withdraw']);
    balancer.receive(1, request({ id: 2 }));
    expect(first.news()).toEqual(['listening', 'baton']);
  });

  it('go to another when the one that has one is gone', () => {
    create();
    const second = (memberWithCopy(1), memberWithCopy(2));
    balancer.remove(1);
    expect(second.news()).toEqual(['baton']);
  });

  it('go to whoever has the fewest connections, where that is the policy', () => {
    create({ policy: 'least-connections' });
    const [first, second] = [memberWithCopy(1), memberWithCopy(2)];
    balancer.receive(1, { cmd: CMD, act: 'open', count: 0 });
    balancer.receive(2, { cmd: CMD, act: 'open', count: 3 });
    for (let nth = 0; nth < 3; nth += 1) first.say('took');
    expect([first.news(), second.news()]).toEqual([['baton', 'baton'], ['baton']]);
  });

  it.each<[string, BalancePolicy]>([
    ['the client tells whose turn it is', 'ip-hash'],
    ['members accept without being told', 'kernel'],
  ])('are withdrawn where %s', (_, policy) => {
    create();
    const first = memberWithCopy(1);
    balancer.use(policy);
    expect(first.news()).toContain('withdraw');
    first.say('withdrawn');
    balancer.use('round-robin');
    expect(first.news().at(-1)).toBe('baton');
  });

  it('are given to nobody while it is paused, and to nobody but members in rotation: with none it accepts itself', async () => {
    create();
    const port = portOf(member(9, { joins: false }));
    const first = memberWithCopy(1);
    balancer.pause(true);
    await connect(port);
    expect(first.news()).toEqual(['withdraw']);
    balancer.pause(false);
    expect(first.news()).toEqual([]);
    first.say('withdrawn');
    expect(first.news()).toEqual(['baton']);
    balancer.leave(1);
    first.say('withdrawn');
    await connect(port);
    balancer.join(1, 0);
    expect(first.news()).toEqual(['withdraw', 'connection', 'connection', 'baton']);
  });

  it('give way for a second where a member declines one: connections are offered to one after the other', async () => {
    create();
    const port = portOf(member(9, { joins: false }));
    const [first, second] = [memberWithCopy(1), memberWithCopy(2)];
    first.news();
    first.say('declined');
    await connect(port);
    expect([...first.news(), ...second.news()].toSorted()).toEqual(['connection']);
    pass(1001);
    await connect(port);
    expect([...first.news(), ...second.news()]).toContain('baton');
  });
});

describe('the waiting queue', () => {
  it('keeps the limit and the time only while nobody serves', async () => {
    create({ queueLimit: 2 });
    const first = member(1, { joins: false });
    const ends = [];
    for (let nth = 0; nth < 3; nth += 1) ends.push((await connect(portOf(first))).end);
    expect(await ends[2]).toBe('ECONNRESET');
    pass(500);
    ends.push((await connect(portOf(first))).end);
    expect(await ends[3]).toBe('ECONNRESET');
    pass(501);
    expect(await Promise.all(ends)).toEqual(Array.from({ length: 4 }, () => 'ECONNRESET'));
    balancer.join(1, 0);
    for (let nth = 0; nth < 20; nth += 1) await connect(portOf(first));
    pass(5000);
    for (const given of [8, 16, 20]) {
      await vi.waitFor(() => expect(first.connections()).toHaveLength(given));
      first.say({ act: 'accepted', seqs: first.connections() });
    }
  });
});

describe('a connection of its own', () => {
  /** `seen` is what has come of it: `taken`, `closed`. */
  function open(key: number, port: number | null) {
    const seen: string[] = [];
    const opened = balancer.connect(key, port, () => seen.push('taken'));
    const socket = opened === null || opened === 'not-listening' ? null : opened.socket.resume().on('close', () => seen.push('closed'));
    if (socket !== null) clients.push(socket);
    return { opened, socket, seen };
  }

  it('goes to that very member, also out of rotation, and takes nobody’s turn', async () => {
    create();
    const [first, second, third] = [member(1), member(2), member(3, { joins: false })];
    await connect(portOf(first));
    const { opened, seen } = open(3, portOf(first));
    await vi.waitFor(() => expect(third.connections()).toEqual([1]));
    expect(opened).toMatchObject({ port: portOf(first) });
    third.say({ act: 'accepted', seqs: [1] });
    expect(seen).toEqual(['taken']);
    open(1, null);
    await vi.waitFor(() => expect(first.connections()).toEqual([1, 2]));
    await connect(portOf(first));
    expect(second.connections()).toEqual([1]);
  });

  it('goes to nobody else when the member refuses it or ends', async () => {
    create();
    const [first, second] = [member(1), member(2)];
    const refused = open(1, null);
    await vi.waitFor(() => expect(first.connections()).toEqual([1]));
    first.say({ act: 'refused', seqs: [1] });
    const orphaned = open(1, null);
    await vi.waitFor(() => expect(first.connections()).toEqual([1, 2]));
    balancer.remove(1);
    await vi.waitFor(() => expect([refused.seen, orphaned.seen]).toEqual([['closed'], ['closed']]));
    expect(second.connections()).toEqual([]);
  });

  it('is not made to another in place of a member that does not listen there', () => {
    create();
    const first = member(1);
    balancer.add({ key: 2, send: () => true });
    expect(open(2, portOf(first)).opened).toBe('not-listening');
    expect(open(2, null).opened).toBe('not-listening');
    expect(open(2, 1).opened).toBeNull();
    expect(open(9, null).opened).toBeNull();
  });

  it('leaves nothing behind when it is given up at once', async () => {
    create();
    const first = member(1);
    const { socket, seen } = open(1, null);
    socket?.destroy();
    await vi.waitFor(() => expect(seen).toEqual(['closed']));
    expect(first.connections()).toEqual([]);
  });
});

describe('least-connections', () => {
  it('asks members to count, whoever listens first or later, and goes by what they say', async () => {
    create({ policy: 'least-connections' });
    const [first, second] = [member(1), member(2)];
    for (const { sent } of [first, second]) expect(sent.filter(({ act }) => act === 'count-open')).toHaveLength(1);
    first.say({ act: 'open', count: 5 });
    second.say({ act: 'open', count: 3 });
    for (let nth = 0; nth < 2; nth += 1) await connect(portOf(first));
    second.say({ act: 'accepted', seqs: [1, 2] });
    // Five each: what was taken since it last counted counts too.
    for (let nth = 0; nth < 2; nth += 1) await connect(portOf(first));
    expect([first.connections().length, second.connections().length]).toEqual([1, 3]);
    first.say({ act: 'accepted', seqs: [1] });
    first.say({ act: 'open', count: 0 });
    for (let nth = 0; nth < 3; nth += 1) await connect(portOf(first));
    expect([first.connections().length, second.connections().length]).toEqual([4, 3]);
  });

  it('is not asked of anybody under another policy, and may be put in force later', () => {
    create();
    const first = member(1);
    const counts = (): number => first.sent.filter(({ act }) => act === 'count-open').length;
    expect(counts()).toBe(0);
    for (let nth = 0; nth < 2; nth += 1) balancer.use('least-connections');
    expect(counts()).toBe(1);
  });
});

describe('ip-hash', () => {
  it('gives the clients of a slot to whoever has come in for it', async () => {
    create({ policy: 'ip-hash' });
    const members = [member(1), member(2)];
    await connect(portOf(members[0]!));
    const own = members.find((one) => one.connections().length > 0)!;
    own.say({ act: 'accepted', seqs: [1] });
    const standby = member(3, { joins: false });
    balancer.remove(own.key);
    balancer.join(3, own.key - 1);
    await connect(portOf(standby));
    expect(standby.connections()).toEqual([1]);
  });

  it.each<[string, (own: FakeMember) => void]>([
    ['leaves', (own) => balancer.leave(own.key)],
    ['no longer listens', (own) => balancer.receive(own.key, { cmd: CMD, act: 'close', id: 1 })],
    ['is not waited for any more', () => balancer.use('round-robin')],
  ])('lets those that wait for a member go to another at once when it %s', async (_, end) => {
    create({ policy: 'ip-hash' });
    const members = [member(1), member(2)];
    for (let nth = 0; nth < 10; nth += 1) await connect(portOf(members[0]!));
    const [own, other] = members.toSorted((a, b) => b.connections().length - a.connections().length);
    expect(other!.connections()).toEqual([]);
    end(own!);
    expect(other!.connections()).toHaveLength(2);
  });

  it('gives all connections of one address to one member, and to another only once that is gone', async () => {
    create({ policy: 'ip-hash' });
    const members = [member(1), member(2), member(3)];
    for (let nth = 0; nth < 5; nth += 1) await connect(portOf(members[0]!));
    const own = members.find((one) => one.connections().length > 0)!;
    expect(own.connections()).toHaveLength(5);
    for (let nth = 0; nth < 5; nth += 1) await connect(portOf(members[0]!));
    expect(members.map((one) => one.connections().length).toSorted()).toEqual([0, 0, 8]);
    balancer.remove(own.key);
    const heirs = members.filter((one) => one !== own && one.connections().length > 0);
    expect(heirs.map((one) => one.connections().length)).toEqual([8]);
    heirs[0]!.say({ act: 'accepted', seqs: heirs[0]!.connections() });
    expect(heirs[0]!.connections()).toHaveLength(10);
  });
});

describe('kernel', () => {
  const told = ({ sent }: FakeMember): boolean[] => sent.flatMap((message) => (message.act === 'accept' ? [message.on] : []));

  it('lets those in rotation accept, and takes no connection itself, whether or not anybody serves', async () => {
    create({ policy: 'kernel' });
    const [first, second] = [member(1), member(2, { joins: false })];
    await connect(portOf(first));
    balancer.leave(1);
    balancer.join(2, 1);
    balancer.leave(2);
    await connect(portOf(first));
    expect([told(first), told(second)]).toEqual([
      [true, false],
      [true, false],
    ]);
    expect([first.connections(), second.connections()]).toEqual([[], []]);
  });

  it('tells a member before it listens, where that is already in rotation', () => {
    create({ policy: 'kernel' });
    const sent: string[] = [];
    balancer.add({ key: 1, send: (message) => sent.push(message.act) > 0 });
    balancer.join(1, 0);
    balancer.receive(1, request());
    expect(sent).toEqual(['accept', 'listening']);
  });

  it('may be put in force and out of it: what waits in the kernel is taken then', async () => {
    create({ policy: 'kernel' });
    const first = member(1);
    await connect(portOf(first));
    balancer.use('round-robin');
    await vi.waitFor(() => expect(first.connections()).toEqual([1]));
    balancer.use('kernel');
    await connect(portOf(first));
    expect(told(first)).toEqual([true, false, true]);
    expect(first.connections()).toEqual([1]);
  });

  it('still gives to a member what had come in before', async () => {
    create();
    const first = member(1, { joins: false });
    await connect(portOf(first));
    balancer.use('kernel');
    balancer.join(1, 0);
    expect(first.connections()).toEqual([1]);
  });
});
