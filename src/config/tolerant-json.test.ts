// JSON as people write it, and that it is never more than data.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseTolerantJson, TextSyntaxError } from './tolerant-json.ts';

const read = (text: string): unknown => parseTolerantJson(text).value;

describe('parseTolerantJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        expect(read(JSON.stringify(value, null, indent))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives a value or a TextSyntaxError for any text', () => {
    const soup = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', "'", 'a', '1', '-', '.', '/', '*', '\\', 'u', '\n', ' ', 'true', '`', '$'),
    });
    fc.assert(
      fc.property(soup, (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TextSyntaxError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['\uFEFF{"a":1}', { a: 1 }],
    ["{a: 'x', $b_1: [1,], 'c-d': +2,}", { a: 'x', $b_1: [1], 'c-d': 2 }],
    ['// one\n/* two */ [1, /* three */ .5, 0x1F, -1e3] // four', [1, 0.5, 31, -1000]],
    [String.raw`"C:\\Py\\x\u0041\n"`, 'C:\\Py\\xA\n'],
    ['`multi\nline`', 'multi\nline'],
    ['{ "a": undefined, "b": null }', { a: undefined, b: null }],
    ['({"a":1})'.slice(1, -1) + ';', { a: 1 }],
    ['{ "u": "http://x/*y*/" }', { u: 'http://x/*y*/' }],
  ])('reads %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it('keeps a key called __proto__ a plain key', () => {
    const value = read('{ "__proto__": { "polluted": 1 } }') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('finds keys that stand twice in one object, not in two', () => {
    expect(parseTolerantJson('{ "a": 1,\n"b": { "a": 2 },\n"a": 3 }')).toEqual({
      value: { a: 3, b: { a: 2 } },
      duplicates: [{ key: 'a', line: 3 }],
    });
  });

  it.each([
    ['{ "a": 1', 'unexpected end of file, "," or "}" is expected', 1, 9],
    ['[1 2]', 'unexpected "2", "," or "]" is expected', 1, 4],
    ['{\n  "a" 1 }', 'unexpected "1", ":" is expected after the key "a"', 2, 7],
    ['{ "a": "x\n" }', 'a string that is not closed', 1, 8],
    ['{} {}', 'unexpected "{" after the end of the value', 1, 4],
    ['[,1]', 'unexpected ",", a value is expected', 1, 2],
    ['/* x', 'a comment that is not closed', 1, 1],
    [String.raw`"\u12"`, 'an escape without its hexadecimal digits', 1, 2],
    ['require("x")', 'require is not a value: JSON is data and is not evaluated (for code, name the file .config.js)', 1, 1],
    ['`${x}`', '`${...}` is code: JSON is data and is not evaluated (name the file .config.js)', 1, 2],
  ])('says what is wrong with %j, and where', (text, reason, line, column) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ message: reason, line, column });
  });

  it('refuses nesting that would exhaust the stack', () => {
    expect(() => read('['.repeat(100_000))).toThrow('more than 200 levels');
  });

  it('keeps the caret under the mistake in a long line', () => {
    const text = `{ "a": "${'x'.repeat(500)}" "b" }`;
    expect(() => read(text)).toThrow(TextSyntaxError);
    try {
      read(text);
    } catch (error) {
      const [line, caret] = (error as TextSyntaxError).frame.split('\n');
      expect(line!.length).toBeLessThanOrEqual(100);
      expect(line![caret!.length - 1]).toBe('"');
      expect(line!.slice(caret!.length - 1)).toBe('"b" }');
    }
  });
});
