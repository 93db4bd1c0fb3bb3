// The names of log files.
import { expect, it } from 'vitest';
import { instanceLogPath } from './paths.ts';

it.each([
  ['/logs/api-out.log', 3, false, '/logs/api-out-3.log'],
  ['/logs/api-out.log', 3, true, '/logs/api-out.log'],
  ['/logs/api.log.txt', 0, false, '/logs/api.log.txt-0'],
  ['/dev/stdout', 0, false, '/dev/stdout'],
  ['/proc/1/fd/1', 12, false, '/proc/1/fd/1'],
  ['/device/a.log', 1, false, '/device/a-1.log'],
  [null, 1, false, null],
] as const)('of %s, instance %i, merged %s: %s', (file, id, merge, expected) => {
  expect(instanceLogPath(file, id, merge)).toBe(expected);
});
