// One request of the process to itself, before anybody else asks: with the real server of this process.
import diagnostics from 'node:diagnostics_channel';
import { afterEach, expect, it, vi } from 'vitest';
import { warmUp } from './warm-up.ts';

const STARTED = 'http.server.request.start';
const FINISHED = 'http.server.response.finish';
const count = vi.fn<() => void>();

afterEach(() => {
  diagnostics.unsubscribe(STARTED, count);
  diagnostics.unsubscribe(FINISHED, count);
  count.mockClear();
});

const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));

it('answers itself once, and leaves nothing open', async () => {
  const before = sockets().length;
  diagnostics.subscribe(FINISHED, count);
  warmUp();
  await vi.waitFor(() => expect(count).toHaveBeenCalledOnce(), { timeout: 10_000 });
  await vi.waitFor(() => expect(sockets().length).toBeLessThanOrEqual(before), { timeout: 10_000 });
  expect(count).toHaveBeenCalledOnce();
});

it('does nothing where somebody counts the requests of the process', () => {
  const before = sockets().length;
  diagnostics.subscribe(STARTED, count);
  warmUp();
  expect(sockets()).toHaveLength(before);
});
