// AMP frames: what is written, what is read from pieces of any size, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame, jsonOf, jsonPart, MAX_FRAME_BYTES, textPart } from './wire-frames.ts';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

it('writes version and number of parts, then each part behind its length', () => {
  expect(encodeFrame([textPart('a'), jsonPart({ b: 1 })])).toEqual(
    Buffer.concat([bytesOf('12 00000003'), Buffer.from('s:a'), bytesOf('00000009'), Buffer.from('j:{"b":1}')]),
  );
});

it('reads what it has written, whatever pieces it comes in', () => {
  const frames = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 15 }), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, sizes) => {
      const parts = sent.map((frame) => frame.map((part) => Buffer.from(part)));
      const reader = createFrameReader();
      let bytes = Buffer.concat(parts.map(encodeFrame));
      const read: unknown[] = [];
      for (let turn = 0; bytes.length > 0; turn += 1) {
        const size = sizes[turn % sizes.length]!;
        read.push(...(reader.read(bytes.subarray(0, size)) ?? ['broken']));
        bytes = bytes.subarray(size);
      }
      expect(read).toEqual(parts);
    }),
  );
});

it.each([
  ['another version', '22 00000001 61'],
  ['no parts', '10'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ['a length beyond the limit', '11 ffffffff'],
  ['lengths that are beyond it together', `12 0003ff00 ${'00'.repeat(0x3ff00)} 00000100`],
])('refuses %s, and reads no more', (_what, hex) => {
  const reader = createFrameReader();
  expect(reader.read(bytesOf(hex))).toBeNull();
  expect(reader.read(encodeFrame([textPart('a')]))).toBeNull();
});

it('takes a frame of the whole length that is allowed', () => {
  const bytes = MAX_FRAME_BYTES - 5;
  expect(
    createFrameReader()
      .read(encodeFrame([Buffer.alloc(bytes)]))
      ?.map((parts) => parts.map(({ length }) => length)),
  ).toEqual([[bytes]]);
});

it('never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 })), (pieces) => {
      const reader = createFrameReader();
      for (const piece of pieces) reader.read(Buffer.from(piece));
    }),
  );
});

describe('a part', () => {
  it.each([
    [jsonPart({ a: ['é'] }), { a: ['é'] }],
    [jsonPart(null), null],
    [textPart('{}'), undefined],
    [Buffer.from('j:{'), undefined],
    [Buffer.from('j'), undefined],
    [Buffer.alloc(0), undefined],
  ])('%s has the value %j', (part, value) => {
    expect(jsonOf(part)).toEqual(value);
  });
});
