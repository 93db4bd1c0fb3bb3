// Recent output in bounded memory.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../model/protocol.ts';
import { createRing } from './ring.ts';

const web = { app: 'web', slot: 0, id: 4, stream: 'out' } as const;
const second = { app: 'web', slot: 1, id: 5, stream: 'out' } as const;
const errors = { ...web, stream: 'err' } as const;
const texts = (lines: readonly LogLine[]): string[] => lines.map((line) => line.text);

describe('the tail', () => {
  it('has the lines of the wanted slots with the time at which each began', () => {
    const ring = createRing();
    ring.push(10, web, Buffer.from('one\ntw'));
    ring.push(15, second, Buffer.from('other\n'));
    ring.push(20, web, Buffer.from('o\nthree\n'));
    expect(ring.tail({ slots: [0], lines: 9 })).toEqual([
      { ...web, at: 10, text: 'one' },
      { ...web, at: 10, text: 'two' },
      { ...web, at: 20, text: 'three' },
    ]);
    expect(texts(ring.tail({ slots: [0, 1], lines: 2 }))).toEqual(['two', 'three']);
    expect([ring.tail({ slots: [7], lines: 5 }), ring.tail({ slots: [0], lines: 0 })]).toEqual([[], []]);
  });

  it('keeps streams that interleave apart and shows an unfinished line', () => {
    const ring = createRing();
    ring.push(1, web, Buffer.from('out '));
    ring.push(2, errors, Buffer.from('err\n'));
    ring.push(3, web, Buffer.from('goes on'));
    expect(ring.tail({ slots: [0], lines: 9 })).toEqual([
      { ...errors, at: 2, text: 'err' },
      { ...web, at: 1, text: 'out goes on' },
    ]);
  });

  it('does not join the last words of one run with the first of the next', () => {
    const ring = createRing();
    ring.push(1, web, Buffer.from('last words'));
    ring.endStream(2, web);
    ring.endStream(3, web);
    ring.push(4, web, Buffer.from('first\n'));
    expect(texts(ring.tail({ slots: [0], lines: 9 }))).toEqual(['last words', 'first']);
  });

  it('has only whole lines, the latest without a gap, however much was written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean()), { maxLength: 120 }), (pieces) => {
        const ring = createRing({ maxBytes: 4000 });
        let written = '';
        for (const [size, isEnd] of pieces) {
          const piece = String(written.length).padEnd(size, '.') + (isEnd ? '\n' : '');
          written += piece;
          ring.push(1, web, Buffer.from(piece));
        }
        const all = written.split('\n');
        if (all.at(-1) === '') all.pop();
        const kept = texts(ring.tail({ slots: [0], lines: 1000 }));
        expect(kept).toEqual(kept.length === 0 ? [] : all.slice(-kept.length));
      }),
    );
  });

  it('is bounded also when the chunks are tiny', () => {
    const ring = createRing({ maxBytes: 10_000 });
    for (let n = 0; n < 5000; n += 1) ring.push(n, web, Buffer.from('\n'));
    expect(ring.tail({ slots: [0], lines: 10_000 }).length).toBeLessThan(50);
    expect(ring.tail({ slots: [0], lines: 1 })[0]!.at).toBe(4999);
  });
});

describe('followers', () => {
  it('get each further line until they leave', () => {
    const ring = createRing();
    const heard: string[] = [];
    ring.push(1, web, Buffer.from('before\n'));
    const leave = ring.follow((line) => heard.push(`${line.at} ${line.text}`));
    ring.push(2, web, Buffer.from('a\nb'));
    ring.push(3, errors, Buffer.from('e\n'));
    ring.push(4, web, Buffer.from('c\n'));
    ring.push(5, web, Buffer.from('end'));
    ring.endStream(6, web);
    leave();
    leave();
    ring.push(7, web, Buffer.from('after\n'));
    expect(heard).toEqual(['2 a', '3 e', '2 bc', '5 end']);
  });

  it('are independent of each other', () => {
    const ring = createRing();
    const heard: string[] = [];
    const listen = (line: LogLine): void => void heard.push(line.text);
    const leaveFirst = ring.follow(listen);
    const leaveSecond = ring.follow(listen);
    ring.push(1, web, Buffer.from('both\n'));
    leaveFirst();
    ring.push(1, web, Buffer.from('one\n'));
    leaveSecond();
    expect(heard).toEqual(['both', 'both', 'one']);
  });
});
