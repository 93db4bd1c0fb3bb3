// Figures of this very machine, without a daemon.
import { expect, it } from 'vitest';
import { createSite } from './kit/site.ts';

it('slist measures the machine and starts nothing', async () => {
  const site = createSite();
  const figures = await site.json<Readonly<Record<string, { readonly value: number }>>>('slist');
  expect(figures).toMatchObject({ 'RAM Total': { unit: 'b' }, 'Disk Reads': { unit: 'mb/s' } });
  expect(figures['CPU Usage']!.value).toBeGreaterThanOrEqual(0);
  expect(figures['CPU Usage']!.value).toBeLessThanOrEqual(100);
  expect(site.processes()).toEqual([]);
  await site.dispose();
});
