// Errors as they are shown.
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../model/errors.ts';
import { exitCodeOf, hasCode, isHoldfastError, renderError } from './errors.ts';
import { createPalette } from './render/colour.ts';

const plain = createPalette(false);

describe('an error', () => {
  it('is shown with what to type next, further lines indented', () => {
    const error = new HoldfastError('CONFIG_INVALID', 'Cannot start: there are 2 mistakes.\n- one\n- two', {
      hint: 'holdfast start --help',
    });
    expect(renderError(error, plain)).toBe(
      '[holdfast] Cannot start: there are 2 mistakes.\n  - one\n  - two\n  Next: holdfast start --help\n',
    );
    expect(renderError(new HoldfastError('USAGE', 'Cannot stop: why.'), plain)).toBe('[holdfast] Cannot stop: why.\n');
  });

  it('is known by its name, for every lazily loaded bundle has a class of its own', () => {
    const foreign = Object.assign(new Error('Cannot do it: no.'), { name: 'HoldfastError', code: 'NAME_TAKEN' });
    expect(isHoldfastError(foreign)).toBe(true);
    expect(hasCode(foreign, 'NAME_TAKEN')).toBe(true);
    expect(hasCode(foreign, 'USAGE')).toBe(false);
    expect(isHoldfastError(Object.assign(new Error('x'), { code: 'NAME_TAKEN' }))).toBe(false);
    expect(isHoldfastError(Object.assign(new Error('x'), { name: 'HoldfastError', code: 'toString' }))).toBe(false);
  });

  it('that nobody expected is called a defect, also one of the daemon', () => {
    for (const error of [new TypeError('x is undefined'), new HoldfastError('INTERNAL', 'Cannot carry on: x is undefined.')]) {
      const text = renderError(error, plain);
      expect(text).toContain('[holdfast] Cannot go on: this is a defect of Holdfast itself.');
      expect(text).toContain('x is undefined');
      expect(text).toMatch(/errors\.test\.ts:\d+/);
      expect(exitCodeOf(error)).toBe(1);
    }
  });
});
