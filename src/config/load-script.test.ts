// Evaluating a config file: it ends in time, and stdout comes back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder } from '../../test/config-kit.ts';
import type { ConfigFolder } from '../../test/config-kit.ts';
import type { Clock } from '../platform/clock.ts';
import { loadScript } from './load-script.ts';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
});
afterEach(() => folder.remove());

describe('loadScript', () => {
  it('gives up on a file that never ends', async () => {
    const file = folder.write('endless.config.mjs', 'await new Promise(() => {});\nexport default {};');
    const delays: number[] = [];
    const impatient: Clock = {
      monotonicMs: () => 0,
      epochMs: () => 0,
      setTimer: (delayMs, fire) => {
        delays.push(delayMs);
        queueMicrotask(fire);
        return () => undefined;
      },
    };
    await expect(loadScript(file, impatient)).rejects.toThrow('it did not finish within 30 s');
    expect(delays).toEqual([30_000]);
  });

  it('gives stdout back, also after a failure', async () => {
    const write = process.stdout.write;
    await loadScript(folder.write('good.config.mjs', 'export default {};'));
    expect(process.stdout.write).toBe(write);
    await expect(loadScript(folder.write('bad.config.mjs', "throw new Error('bad');"))).rejects.toThrow('bad');
    expect(process.stdout.write).toBe(write);
  });
});
