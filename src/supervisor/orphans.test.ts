// Processes that outlived their host: asked to end as their app wants it, killed when they do not, and never signalled once they are gone.
import { expect, it } from 'vitest';
import { createVirtualClock } from '../../test/world.ts';
import { stopOrphans } from './orphans.ts';

const orphans = [1, 2].map((pid) => ({ pid, startTime: String(pid) }));
const ENDING = { stopSignal: 'SIGTERM', killTimeoutMs: 1000 } as const;

it('get the stop signal of their app, and SIGKILL after kill_timeout', async () => {
  const clock = createVirtualClock();
  const living = new Set([1, 2]);
  const got: string[] = [];
  const stopped = stopOrphans(orphans, ENDING, {
    clock,
    isAlive: ({ pid }) => living.has(pid),
    signal(pid, signal) {
      got.push(`${pid} ${signal}`);
      if (pid === 1 || signal === 'SIGKILL') living.delete(pid);
    },
  });
  clock.pass(2000);
  await stopped;
  expect(got).toEqual(['1 SIGTERM', '2 SIGTERM', '2 SIGKILL']);
});
