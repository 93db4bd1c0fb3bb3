// How a host gives way: in which order it lets go, and how it goes on where it cannot.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { handOver } from './hand-over.ts';
import type { HandOverOptions } from './hand-over.ts';
import type { Supervisor } from './supervisor.ts';

const LAUNCH = { file: '/usr/bin/node', args: ['/next/host.cjs', '/home', 'web'], env: {} };

/** A supervisor that notes what it is told, and is at rest after so many looks. */
function kit({ looks = 0, unrest = 'connections of web wait for an instance' } = {}) {
  const told: string[] = [];
  let left = looks;
  const supervisor: Pick<Supervisor, 'pause' | 'unrest' | 'freeze' | 'thaw' | 'closeLogs'> = {
    pause: (isOn) => void told.push(isOn ? 'pause' : 'go on'),
    unrest: () => (left-- > 0 ? unrest : null),
    freeze: () => void told.push('freeze'),
    thaw: () => void told.push('thaw'),
    closeLogs: () => void told.push('close logs'),
  };
  const options: HandOverOptions = {
    clock: systemClock,
    supervisors: [supervisor as Supervisor],
    record: ({ args }) => Promise.resolve(void told.push(`record ${args[0]}`)),
    logsSettled: () => Promise.resolve(void told.push('logs settled')),
  };
  return { told, options };
}

describe('a host that gives way', () => {
  it('accepts nothing, waits until it holds no connection, and only then writes down what there is and lets go', async () => {
    const { told, options } = kit({ looks: 3 });
    expect(await handOver(LAUNCH, options)).toBeNull();
    expect(told).toEqual(['pause', 'freeze', 'record /next/host.cjs', 'close logs', 'logs settled']);
  });

  it('goes on as before where it does not come to rest', async () => {
    const { told, options } = kit({ looks: Infinity });
    let nowMs = 0;
    const clock: HandOverOptions['clock'] = {
      ...systemClock,
      monotonicMs: () => nowMs,
      setTimer(delayMs, fire) {
        nowMs += delayMs;
        queueMicrotask(fire);
        return () => undefined;
      },
    };
    expect(await handOver(LAUNCH, { ...options, clock })).toBe('connections of web wait for an instance');
    expect(told).toEqual(['pause', 'go on']);
  });

  it('goes on as before where the disk refuses its record', async () => {
    const { told, options } = kit();
    expect(await handOver(LAUNCH, { ...options, record: () => Promise.reject(new Error('ENOSPC')) })).toBe(
      'its record cannot be written: ENOSPC',
    );
    expect(told).toEqual(['pause', 'freeze', 'thaw']);
  });
});
