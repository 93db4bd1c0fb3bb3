// How long a host is waited for, by what it was asked.
import { expect, it } from 'vitest';
import { releaseOf, specOf } from '../../test/spec.ts';
import type { HostRequest } from '../model/protocol.ts';
import { longestPauseOf } from './patience.ts';

const release = releaseOf(specOf({ killTimeoutMs: 2000 }));
const slots = Array.from({ length: 50 }, (_, slot) => ({ slot, id: slot }));
const orphans = [{ pid: 1, startTime: '1' }];
const apply = { type: 'apply', release, slots, start: true, orphans: [] } as const;

it.each<{ readonly what: string; readonly command: HostRequest; readonly ms: number }>([
  { what: 'fifty processes to launch in one turn of its loop', command: apply, ms: 10_000 },
  { what: 'nothing to launch', command: { ...apply, start: false }, ms: 0 },
  { what: 'somebody in the way of what is launched', command: { ...apply, orphans }, ms: 17_000 },
  { what: 'two to launch again', command: { type: 'restart', app: 'api', slots: [0, 1] }, ms: 400 },
  { what: 'two to stop', command: { type: 'stop', app: 'api', slots: [0, 1] }, ms: 0 },
  { what: 'its own end to come to', command: { type: 'shutdown' }, ms: Infinity },
])('$ms ms more for a host that has $what', ({ command, ms }) => {
  expect(longestPauseOf(command)).toBe(ms);
});
