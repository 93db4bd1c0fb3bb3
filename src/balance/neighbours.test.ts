// What the apps of a host keep of each other, against members that write down what they are told.
import { beforeEach, describe, expect, it } from 'vitest';
import type { ListenRequest, ToPreload } from '../model/preload-protocol.ts';
import { createNeighbourhood } from './neighbours.ts';
import type { Neighbours } from './neighbours.ts';
import type { RawSocket } from './node-handles.ts';
import type { Member } from './types.ts';

interface Told extends Member {
  /** `keep web 1` or `let-go 1`. */
  readonly heard: string[];
}

let join: (app: string) => Neighbours;
beforeEach(() => void (join = createNeighbourhood()));

function member(key: number): Told {
  const heard: string[] = [];
  const print = (message: ToPreload): string =>
    message.act === 'keep' ? `keep ${message.app} ${message.key}` : message.act === 'let-go' ? `let-go ${message.key}` : message.act;
  return { key, heard, send: (message) => heard.push(print(message)) > 0 };
}

const socket = (): RawSocket => ({ fd: 7, close() {} });
const REQUEST: ListenRequest = { id: 1, address: null, port: 80, addressType: 4, fd: null, index: 0, flags: 0, backlog: null };

describe('an instance', () => {
  it('keeps the sockets of the other apps, those that were there and those that come', () => {
    const [web, job] = [join('web'), join('job')];
    const one = member(1);
    job.opened(socket(), REQUEST);
    web.opened(socket(), REQUEST);
    web.came(one);
    web.came(one);
    expect(one.heard).toEqual(['keep job 1']);
    job.opened(socket(), REQUEST);
    expect(one.heard).toEqual(['keep job 1', 'keep job 3']);
  });

  it('lets go of a socket that its app has closed, and of no other', () => {
    const [web, job] = [join('web'), join('job')];
    const one = member(1);
    const [first, second] = [socket(), socket()];
    web.came(one);
    job.opened(first, REQUEST);
    job.opened(second, REQUEST);
    job.closed(second);
    job.closed(second);
    expect(one.heard).toEqual(['keep job 1', 'keep job 2', 'let-go 2']);
  });

  it('of another user keeps none', () => {
    const [web, job] = [join('web'), join('job')];
    const one = { ...member(1), isForeign: true };
    job.opened(socket(), REQUEST);
    web.came(one);
    job.opened(socket(), REQUEST);
    expect(one.heard).toEqual([]);
  });

  it('that has ended is told nothing', () => {
    const [web, job] = [join('web'), join('job')];
    const one = member(1);
    web.came(one);
    web.gone(one);
    job.opened(socket(), REQUEST);
    expect(one.heard).toEqual([]);
  });
});
