// Several writers on one stream: whose bytes come between whose, what a slow reader means, what is said of what was dropped.
import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type { ManualClock } from '../../test/manual-clock.ts';
import type { DescriptorEvents } from '../platform/descriptor.ts';
import { createDestination } from './destination.ts';
import type { Destination } from './destination.ts';
import { createDirectLane, createLineLane, createTextLane } from './lane.ts';
import type { Lane } from './lane.ts';

let clock: ManualClock;
let written: string;
let waiting: number;
let happened: string[];
let reader: DescriptorEvents;
let destination: Destination;

beforeEach(() => {
  clock = createManualClock();
  written = '';
  waiting = 0;
  happened = [];
  destination = createDestination({
    clock,
    open(on) {
      reader = on;
      return {
        write(bytes) {
          written += bytes.toString('latin1');
          waiting += bytes.length;
        },
        get pendingBytes() {
          return waiting;
        },
      };
    },
    hold: (isOn) => happened.push(isOn ? 'hold' : 'go on'),
    dropped: (lines) => happened.push(`dropped ${lines}`),
    gone: () => happened.push('gone'),
  });
});

const push = (lane: Lane, text: string): void => lane.push(0, Buffer.from(text, 'latin1'));
const read = (bytes = waiting): void => {
  waiting -= bytes;
  reader.progress();
};

describe('lanes', () => {
  it('pass bytes as they come where one writes alone', () => {
    const lane = createDirectLane(destination, () => null);
    for (const text of ['a', 'b\n\xff', '\0']) push(lane, text);
    lane.end(0);
    expect(written).toBe('ab\n\xff\0');
  });

  it('put whole lines together where several write, each with its prefix', () => {
    const [one, two] = ['1| ', '2| '].map((prefix) => createLineLane(destination, () => prefix));
    push(one!, 'a');
    push(two!, 'x\ny');
    push(one!, 'b\nc\n');
    two!.end(0);
    expect(written).toBe('2| x\n1| ab\n1| c\n2| y');
  });

  it('end the line of who has not, before another begins', () => {
    const [one, two] = [1, 2].map(() => createDirectLane(destination, () => null));
    push(one!, 'no end');
    push(two!, 'other\n');
    push(one!, ' of it\n');
    expect(written).toBe('no end\nother\n of it\n');
  });

  it('do not wait for the end of a very long line', () => {
    const lane = createLineLane(destination, () => '> ');
    push(lane, 'x'.repeat(300_000));
    push(lane, 'y\nz\n');
    expect(written).toBe(`> ${'x'.repeat(300_000)}y\n> z\n`);
  });

  it('make a text of each line, an unfinished one too', () => {
    const lane = createTextLane(destination, (at, text) => JSON.stringify([at, text]));
    push(lane, 'a\r\nb');
    lane.end(5);
    expect(written).toBe('[0,"a"]\n[5,"b"]\n');
  });
});

describe('a reader', () => {
  const CHUNK = `${'x'.repeat(99)}\n`.repeat(2000); // 200 KB
  const flood = (lane: Lane): void => {
    for (let nth = 0; nth < 6; nth += 1) push(lane, CHUNK);
  };

  it('who is slow holds the apps until he has taken half, and nothing is lost', () => {
    flood(createDirectLane(destination, () => null));
    expect(happened).toEqual(['hold']);
    clock.advance(1999);
    read(100);
    clock.advance(1999);
    read();
    expect([happened, written.length]).toEqual([['hold', 'go on'], 6 * CHUNK.length]);
  });

  it('who takes nothing for two seconds holds nobody any longer; what is written then is dropped, counted and told', () => {
    const lane = createDirectLane(destination, () => null);
    flood(lane);
    clock.advance(2000);
    expect(happened).toEqual(['hold', 'go on']);
    push(lane, 'lost\n'.repeat(10));
    push(lane, 'lost with its ');
    expect(written).not.toContain('lost');
    read();
    push(lane, 'end\nkept\n');
    expect(written.endsWith('x\nkept\n')).toBe(true);
    waiting = 0;
    reader.progress();
    expect(happened).toEqual(['hold', 'go on', 'dropped 10', 'dropped 1']);
  });

  it('who takes too little for ten seconds neither', () => {
    flood(createDirectLane(destination, () => null));
    for (let second = 0; second < 12; second += 1) {
      clock.advance(1000);
      read(10);
    }
    clock.advance(2000);
    expect(happened).toEqual(['hold', 'go on']);
  });

  it('is bounded by 8 MB in what waits for him, whoever cannot be held back', () => {
    const lane = createDirectLane(destination, () => null);
    for (let nth = 0; nth < 100; nth += 1) push(lane, CHUNK);
    expect(waiting).toBeLessThan(9 * 2 ** 20);
    read();
    expect(happened).toEqual(['hold', 'go on', expect.stringMatching(/^dropped \d+000$/)]);
  });

  it('who has left gets nothing any more, and holds nobody', () => {
    const lane = createDirectLane(destination, () => null);
    flood(lane);
    reader.gone();
    const before = written.length;
    push(lane, 'more\n');
    expect([happened, written.length, destination.isDrained()]).toEqual([['hold', 'go on', 'gone'], before, true]);
  });
});
