// The lines of survivors to a new host, and the door through which they and the daemon come.
import { describe, expect, it } from 'vitest';
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload, ToPreload } from '../model/preload-protocol.ts';
import type { LineSocket } from '../platform/line-socket.ts';
import { openDoor } from './door.ts';
import { createSurvivors } from './survivors.ts';

const RELEASE: ToPreload = { cmd: CMD, act: 'release' };
const DRAIN: ToPreload = { cmd: CMD, act: 'drain', idleMs: 1, timeoutMs: 2 };

function open() {
  const alive = new Set([7, 8]);
  const strangers: number[] = [];
  const survivors = createSurvivors({
    identify: (pid) => ({ pid, startTime: String(pid) }),
    isAlive: ({ pid }) => alive.has(pid),
    unknown({ pid }) {
      strangers.push(pid);
      return { message() {}, closed() {} };
    },
  });
  const dialIn = (pid: number) => {
    const sent: unknown[] = [];
    const socket: LineSocket = { send: (message) => void sent.push(message), queuedBytes: 0, close() {} };
    return { sent, on: survivors.accept({ type: 'survivor', app: 'web', pid }, socket) };
  };
  return { survivors, alive, strangers, dialIn };
}

describe('a survivor', () => {
  it('is told what was said before it came, in order, and what is said later', () => {
    const { survivors, dialIn } = open();
    const heard: FromPreload[] = [];
    const say = survivors.speakTo({ pid: 7, startTime: '7' }, (message) => void heard.push(message));
    expect(say(RELEASE)).toBe(true);
    const { sent, on } = dialIn(7);
    say(DRAIN);
    expect(sent).toEqual([RELEASE, DRAIN]);
    on.message({ cmd: CMD, act: 'close', id: 1 });
    expect(heard).toEqual([{ cmd: CMD, act: 'close', id: 1 }]);
  });

  it('may come back', () => {
    const { survivors, dialIn } = open();
    const say = survivors.speakTo({ pid: 7, startTime: '7' }, () => {});
    dialIn(7).on.closed();
    say(RELEASE);
    expect(dialIn(7).sent).toEqual([RELEASE]);
  });

  it('that has ended cannot be told anything', () => {
    const { survivors, alive } = open();
    const say = survivors.speakTo({ pid: 7, startTime: '7' }, () => {});
    alive.delete(7);
    expect(say(RELEASE)).toBe(false);
  });

  it('of which nobody knows, or whose number is another process by now, is reported', () => {
    const { survivors, strangers, dialIn } = open();
    survivors.speakTo({ pid: 7, startTime: 'long ago' }, () => {});
    dialIn(7);
    dialIn(8);
    expect(strangers).toEqual([7, 8]);
  });
});

it('the door sends a survivor and a daemon to different places, by the first message', () => {
  const seen: string[] = [];
  const to = (name: string) => () => ({ message: (message: unknown) => void seen.push(`${name} ${JSON.stringify(message)}`), closed() {} });
  const door = openDoor({ daemon: to('daemon'), survivor: to('survivor') });
  const socket: LineSocket = { send() {}, queuedBytes: 0, close() {} };
  const [daemon, survivor] = [door(socket), door(socket)];
  daemon.message({ type: 'hello' });
  survivor.message({ type: 'survivor', app: 'web', pid: 1 });
  survivor.message({ act: 'drained' });
  expect(seen).toEqual(['daemon {"type":"hello"}', 'survivor {"act":"drained"}']);
});
