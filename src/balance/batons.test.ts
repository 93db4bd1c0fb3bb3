// Who may accept next, and how many at once: with a socket that only says whether somebody waits, and members that write down what they get.
import { describe, expect, it } from 'vitest';
import { createBatons } from './batons.ts';
import type { Batons } from './batons.ts';
import type { ListeningCopy } from '../platform/client-watch.ts';
import { BATONS_LIMIT } from './hands.ts';
import type { Holder } from './hands.ts';
import type { RawSocket } from './node-handles.ts';

const SOCKET: RawSocket = { fd: 3, close: () => {} };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Two members in turn, unless told otherwise. */
function setUp({ unreachable = [] as readonly number[], members = 2 } = {}) {
  const got: string[] = [];
  const timers = new Map<() => void, number>();
  let last = 0;
  const lost: number[] = [];
  const holders = Array.from({ length: members + 1 }, (_, nth): Holder => {
    const key = nth + 1;
    return {
      key,
      listenId: 1,
      handoff: {
        passBaton: (...[, , turns]) => !unreachable.includes(key) && got.push(turns > 1 ? `${turns} to ${key}` : `to ${key}`) > 0,
        withdrawBatons: () => void got.push(`from ${key}`),
      },
    };
  });
  const mayHave = ({ key }: Holder): boolean => batons.hasRoom(key) && !lost.includes(key);
  const batons: Batons = createBatons({
    clock: {
      monotonicMs: () => 0,
      setTimer(delayMs, fire) {
        timers.set(fire, delayMs);
        return () => void timers.delete(fire);
      },
    },
    socket: SOCKET,
    next() {
      for (let step = 1; step <= members; step += 1) {
        const holder = holders[(last + step - 1) % members]!;
        if (!mayHave(holder)) continue;
        last += step;
        return holder;
      }
      return null;
    },
    lost: ({ key }) => void lost.push(key),
  });
  let isRead = false;
  const copy: ListeningCopy = {
    fd: 4,
    open: () => 0,
    readStart: () => ((isRead = true), 0),
    readStop: () => ((isRead = false), 0),
    close: () => {},
  };
  /** The next look at the socket begins. False when none is due. */
  function look(): boolean {
    const [due] = timers.keys();
    if (due === undefined) return false;
    timers.delete(due);
    due();
    return true;
  }
  /** Somebody waits, and that is seen. */
  async function arrive(): Promise<void> {
    isRead = false;
    copy.onread?.();
    await turn();
  }
  return {
    batons,
    /** One more member is there. */
    join: () => void (members += 1),
    isLookedAt: () => isRead,
    lost,
    /** The timers that are armed, by their delays. */
    delays: () => [...timers.values()],
    begin() {
      batons.watchBy(copy);
      batons.run(true);
    },
    /** What members got since the last call. */
    news: () => got.splice(0),
    look,
    arrive,
    /** Nobody has come before the loop went round. */
    settle: turn,
    /** Somebody is found at so many looks in a row, and taken before the next one. */
    async keepComing(looks: number): Promise<void> {
      await turn();
      await arrive();
      for (let nth = 0; nth < looks; nth += 1) {
        batons.took(batons.of(1) > 0 ? 1 : 2);
        look();
        await arrive();
      }
    },
    /** A member accepts so many. */
    takeAll(key: number, connections: number): void {
      for (let nth = 0; nth < connections; nth += 1) batons.took(key);
    },
    /** Somebody waits still, so many times in a row. */
    async wait(looks: number): Promise<void> {
      for (let nth = 0; nth < looks; nth += 1) {
        await arrive();
        look();
      }
    },
  };
}

describe('batons', () => {
  it('go by turns: one is out, and the next one gets one when it was used', async () => {
    const { batons, begin, news, arrive, settle } = setUp();
    begin();
    expect(news()).toEqual(['to 1']);
    await settle();
    for (const [taker, next] of [
      [1, 2],
      [2, 1],
      [1, 2],
    ] as const) {
      await arrive();
      expect(news()).toEqual([]);
      batons.took(taker);
      expect(news()).toEqual([`to ${next}`]);
    }
  });

  it('are one more each time somebody is seen to wait still, until all members have as many as they may', async () => {
    const { begin, news, look, arrive, batons, isLookedAt } = setUp();
    begin();
    let looks = 0;
    do {
      await arrive();
      looks += 1;
    } while (look() && looks < 100);
    expect(news()).toEqual(Array.from({ length: 2 * BATONS_LIMIT }, (_, nth) => `to ${(nth % 2) + 1}`));
    expect(isLookedAt()).toBe(false);
    batons.took(2);
    expect(news()).toEqual(['to 2']);
    expect(look()).toBe(true);
  });

  it('become fewer again as nobody is seen to wait', async () => {
    const { begin, news, look, arrive, batons, settle } = setUp();
    begin();
    for (let nth = 0; nth < 3; nth += 1) {
      await arrive();
      look();
    }
    expect(news()).toEqual(['to 1', 'to 2', 'to 1']);
    for (const taker of [1, 2]) {
      await settle();
      batons.took(taker);
      await arrive();
      look();
    }
    await settle();
    expect(news()).toEqual([]);
    batons.took(1);
    expect(news()).toEqual(['to 2']);
  });

  it('are one again when nobody has come for a while', async () => {
    const { batons, begin, news, look, wait, settle } = setUp();
    begin();
    await wait(4);
    await settle();
    expect(news()).toEqual(['to 1', 'to 2', 'to 1', 'to 2']);
    // The timer that is due now is the one for that.
    look();
    expect(news()).toEqual(['from 1', 'from 2']);
    batons.withdrawn(1);
    batons.withdrawn(2);
    expect(news()).toEqual(['to 1']);
  });

  it('are withdrawn when it ends, and one that is used at that moment counts for nothing', async () => {
    const { arrive, batons, begin, news, isLookedAt, look } = setUp();
    begin();
    await arrive();
    batons.run(true);
    batons.run(false);
    expect(news()).toEqual(['to 1', 'from 1']);
    batons.took(1);
    expect([news(), look(), isLookedAt()]).toEqual([[], false, false]);
    batons.run(true);
    expect([news(), isLookedAt()]).toEqual([['to 2'], true]);
    batons.run(false);
    expect(isLookedAt()).toBe(false);
  });

  it('leave a member that may have none any more', () => {
    const { batons, begin, news } = setUp();
    begin();
    batons.withdraw(1);
    batons.withdraw(2);
    batons.review();
    expect(news()).toEqual(['to 1', 'from 1', 'to 2']);
  });

  it('need no timer while one is out and nobody waits', async () => {
    const { arrive, batons, begin, delays, look, settle } = setUp();
    begin();
    await settle();
    expect(delays()).toEqual([]);
    await arrive();
    expect(delays()).toEqual([5]);
    batons.took(1);
    look();
    await settle();
    batons.took(2);
    expect(delays()).toEqual([]);
    await arrive();
    batons.close();
    expect(delays()).toEqual([]);
  });

  it('are two when somebody waits at every look, though each is taken', async () => {
    const { arrive, batons, begin, look, news, settle } = setUp();
    begin();
    await settle();
    await arrive();
    news();
    for (let nth = 0; nth < 8; nth += 1) {
      batons.took(1 + (nth % 2));
      expect(news()).toHaveLength(1);
      look();
      await arrive();
      // Who takes what it gets is not passed over.
      expect([1, 2].map((key) => batons.hasRoom(key))).toEqual([true, true]);
    }
    expect(news()).toHaveLength(1);
  });

  it('are for four when somebody waits at every look, though each is taken, and two of them are out', async () => {
    const { batons, begin, keepComing, news, takeAll } = setUp();
    begin();
    await keepComing(8);
    expect(news().slice(-2)).toEqual(['to 1', '4 to 2']);
    batons.took(1);
    expect(news()).toEqual(['4 to 1']);
    // The next one goes to whose turn it is, when one has been used.
    for (const [taker, next] of [
      [2, 2],
      [1, 1],
      [1, 2],
    ] as const) {
      takeAll(taker, 3);
      expect(news()).toEqual([]);
      batons.took(taker);
      expect(news()).toEqual([`4 to ${next}`]);
    }
    expect([1, 2].map((key) => [batons.of(key), batons.hasRoom(key)])).toEqual([
      [0, true],
      [8, false],
    ]);
  });

  it('are one for one again when three looks in a row find nobody', async () => {
    const { arrive, batons, begin, keepComing, look, news, settle } = setUp();
    const comeLate = async (): Promise<void> => {
      look();
      await settle();
      await arrive();
      batons.took(2);
    };
    begin();
    await keepComing(8);
    batons.took(1);
    await comeLate();
    await comeLate();
    await keepComing(1);
    await comeLate();
    await comeLate();
    expect(news().filter((one) => one.startsWith('from'))).toEqual([]);
    look();
    await settle();
    expect(news()).toEqual(['from 2', 'from 1']);
    batons.withdrawn(2);
    expect(news()).toEqual(['to 2']);
  });

  it('are for one again as soon as somebody waits whom nobody takes', async () => {
    const { arrive, begin, keepComing, look, news } = setUp();
    begin();
    await keepComing(8);
    news();
    look();
    await arrive();
    expect(news()).toEqual(['to 1']);
  });

  it('are for one where those that have some are slow to take', async () => {
    const { arrive, begin, keepComing, look, news } = setUp();
    begin();
    await keepComing(7);
    look();
    await arrive();
    // Nobody has taken anything since.
    look();
    await arrive();
    await keepComing(7);
    expect(news().filter((one) => one.startsWith('4'))).toEqual([]);
  });

  it('of several turns are counted as such where nobody takes any', async () => {
    const { begin, keepComing, news, wait } = setUp({ members: 1 });
    begin();
    await keepComing(8);
    news();
    await wait(10);
    expect(news()).toEqual([]);
  });

  it('of several turns go on when a member may have some again, where for a while nobody could', async () => {
    const { batons, begin, keepComing, news } = setUp({ members: 1 });
    begin();
    await keepComing(8);
    batons.withdraw(1);
    batons.review();
    news();
    batons.withdrawn(1);
    expect(news()).toEqual(['4 to 1']);
  });

  it('stay where they are when only one is left by the time that it has been calm', async () => {
    const { batons, begin, look, news, settle, wait } = setUp();
    begin();
    await wait(2);
    await settle();
    batons.took(1);
    expect([news(), look(), news()]).toEqual([['to 1', 'to 2'], true, []]);
  });

  it('do not go to one that has not heard yet that it has none, whoever waits', async () => {
    const { batons, begin, news, wait } = setUp();
    begin();
    batons.withdraw(1);
    batons.review();
    await wait(20);
    expect(news()).toEqual(['to 1', 'from 1', ...Array.from({ length: BATONS_LIMIT }, () => 'to 2')]);
  });

  it('do not wait for one that has been passed over: the others go on by turns', async () => {
    const { batons, begin, news, wait, settle } = setUp({ members: 3 });
    begin();
    await wait(2);
    expect(news()).toEqual(['to 1', 'to 2']);
    for (const [taker, next] of [
      [2, 3],
      [3, 2],
      [2, 3],
    ] as const) {
      batons.took(taker);
      await settle();
      expect(news()).toEqual([`to ${next}`]);
    }
    batons.took(1);
    batons.took(3);
    expect(news()).toEqual(['to 1']);
  });

  it('go to one that comes when all others have as many as they may and take none', async () => {
    const { batons, begin, join, news, wait } = setUp({ members: 1 });
    begin();
    await wait(10);
    expect(news()).toHaveLength(BATONS_LIMIT);
    join();
    batons.review();
    await wait(2);
    expect([news(), batons.hasRoom(1)]).toEqual([['to 2'], false]);
    batons.took(1);
    expect(batons.hasRoom(1)).toBe(true);
  });

  it('go to a member that had to give some back only when it has heard of it, and none that it used before counts', () => {
    const { batons, begin, news } = setUp({ members: 1 });
    begin();
    batons.withdraw(1);
    batons.withdraw(1);
    batons.review();
    batons.took(1);
    batons.declined(1);
    expect(news()).toEqual(['to 1', 'from 1']);
    batons.withdrawn(1);
    expect([news(), batons.of(1)]).toEqual([['to 1'], 1]);
    batons.withdrawn(1);
    expect([news(), batons.of(1)]).toEqual([[], 1]);
  });

  it('go anew to a member that has closed its server before it could hear of it', () => {
    const { batons, begin, news } = setUp({ members: 1 });
    begin();
    batons.withdraw(1);
    batons.forget(1);
    batons.review();
    expect(news()).toEqual(['to 1', 'from 1', 'to 1']);
  });

  it('are withdrawn where clients are gone again and again without anybody having taken them', async () => {
    const { batons, begin, news, look, arrive, settle } = setUp();
    const vanish = async (): Promise<void> => {
      await settle();
      await arrive();
      look();
      await settle();
    };
    begin();
    await vanish();
    batons.took(1);
    await vanish();
    expect(news()).toEqual(['to 1', 'to 2']);
    await vanish();
    expect(news()).toEqual(['from 2', 'to 1']);
  });

  it('pass a member by that cannot be reached', () => {
    const { begin, lost, news } = setUp({ unreachable: [1] });
    begin();
    expect([news(), lost]).toEqual([['to 2'], [1]]);
  });

  it('wait for a copy of the socket, and need but one', () => {
    const { batons, news } = setUp();
    expect(batons.canRun()).toBe(false);
    const copies = [0, 1].map(() => ({ fd: 5, isClosed: false, close: () => {} }));
    for (const copy of copies) {
      copy.close = () => void (copy.isClosed = true);
      batons.watchBy(copy);
    }
    expect([batons.canRun(), ...copies.map(({ isClosed }) => isClosed)]).toEqual([true, false, true]);
    batons.close();
    expect([copies[0]!.isClosed, news()]).toEqual([true, []]);
  });
});
