// Profiles of this very process, as V8 makes them (node:inspector): what Chrome's developer tools open.
import { Session } from 'node:inspector';
import type { Ms } from '../model/units.ts';
import type { Clock } from './clock.ts';

/** What may be profiled, and the methods of the DevTools protocol for it. */
const METHODS = {
  cpu: { prepare: 'Profiler.enable', start: 'Profiler.start', stop: 'Profiler.stop' },
  mem: { prepare: 'HeapProfiler.enable', start: 'HeapProfiler.startSampling', stop: 'HeapProfiler.stopSampling' },
} as const;

/** How long it takes; an aborted signal ends it early, with what there is so far. */
export interface ProfileSpan {
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly durationMs: Ms;
  readonly signal: AbortSignal;
}

/** Where processor time goes, or who allocates what still lives: the content of a .cpuprofile or .heapprofile file. */
export async function recordProfile(kind: keyof typeof METHODS, span: ProfileSpan): Promise<object> {
  const { prepare, start, stop } = METHODS[kind];
  const session = new Session();
  session.connect();
  try {
    await post(session, prepare);
    await post(session, start);
    await pass(span);
    const { profile } = (await post(session, stop)) as { readonly profile: object };
    return profile;
  } finally {
    session.disconnect();
  }
}

function post(session: Session, method: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.post(method, (error: Error | null, result?: object) => (error === null ? resolve(result) : reject(error)));
  });
}

function pass({ clock, durationMs, signal }: ProfileSpan): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(durationMs, resolve);
    const end = (): void => {
      cancel();
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
