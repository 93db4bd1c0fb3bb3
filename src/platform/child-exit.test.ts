// The order of a child's last facts, played by hand: the kernel decides it anew each time.
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { watchExit } from './child-exit.ts';

function play(connected: boolean): { readonly child: EventEmitter & { connected: boolean; disconnect(): void }; readonly facts: string[] } {
  const facts: string[] = [];
  const child = Object.assign(new EventEmitter(), {
    connected,
    disconnect(): void {
      child.connected = false;
      facts.push('channel closed');
    },
  });
  watchExit(child as unknown as ChildProcess, ({ code, signal }) => facts.push(`exited ${code} ${signal}`));
  return { child, facts };
}

it('is told when the channel has closed behind the last message', () => {
  const { child, facts } = play(true);
  child.emit('exit', 3, null);
  expect(facts).toEqual([]);
  child.connected = false;
  child.emit('disconnect');
  expect(facts).toEqual(['exited 3 null']);
});

it('is told within 20 ms when somebody else holds the channel, which is closed then, and told once', async () => {
  const { child, facts } = play(true);
  const exitedAtMs = performance.now();
  child.emit('exit', null, 'SIGKILL');
  await vi.waitFor(() => expect(facts).toEqual(['channel closed', 'exited null SIGKILL']), { interval: 1 });
  expect(performance.now() - exitedAtMs).toBeGreaterThanOrEqual(20);
  child.emit('disconnect');
  expect(facts.length).toBe(2);
});

it('is told after the messages of this turn when the channel had closed before', async () => {
  const { child, facts } = play(false);
  child.emit('exit', 0, null);
  expect(facts).toEqual([]);
  await vi.waitFor(() => expect(facts).toEqual(['exited 0 null']), { interval: 1 });
});
