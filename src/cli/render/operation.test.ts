// How operations that went well, badly and half are told.
import { shellWord } from '../../model/shell-word.ts';
import { describe, expect, it } from 'vitest';
import { operationView } from '../../../test/canned-views.ts';
import { createPalette } from './colour.ts';
import { renderOperation } from './operation.ts';

const palettes = { palette: createPalette(false), errPalette: createPalette(false) };
const outcome = (
  slot: number,
  ok: boolean,
  text: string,
  app = 'api',
): { app: string; slot: number; id: number; ok: boolean; text: string } => ({ app, slot, id: slot, ok, text });

describe('an operation', () => {
  it('that went well is a line per app', () => {
    const operation = operationView({
      state: 'done',
      outcomes: [outcome(0, true, 'online'), outcome(1, true, 'online'), outcome(0, true, 'stopped', 'job')],
    });
    expect(renderOperation(operation, 'start', palettes)).toEqual({
      out: '[holdfast] api: 2 instances online\n[holdfast] job: 1 instance stopped\n',
      err: '',
    });
  });

  it('that failed names the instances, the reason, and what to type next', () => {
    const outcomes = [
      outcome(0, true, 'online'),
      outcome(1, false, 'exited with code [1] (pid 7)'),
      outcome(2, false, 'exited with code [1] (pid 8)'),
    ];
    expect(renderOperation(operationView({ state: 'failed', outcomes }), 'start', palettes)).toEqual({
      out: '[holdfast] api: 1 instance online\n',
      err: '[holdfast] Cannot start api:1, and 2 alike: exited with code [1] (pid 7).\n  Next: holdfast logs api\n',
    });
  });

  it('that failed as a whole gives its reason, in its own words where it has a sentence', () => {
    const told = (error: string): string => renderOperation(operationView({ state: 'failed', error }), 'save', palettes).err;
    expect(told('the disk is full')).toBe('[holdfast] Cannot save: the disk is full.\n');
    expect(told('Cannot write dump.json: the disk is full.')).toBe('[holdfast] Cannot write dump.json: the disk is full.\n');
  });

  it('passes its warnings on', () => {
    expect(renderOperation(operationView({ state: 'done', warnings: ['host shared died'] }), 'stop', palettes).err).toBe(
      '[holdfast] Warning: host shared died\n',
    );
  });
});

describe('a word in a command to be typed', () => {
  it.each([
    ['api', 'api'],
    ['my app', "'my app'"],
    ["it's", String.raw`'it'\''s'`],
  ])('%s is written %s', (word, written) => {
    expect(shellWord(word)).toBe(written);
  });
});
