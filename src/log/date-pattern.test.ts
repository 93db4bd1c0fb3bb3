// What `log_date_format` has printed is found again, in every token, and nothing else is taken for it.
import { expect, it } from 'vitest';
import { compileDateFormat } from '../model/date-format.ts';
import { compileDateSkipper } from './date-pattern.ts';

const AT = new Date(2026, 10, 2, 3, 4, 5, 6).getTime();

it.each([
  'YYYY-MM-DDTHH:mm:ss',
  'YYYY-MM-DD HH:mm:ss.SSS Z',
  'dddd, D MMMM YYYY h:m:s A',
  'ddd dd d MMM YY hh a ZZ',
  '[at (1+1)] M/D H',
  'x',
])('%s', (format) => {
  const date = compileDateFormat(format)(AT);
  const skip = compileDateSkipper(format);
  expect(skip(Buffer.from(`${date}: text: more`))).toBe(`${date}: `.length);
  expect(skip(Buffer.from(`y${date}: text`))).toBe(0);
  expect(skip(Buffer.from(date))).toBe(0);
  expect(skip(Buffer.alloc(0))).toBe(0);
});
