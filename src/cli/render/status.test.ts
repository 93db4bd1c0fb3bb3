// The word for a status: PM2's first, in every case.
import { describe, expect, it } from 'vitest';
import { instanceView } from '../../../test/canned-views.ts';
import type { InstanceView } from '../../model/view.ts';
import { createPalette } from './colour.ts';
import { paintOfStatus, printStatus } from './status.ts';

const failing = { passing: false, text: '503', at: 0 };
const EXPECTED: readonly (readonly [Partial<InstanceView>, string])[] = [
  [{ status: 'online' }, 'online'],
  [{ status: 'online', readiness: failing }, 'online (not ready)'],
  [{ status: 'online', readiness: { ...failing, passing: true } }, 'online'],
  [{ status: 'starting' }, 'launching'],
  [{ status: 'starting', readiness: failing, role: 'successor' }, 'launching (successor)'],
  [{ status: 'draining' }, 'stopping (draining)'],
  [{ status: 'draining', role: 'leaving' }, 'stopping (leaving)'],
  [{ status: 'stopping' }, 'stopping'],
  [{ status: 'standby' }, 'online (standby)'],
  [{ status: 'unsupervised' }, 'online (unsupervised)'],
  [{ status: 'waiting restart', restartInMs: 5000 }, 'waiting restart'],
  [{ status: 'waiting' }, 'stopped (waiting)'],
  [{ status: 'stopped' }, 'stopped'],
  [{ status: 'errored' }, 'errored'],
  [{ status: 'errored', restartInMs: 90_000 }, 'errored (again in 90s)'],
];

describe('a status', () => {
  it.each(EXPECTED)('%j is %s', (differs, word) => {
    expect(printStatus(instanceView(differs), null)).toBe(word);
  });

  it('of a job says when it is due', () => {
    const due = new Date(2026, 10, 30, 3).getTime();
    expect(printStatus(instanceView({ status: 'waiting' }), due)).toBe('stopped (until 11-30 03:00)');
    expect(printStatus(instanceView({ status: 'online' }), due)).toBe('online');
  });

  it('is green where it serves, and yellow where it is not ready for that', () => {
    const palette = createPalette(true);
    const painted = (differs: Partial<InstanceView>): string => paintOfStatus(instanceView(differs), palette)('x');
    expect(painted({})).toBe(palette.green('x'));
    expect(painted({ readiness: failing })).toBe(palette.yellow('x'));
    expect(painted({ status: 'errored' })).toBe(palette.red('x'));
  });
});
