// Lines out of bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from './lines.ts';

function split(chunks: readonly Buffer[], maxBytes?: number): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((text) => lines.push(text), maxBytes);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.flush();
  splitter.flush();
  return lines;
}

/** Cuts bytes at the given places, wherever these are. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

describe('splitting', () => {
  it('gives the same lines wherever the bytes were cut', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '✓', '😀', '\n', '\r\n', ' '), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (written, at) => {
        const expected = written.split('\n').map((line) => line.replace(/\r$/, ''));
        if (written === '' || written.endsWith('\n')) expected.pop();
        expect(split(cut(Buffer.from(written), at))).toEqual(expected);
      }),
    );
  });

  it('never gives a line longer than the bound, and loses no byte of a longer one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '✓', '😀', '\n'), { maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (parts, at) => {
          const written = parts.join('');
          const lines = split(cut(Buffer.from(written), at), 10);
          expect(Math.max(0, ...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(10);
          expect(lines.join('')).toBe(written.replaceAll('\n', ''));
        },
      ),
    );
  });

  it('bounds lines at 64 KiB when nothing else is said', () => {
    expect(split([Buffer.alloc(150_000, 'x')]).map((line) => line.length)).toEqual([65_536, 65_536, 18_928]);
  });

  it('keeps bytes that are no UTF-8 from stopping anything', () => {
    expect(split([Buffer.from([0xff, 0x41, 0x0a, 0x80]), Buffer.alloc(20, 0x80)], 10).length).toBeGreaterThan(1);
  });
});
