// What survivors of another user bring to the next host, who of them is believed, and when it is enough.
import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type { ManualClock } from '../../test/manual-clock.ts';
import type { LeftSocket } from '../balance/types.ts';
import type { HostRecord } from '../model/protocol.ts';
import type { HandedHandle } from '../platform/handle-door.ts';
import { createHandedDown, foreignSurvivors } from './handed-down.ts';
import type { ForeignSurvivor, HandedDown } from './handed-down.ts';

const WWW = 33;
const OTHER = 44;
const web = (pid: number): ForeignSurvivor => ({ app: 'web', process: { pid, startTime: String(pid) }, uid: WWW });
const request = (port: number) => ({ id: 1, address: null, port, addressType: 4, fd: null, index: 0, flags: 0, backlog: null });
const atPath = (address: string) => ({ ...request(0), address, port: null, addressType: -1 });

let clock: ManualClock;
let alive: Set<number>;
let closed: number[];
beforeEach(() => {
  clock = createManualClock();
  alive = new Set([7, 8]);
  closed = [];
});

interface Guest {
  /** Whether the connection was closed from here. */
  readonly isClosed: () => boolean;
  readonly say: (message: unknown) => void;
  /** Brings a socket with this descriptor. */
  readonly bring: (fd: number, asked?: object) => void;
  readonly leave: () => void;
}

function open(...survivors: ForeignSurvivor[]) {
  const handedDown: HandedDown = createHandedDown({
    survivors,
    brought: [{ app: 'here', request: request(1), from: 3 }],
    clock,
    isAlive: ({ pid }) => alive.has(pid),
    userOf: (pid) => (alive.has(pid) ? (pid < 100 ? WWW : OTHER) : null),
    listensAt: (fd, path) => path === `/own/${fd}`,
  });
  let collected: readonly LeftSocket[] | null = null;
  void handedDown.collect().then((sockets) => (collected = sockets));

  function guest(uid = WWW): Guest {
    const handles: HandedHandle[] = [];
    let isClosed = false;
    const line = { send() {}, queuedBytes: 0, close: () => void (isClosed = true) };
    const on = handedDown.accept(uid, line, { take: () => handles.shift() });
    return {
      isClosed: () => isClosed,
      say: (message) => on.message(message),
      bring(fd, asked = request(80)) {
        handles.push({ fd, close: () => void closed.push(fd) });
        on.message({ type: 'hand-down', request: asked });
      },
      leave: () => on.closed(),
    };
  }

  return {
    handedDown,
    guest,
    /** `web 80 from 5`; null while it is waited for. */
    async collected() {
      clock.advance(50);
      await Promise.resolve();
      return (
        collected?.map(({ app, request: { port, address }, from }) => `${app} ${port ?? address} from ${(from as HandedHandle).fd}`) ?? null
      );
    },
  };
}

const hello = (pid: number, sockets: number, app = 'web') => ({ type: 'survivor', app, pid, sockets });

describe('the survivors of other users', () => {
  const instance = (pid: number | null, hasListened = false) => ({
    process: pid === null ? null : { pid, startTime: String(pid) },
    hasListened,
  });
  const left = (mode: 'cluster' | 'fork', ...instances: object[]) =>
    ({ apps: [{ name: 'web', release: 1, releases: [{ number: 1, spec: { mode } }], instances }] }) as unknown as HostRecord;
  const found = (record: HostRecord) =>
    foreignSurvivors(record, {
      isAlive: ({ pid }) => pid !== 9,
      userOf: (pid) => (pid === 5 ? 0 : pid === 4 ? null : WWW),
      own: 0,
      holdsSocket: (pid) => pid !== 6,
    }).map(({ process: { pid }, uid }) => [pid, uid]);

  it('are those that live, are of another user and hold a socket, whatever the record says of that', () => {
    const pids = [4, 5, 6, 7, 8, 9, null];
    expect(found(left('cluster', ...pids.map((pid) => instance(pid, pid === 6))))).toEqual([
      [7, WWW],
      [8, WWW],
    ]);
  });

  it('are none in fork mode', () => {
    expect(found(left('fork', instance(7)))).toEqual([]);
  });
});

describe('the sockets of an app', () => {
  it('are those of the first survivor that has brought all it has', async () => {
    const { guest, collected } = open(web(7), web(8));
    const [first, second] = [guest(), guest()];
    first.say(hello(7, 2));
    second.say(hello(8, 2));
    first.bring(5, request(80));
    second.bring(6, request(80));
    expect(await collected()).toBeNull();
    second.bring(9, request(443));
    first.bring(10, request(443));
    expect(await collected()).toEqual(['web 80 from 6', 'web 443 from 9']);
    expect(closed).toEqual([5, 10]);
  });

  it('are not waited for when nobody lives who could bring them', async () => {
    const { collected } = open(web(7));
    expect(await collected()).toBeNull();
    alive.delete(7);
    expect(await collected()).toEqual([]);
  });

  it('are waited for no longer than ten seconds', async () => {
    const { collected } = open(web(7));
    clock.advance(9900);
    expect(await collected()).toBeNull();
    clock.advance(100);
    expect(await collected()).toEqual([]);
  });

  it('are not waited for where they are here already, and what is brought all the same is closed', async () => {
    const { guest, collected } = open({ ...web(7), app: 'here' });
    expect(await collected()).toEqual([]);
    const someone = guest();
    someone.say(hello(7, 1, 'here'));
    someone.bring(5);
    expect(closed).toEqual([5]);
  });

  it('are waited for app by app', async () => {
    const { guest, collected } = open(web(7), { ...web(8), app: 'api' });
    const first = guest();
    first.say(hello(7, 1));
    first.bring(5);
    expect(await collected()).toBeNull();
    const second = guest();
    second.say(hello(8, 1, 'api'));
    second.bring(6);
    expect(await collected()).toEqual(['web 80 from 5', 'api 80 from 6']);
  });
});

describe('a user is believed for himself only', () => {
  it.each([
    ['a process of another user', hello(101, 1)],
    ['a process that does not live', hello(9, 1)],
    ['no number', { type: 'survivor', app: 'web', pid: '7' }],
    ['something else', { type: 'hello' }],
    ['nothing', null],
  ])('who names %s is sent away', (_what, message) => {
    alive.add(101);
    const { guest } = open(web(7));
    const someone = guest();
    someone.say(message);
    expect(someone.isClosed()).toBe(true);
  });

  it.each([
    ['whom no record names', hello(8, 1)],
    ['who is of another app', hello(7, 1, 'api')],
  ])('what one brings %s is closed', async (_who, message) => {
    const { guest, collected } = open(web(7));
    const someone = guest();
    someone.say(message);
    someone.bring(5);
    expect(closed).toEqual([5]);
    expect(await collected()).toBeNull();
  });

  it('a file counts as the socket’s only where the kernel says so, for it is removed with it', async () => {
    const { guest, collected } = open(web(7), web(8));
    const [liar, other] = [guest(), guest()];
    liar.say(hello(7, 1));
    liar.bring(5, atPath('/etc/passwd'));
    expect([closed, await collected()]).toEqual([[5], null]);
    other.say(hello(8, 1));
    other.bring(6, atPath('/own/6'));
    expect(await collected()).toEqual(['web /own/6 from 6']);
  });

  it('who brings less than he said, or a line without a socket, is sent away', () => {
    const { guest } = open(web(7));
    const someone = guest();
    someone.say(hello(7, 2));
    someone.bring(5);
    someone.say({ type: 'hand-down', request: request(81) });
    expect(someone.isClosed()).toBe(true);
    someone.leave();
    expect(closed).toEqual([5]);
  });
});

describe('a survivor that has come', () => {
  it('is met when its app has been taken in, and heard in order', () => {
    const { handedDown, guest } = open(web(7), web(8));
    const [first, late] = [guest(), guest()];
    first.say(hello(7, 1));
    first.bring(5);
    first.say('one');
    const met: unknown[] = [];
    handedDown.meet(({ pid }) => ({ message: (message) => met.push([pid, message]), closed: () => met.push([pid, 'gone']) }));
    first.say('two');
    late.say(hello(8, 0));
    late.say('three');
    late.leave();
    expect(met).toEqual([
      [7, 'one'],
      [7, 'two'],
      [8, 'three'],
      [8, 'gone'],
    ]);
  });

  it('is sent away where its app goes on alone, for its sockets have come too late', () => {
    const { handedDown, guest } = open(web(7));
    let met = 0;
    handedDown.meet(() => {
      met += 1;
      return { message() {}, closed() {} };
    });
    const late = guest();
    late.say(hello(7, 1));
    late.bring(5);
    expect({ met, isClosed: late.isClosed(), closed }).toEqual({ met: 0, isClosed: true, closed: [5] });
  });

  it('and has left before that is not met', () => {
    const { handedDown, guest } = open(web(7));
    const someone = guest();
    someone.say(hello(7, 0));
    someone.leave();
    let met = 0;
    handedDown.meet(() => {
      met += 1;
      return { message() {}, closed() {} };
    });
    expect(met).toBe(0);
  });
});
