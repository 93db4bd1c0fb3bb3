// What the bus says of the things that happen, and whether somebody wanted them.
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../model/event.ts';
import { toBusEvents } from './bus-events.ts';

const exit = { code: 1, signal: null, error: null, launchError: null } as const;
const online: EventBody = { kind: 'online', rotation: null };
const exited: EventBody = { kind: 'exited', exit, pid: 7 };
const stopping: EventBody = { kind: 'stopping', how: 'SIGINT', killTimeoutMs: 1600 };
const again: EventBody = { kind: 'will-restart', delayMs: 100, crash: 1, of: 16 };

/** `start!` for what a command brought about. */
function told(...bodies: EventBody[]): string[] {
  const courses = new Map();
  return bodies
    .flatMap((body) => toBusEvents({ ...body, at: 1, app: 'a', slot: body.kind.startsWith('rollout') ? null : 0 }, courses))
    .map(({ event, manually }) => `${event}${manually ? '!' : ''}`);
}

describe('the bus', () => {
  it('tells a start, a restart and a stop by a command', () => {
    expect(told(online, stopping, exited, online, stopping, exited, { kind: 'stopped' }, online)).toEqual([
      'online',
      'start!',
      'exit',
      'online',
      'restart!',
      'exit',
      'stop!',
      'online',
      'start!',
    ]);
  });

  it('tells a crash, and that it was given up, without anybody having wanted it', () => {
    const errored: EventBody = { kind: 'errored', reason: 'unstable-runs', crashes: 16, spanMs: 1, maxRestarts: 16 };
    expect(told(online, exited, again, online, exited, errored)).toEqual([
      'online',
      'start!',
      'exit',
      'online',
      'exit',
      'restart overlimit',
    ]);
  });

  it('tells a reload once, for all instances', () => {
    const begun: EventBody = { kind: 'rollout-started', cause: 'reload', release: 2, slots: 1, overlap: 'balanced' };
    const done: EventBody = { kind: 'rollout-done', cause: 'reload', slots: 1, tookMs: 5 };
    expect(told(online, begun, online, stopping, exited, done)).toEqual(['online', 'start!', 'online', 'exit', 'reload!']);
  });

  it('is silent about the manager itself', () => {
    expect(toBusEvents({ kind: 'daemon-leaving', at: 1, app: null, slot: null }, new Map())).toEqual([]);
  });
});
