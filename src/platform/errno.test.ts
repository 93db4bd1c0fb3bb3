// System errors in words.
import { expect, it } from 'vitest';
import { errnoOf, explainErrno } from './errno.ts';

it('puts known system errors into words and keeps the name for those who search', () => {
  const full = Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' });
  expect([errnoOf(full), explainErrno(full)]).toEqual(['ENOSPC', 'no space left on the device (ENOSPC)']);
});

it('leaves other errors in their own words', () => {
  expect([explainErrno(new Error('odd')), explainErrno('text'), errnoOf(null), errnoOf({ code: 3 })]).toEqual(['odd', 'text', null, null]);
});
