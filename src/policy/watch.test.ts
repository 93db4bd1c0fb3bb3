// What changed files do, case by case, and which restarts in a row count as a circle.
import { describe, expect, it } from 'vitest';
import { CIRCLE_RESTARTS, countChange, decideChange } from './watch.ts';
import type { ChangedApp, ChangeDecision, ChangeStreak, WatchedChange, WatchedSlot } from './watch.ts';

const CHANGED_AT = 10_000;
const up = (slot: number, startedAt = 5000): WatchedSlot => ({ slot, goal: 'up', waits: false, isRunning: true, startedAt });
const down = (slot: number): WatchedSlot => ({ ...up(slot), goal: 'down', isRunning: false });
const ended = (slot: number): WatchedSlot => ({ ...down(slot), waits: true });
const never = (slot: number): WatchedSlot => ({ ...ended(slot), startedAt: null });
const app = (...slots: WatchedSlot[]): ChangedApp => ({ mode: 'fork', isBusy: false, changedAt: CHANGED_AT, slots });
const act = (action: 'restart' | 'reload', ...slots: number[]): ChangeDecision => ({ kind: 'act', action, slots });

describe('changed files', () => {
  it.each<[string, ChangedApp, ChangeDecision]>([
    ['restart an app in fork mode', app(up(0)), act('restart', 0)],
    ['restart all its instances', app(up(0), up(1)), act('restart', 0, 1)],
    ['reload an app in cluster mode', { ...app(up(0), up(1)), mode: 'cluster' }, act('reload', 0, 1)],
    ['restart a cluster of which one was given up', { ...app(up(0), ended(1)), mode: 'cluster' }, act('restart', 0, 1)],
    ['start again what has crashed or ended', app(ended(0)), act('restart', 0)],
    ['leave what a command has stopped', app(down(0)), { kind: 'leave' }],
    ['leave what has never been started', app(never(0)), { kind: 'leave' }],
    ['leave the stopped ones among others', app(down(0), up(1)), act('restart', 1)],
    ['wait while something is being done to it', { ...app(up(0)), isBusy: true }, { kind: 'wait' }],
    ['do not wait for what is stopped', { ...app(down(0)), isBusy: true }, { kind: 'leave' }],
    ['leave what was launched since', app(up(0, 10_001), up(1, 10_002)), { kind: 'leave' }],
    ['restart where one of them was not launched since', app(up(0, 10_001), up(1)), act('restart', 0, 1)],
    ['restart what was launched in the same millisecond', app(up(0, CHANGED_AT)), act('restart', 0)],
  ])('%s', (_what, changed, decision) => {
    expect(decideChange(changed)).toEqual(decision);
  });
});

const change = (afterLaunchMs: number | null, ...files: string[]): WatchedChange => ({ files, afterLaunchMs });

/** The circle that is seen in these changes, and at which of them. */
function circleIn(changes: readonly WatchedChange[]): { readonly at: number; readonly file: string } | null {
  let streak: ChangeStreak | null = null;
  for (const [index, one] of changes.entries()) {
    const counted = countChange(streak, one);
    if (counted.circle !== null) return { at: index + 1, file: counted.circle };
    streak = counted.streak;
  }
  return null;
}

const times = (count: number, make: (index: number) => WatchedChange): WatchedChange[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('a circle', () => {
  it.each<[string, readonly WatchedChange[], { at: number; file: string } | null]>([
    ['is the same file soon after each start', times(9, () => change(40, 'data.json')), { at: 6, file: 'data.json' }],
    ['begins with whatever began it', [change(90_000, 'app.js'), ...times(9, () => change(40, 'data.json'))], { at: 7, file: 'data.json' }],
    [
      'names the file that is common to all',
      times(9, (index) => change(40, `other-${'abcdefghi'[index]}`, 'data.json')),
      { at: 6, file: 'data.json' },
    ],
    ['is seen through numbers in the name', times(9, (index) => change(40, `tmp/run-${index}.txt`)), { at: 6, file: 'tmp/run-5.txt' }],
    ['is the same file at the same time after each start', times(9, (index) => change(30_000 + index * 100, 'a')), { at: 6, file: 'a' }],
    ['is none of different files', times(9, (index) => change(40, 'abcdefghi'[index]!)), null],
    ['is none of a file that somebody saves now and then', times(9, (index) => change(3000 * 1.5 ** index, 'app.js')), null],
    ['is none where the launch is not known', times(9, () => change(null, 'app.js')), null],
    [
      'ends with a change of another kind',
      times(20, (index) => (index % 5 === 4 ? change(70_000 + index * 20_000, 'app.js') : change(40, 'data.json'))),
      null,
    ],
  ])('%s', (_what, changes, circle) => {
    expect(circleIn(changes)).toEqual(circle);
  });

  it('has made one restart fewer than there were changes', () => {
    expect(CIRCLE_RESTARTS).toBe(5);
  });
});
