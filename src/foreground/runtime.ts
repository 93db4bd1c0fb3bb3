// The foreground runtime from its start to its exit code: what a signal, a reader that has left and the end of the last app mean. It starts no process itself.
import type { EventLevel } from '../model/event.ts';
import { printDuration } from '../model/units.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import type { Apps, Draft } from './apps.ts';

export interface RuntimeOptions {
  readonly clock: Clock;
  readonly apps: Pick<Apps, 'start' | 'reload' | 'stop' | 'kill'>;
  readonly say: (text: string, level: EventLevel) => void;
  /** Reads again what was named; null where it cannot be used, which has been said then. */
  readonly read: () => Promise<readonly Draft[] | null>;
  /** Whether all that was printed has been taken by its reader. */
  readonly isFlushed: () => boolean;
  readonly autoExit: boolean;
  readonly stopTimeoutMs: Ms;
  readonly signalNumber: (signal: string) => number | undefined;
}

export interface Runtime {
  start(drafts: readonly Draft[]): void;
  /** The first one stops everything, a second one ends it at once. */
  stop(signal: string): void;
  reload(signal: string): void;
  /** Nobody reads standard output any more. */
  readerGone(): void;
  /** No app is left; `exitCode` is theirs. */
  over(exitCode: number): void;
  /** The exit code to leave with. Never rejects. */
  readonly ended: Promise<number>;
}

/** How long the last lines may take to their reader. */
const FLUSH_MS: Ms = 1000;
const POLL_MS: Ms = 5;

/** Creates a runtime in which nothing runs. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { clock, apps, say } = options;
  let leave: (exitCode: number) => void;
  const ended = new Promise<number>((resolve) => (leave = resolve));
  let isStopping = false;
  let isLeaving = false;
  let isIdle = false;
  let reloading: 'no' | 'yes' | 'again' = 'no';
  // A process without a timer or a child ends by itself (--no-auto-exit).
  const release = clock.setTimer(Number.MAX_SAFE_INTEGER, () => {});

  function finish(exitCode: number): void {
    if (isLeaving) return;
    isLeaving = true;
    release();
    const untilMs = clock.monotonicMs() + FLUSH_MS;
    const look = (): void => {
      if (options.isFlushed() || clock.monotonicMs() >= untilMs) leave(exitCode);
      else clock.setTimer(POLL_MS, look);
    };
    look();
  }

  function end(exitCode: number): void {
    apps.kill();
    finish(exitCode);
  }

  function stopAll(): void {
    isStopping = true;
    apps.stop();
    clock.setTimer(options.stopTimeoutMs, () => {
      if (isLeaving) return;
      say(`not everything has stopped after ${printDuration(options.stopTimeoutMs)} (--stop-timeout): SIGKILL to what is left`, 'warn');
      end(0);
    });
  }

  async function reload(signal: string): Promise<void> {
    if (isStopping) return;
    if (reloading !== 'no') return void (reloading = 'again');
    reloading = 'yes';
    say(`${signal}: reloading`, 'info');
    const drafts = await options.read();
    if (drafts === null) say('Cannot reload: the configuration has mistakes. What runs goes on as it is.', 'error');
    else if (!isStopping) apps.reload(drafts);
    isIdle = false;
    const isAgain = (reloading as string) === 'again';
    reloading = 'no';
    if (isAgain) void reload(signal);
  }

  return {
    ended,
    start(drafts) {
      if (!isStopping) apps.start(drafts);
    },
    stop(signal) {
      if (isStopping) {
        say(`${signal} again: SIGKILL to everything`, 'warn');
        return end(128 + (options.signalNumber(signal) ?? 0));
      }
      say(`${signal}: stopping everything`, 'info');
      stopAll();
    },
    reload: (signal) => void reload(signal),
    readerGone() {
      if (!isStopping) stopAll();
    },
    over(exitCode) {
      if (isStopping) return finish(0);
      if (isLeaving || isIdle || reloading !== 'no') return;
      if (options.autoExit) {
        say(`no app is left: leaving with exit code ${exitCode}`, exitCode === 0 ? 'info' : 'error');
        return finish(exitCode);
      }
      isIdle = true;
      say('no app is left: waiting for a signal (--no-auto-exit)', 'warn');
    },
  };
}
