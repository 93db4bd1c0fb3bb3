// The block of lines on a terminal: that it fits whatever its size, and says what moves first.
import { describe, expect, it } from 'vitest';
import { rolloutSlot, rolloutState, waitingSlot } from '../../../test/canned-views.ts';
import { NOW } from '../../../test/run-cli.ts';
import { createPalette } from './colour.ts';
import { renderFrame } from './rollout-frame.ts';
import type { FrameStyle } from './rollout-frame.ts';
import { widthOf } from './wide.ts';

const style: FrameStyle = { palette: createPalette(false), widthOf, columns: 80, rows: 24, nowMs: NOW };
const frame = { title: 'reloading api, 日本', startedAt: NOW - 5000, note: null };

describe('the frame of rollouts', () => {
  it('has a line for each slot of each app, aligned, with wide names too', () => {
    const rollouts = [
      { app: 'api', rollout: rolloutState({ slots: [rolloutSlot(0, ['start-successor'], 'await-ready'), waitingSlot(1)] }) },
      { app: '日本', rollout: rolloutState({ slots: [rolloutSlot(10, ['leave', 'drain', 'stop', 'start', 'await-ready', 'join'])] }) },
    ];
    expect(renderFrame({ ...frame, rollouts, note: 'App [api:0] exited' }, style)).toEqual([
      'reloading api, 日本 ... 5 s',
      '  api:0    ✓ waiting until it is ready  2 s',
      '  api:1    waits for its turn',
      '  日本:10  ✓✓✓✓✓✓ done in 210 ms',
      '  App [api:0] exited',
    ]);
  });

  it.each([
    [80, 24],
    [40, 10],
    [20, 5],
    [10, 3],
  ])('fits %i columns and %i rows', (columns, rows) => {
    const slots = Array.from({ length: 40 }, (_, slot) =>
      slot < 10 ? rolloutSlot(slot, ['start-successor', 'await-ready', 'join', 'leave', 'drain', 'stop']) : waitingSlot(slot),
    );
    slots[10] = rolloutSlot(10, ['start-successor', 'await-ready', 'join', 'leave'], 'drain');
    const rollouts = [{ app: 'an-app-with-a-long-name', rollout: rolloutState({ slots }) }];
    const lines = renderFrame({ ...frame, rollouts, note: `it is ${'very '.repeat(30)}slow` }, { ...style, columns, rows });
    expect(lines.length).toBeLessThan(Math.max(rows, 4));
    expect(lines.filter((line) => widthOf(line) >= columns)).toEqual([]);
    if (rows === 10)
      expect(lines.slice(1, 4)).toEqual([
        '  an-app-with-a-long-name:10  ✓✓✓✓ dra…',
        '  an-app-with-a-long-name:11  waits fo…',
        '  an-app-with-a-long-name:12  waits fo…',
      ]);
    if (columns >= 40) expect(lines.at(-2)).toMatch(/^ {2}\.\.\. and \d+ more instances$/);
  });

  it('says that it goes back, and lets no name move the cursor', () => {
    const rollouts = [{ app: 'a\u001b[2J', rollout: rolloutState({ phase: 'undoing' }) }];
    expect(renderFrame({ ...frame, title: 'reloading a', rollouts }, style)).toEqual([
      'reloading a ... going back, it failed 5 s',
      '  a\ufffd[2J:0  launching the new one  2 s',
      '  a\ufffd[2J:1  waits for its turn',
    ]);
  });
});
