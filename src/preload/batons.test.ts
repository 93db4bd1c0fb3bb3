// An instance with batons: one connection for each, and none that it cannot serve.
import { describe, expect, it } from 'vitest';
import { createBatons } from './batons.ts';
import type { RawHandle } from './node-internals.ts';

/** What was said to the supervisor and done with handles, in order. */
function setUp({ room = Infinity, spare = Infinity } = {}) {
  const seen: string[] = [];
  const batons = createBatons(
    {
      id: 7,
      backlog: 100,
      isFull: () => room <= 0,
      hasSpare: (count) => spare >= count,
      take(connection) {
        room -= 1;
        seen.push(`took ${connection.fd}`);
      },
    },
    { say: (message) => void seen.push(message.act), took: (id) => void seen.push(`word of ${id}`) },
  );
  const handle = (fd: number): RawHandle => ({
    fd,
    listen: (backlog) => seen.push(`listens ${fd} ${backlog}`) && 0,
    unref: () => void seen.push(`unref ${fd}`),
    close: () => void seen.push(`closed ${fd}`),
  });
  return { batons, handle, news: () => seen.splice(0) };
}

describe('a baton', () => {
  it('is for one connection: it is closed before the server has that, and the supervisor knows', () => {
    const { batons, handle, news } = setUp();
    const baton = handle(20);
    batons.got(baton);
    expect(news()).toEqual(['listens 20 100', 'unref 20']);
    baton.onconnection!(0, handle(30));
    expect(news()).toEqual(['closed 20', 'word of 7', 'took 30']);
  });

  it('is declined by a server that is full, and so are the others that it has when it becomes full', () => {
    const { batons, handle, news } = setUp({ room: 1 });
    const [first, second] = [handle(20), handle(21)];
    for (const baton of [first, second]) batons.got(baton);
    news();
    first.onconnection!(0, handle(30));
    expect(news()).toEqual(['closed 20', 'word of 7', 'took 30', 'closed 21', 'declined']);
    batons.got(handle(22));
    expect(news()).toEqual(['closed 22', 'declined']);
  });

  it('is declined where the process has no descriptor left for it, or for a connection', () => {
    const { batons, handle, news } = setUp();
    batons.got(undefined);
    expect(news()).toEqual(['declined']);
    const last = setUp({ spare: 0 });
    last.batons.got(handle(19));
    expect([news(), last.news()]).toEqual([['closed 19'], ['declined']]);
    const baton = handle(20);
    batons.got(baton);
    news();
    baton.onconnection!(-24);
    expect(news()).toEqual(['closed 20', 'declined']);
  });

  it('is closed when it is withdrawn', () => {
    const { batons, handle, news } = setUp();
    batons.got(handle(20));
    news();
    batons.withdraw();
    batons.withdraw();
    expect(news()).toEqual(['closed 20']);
  });

  it('is for as many as it says, and closed with the last', () => {
    const { batons, handle, news } = setUp();
    const baton = handle(20);
    batons.got(baton, 2);
    news();
    baton.onconnection!(0, handle(30));
    expect(news()).toEqual(['word of 7', 'took 30']);
    baton.onconnection!(0, handle(31));
    expect(news()).toEqual(['closed 20', 'word of 7', 'took 31']);
  });

  it('of several turns is declined turn by turn, where there is no room or not a descriptor for each', () => {
    const { batons, handle, news } = setUp({ room: 1, spare: 3 });
    batons.got(handle(19), 4);
    expect(news()).toEqual(['closed 19', 'declined', 'declined', 'declined', 'declined']);
    const baton = handle(20);
    batons.got(baton, 3);
    news();
    baton.onconnection!(0, handle(30));
    expect(news()).toEqual(['word of 7', 'took 30', 'closed 20', 'declined', 'declined']);
    batons.got(undefined, 2);
    expect(news()).toEqual(['declined', 'declined']);
  });

  it('is taken only where there is a descriptor for it and for those that it has already', () => {
    const { batons, handle, news } = setUp({ spare: 3 });
    batons.got(handle(20), 2);
    expect(news()).toEqual(['listens 20 100', 'unref 20']);
    batons.got(handle(21), 2);
    expect(news()).toEqual(['closed 21', 'declined', 'declined']);
  });
});
