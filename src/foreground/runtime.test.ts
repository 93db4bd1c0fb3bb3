// What signals, readers and the end of apps mean for the foreground runtime, with a clock that a test moves.
import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import type { ManualClock } from '../../test/manual-clock.ts';
import type { Draft } from './apps.ts';
import { createRuntime } from './runtime.ts';
import type { Runtime, RuntimeOptions } from './runtime.ts';

const DRAFTS: readonly Draft[] = [];

let clock: ManualClock;
let did: string[];
let said: string[];
let left: number | null;

beforeEach(() => {
  clock = createManualClock();
  did = [];
  said = [];
  left = null;
});

function create(options: Partial<RuntimeOptions> = {}): Runtime {
  const runtime = createRuntime({
    clock,
    apps: {
      start: () => did.push('start'),
      reload: () => did.push('reload'),
      stop: () => did.push('stop'),
      kill: () => did.push('kill'),
    },
    say: (text) => said.push(text),
    read: () => Promise.resolve(DRAFTS),
    isFlushed: () => true,
    autoExit: true,
    stopTimeoutMs: 9000,
    signalNumber: (signal) => ({ SIGINT: 2, SIGTERM: 15 })[signal],
    ...options,
  });
  void runtime.ended.then((code) => (left = code));
  return runtime;
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('it ends', () => {
  it('with the code of its apps when none is left, and 0 when that was asked for', async () => {
    const runtime = create();
    runtime.over(3);
    await settled();
    expect([left, said]).toEqual([3, ['no app is left: leaving with exit code 3']]);

    const other = create();
    other.stop('SIGTERM');
    other.over(3);
    await settled();
    expect([left, did, said.at(-1)]).toEqual([0, ['stop'], 'SIGTERM: stopping everything']);
  });

  it('at once with a second signal, and when the time to stop is over', async () => {
    const runtime = create();
    runtime.stop('SIGTERM');
    runtime.stop('SIGINT');
    await settled();
    expect([left, did]).toEqual([130, ['stop', 'kill']]);

    did = [];
    create().stop('SIGTERM');
    clock.advance(8999);
    expect(did).toEqual(['stop']);
    clock.advance(1);
    await settled();
    expect([left, did]).toEqual([0, ['stop', 'kill']]);
  });

  it('not without a signal where it is to stay, and says so once', async () => {
    const runtime = create({ autoExit: false });
    runtime.over(3);
    runtime.over(3);
    await settled();
    expect([left, said]).toEqual([null, ['no app is left: waiting for a signal (--no-auto-exit)']]);
  });

  it('when the reader of its output has left, without a word', async () => {
    const runtime = create();
    runtime.readerGone();
    runtime.over(1);
    await settled();
    expect([left, did, said]).toEqual([0, ['stop'], []]);
  });

  it('after its last lines have been read, or a second later', async () => {
    create({ isFlushed: () => false }).over(0);
    clock.advance(995);
    await settled();
    expect(left).toBeNull();
    clock.advance(10);
    await settled();
    expect(left).toBe(0);
  });
});

describe('a reload', () => {
  it('reads again what was named; another one meanwhile is one more afterwards', async () => {
    const runtime = create();
    for (const signal of ['SIGUSR2', 'SIGHUP', 'SIGHUP']) runtime.reload(signal);
    await settled();
    expect(did).toEqual(['reload', 'reload']);
  });

  it('changes nothing where that cannot be read, or everything is being stopped', async () => {
    create({ read: () => Promise.resolve(null) }).reload('SIGHUP');
    const runtime = create();
    runtime.reload('SIGHUP');
    runtime.stop('SIGTERM');
    runtime.reload('SIGHUP');
    runtime.start(DRAFTS);
    await settled();
    expect(did).toEqual(['stop']);
    expect(said).toContain('Cannot reload: the configuration has mistakes. What runs goes on as it is.');
  });
});
