// Dates before lines, whatever the chunks.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLinePrefixer } from './prefix.ts';

it('stands once before every line, and changes no byte of it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? 10 : byte))),
        { maxLength: 12 },
      ),
      (chunks) => {
        const prefixer = createLinePrefixer();
        const written = Buffer.concat(chunks.map((chunk) => prefixer.add(Buffer.from(chunk), '✓: '))).toString('latin1');
        const original = Buffer.concat(chunks).toString('latin1');
        const mark = Buffer.from('✓: ').toString('latin1');
        const isUnfinished = original !== '' && !original.endsWith('\n');
        const lines = original === '' ? [] : original.split('\n').slice(0, isUnfinished ? undefined : -1);
        expect(written).toBe(lines.map((line) => mark + line).join('\n') + (original.endsWith('\n') ? '\n' : ''));
        expect(prefixer.unfinished).toBe(isUnfinished);
      },
    ),
  );
});

it('is the one of the moment at which the line began', () => {
  const prefixer = createLinePrefixer();
  const texts = [prefixer.add(Buffer.from('a'), '1 '), prefixer.add(Buffer.from('b\nc'), '2 '), prefixer.add(Buffer.from('\n'), '3 ')].map(
    String,
  );
  expect(texts.join('')).toBe('1 ab\n2 c\n');
});
