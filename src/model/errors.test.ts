// The error class: its form on the wire, and that copies of it in other bundles are still recognised.
import { describe, expect, it } from 'vitest';
import { HoldfastError } from './errors.ts';

describe('HoldfastError', () => {
  it('comes back from the form that crosses the API', () => {
    const error = new HoldfastError('NAME_TAKEN', "Cannot start 'api': it is running already.", { hint: 'holdfast restart api' });
    const copy = HoldfastError.from(JSON.parse(JSON.stringify(error.view())) as ReturnType<typeof error.view>);
    expect(copy).toMatchObject({ code: 'NAME_TAKEN', message: error.message, hint: 'holdfast restart api' });
  });

  it('is recognised when it was made by the copy of the class that a lazily loaded chunk carries', () => {
    const Copy = class extends Error {
      override readonly name = 'HoldfastError';
    };
    expect(new Copy('from a chunk')).toBeInstanceOf(HoldfastError);
    expect(new Error('another')).not.toBeInstanceOf(HoldfastError);
    expect({ name: 'HoldfastError' }).not.toBeInstanceOf(HoldfastError);
  });
});
