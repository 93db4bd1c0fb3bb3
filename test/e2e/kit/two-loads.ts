// Both kinds of load at once on one port, each from a process of its own: keep-alive, and a connection per request.
import { expect } from 'vitest';
import { startLoad } from './load.ts';
import type { LoadFailure, LoadReport } from './load.ts';
import { waitFor } from './wait.ts';

/** What the two loads saw from before `act` began until it was over and each had had enough answers. */
export interface SeenByLoads {
  /** Pids that answered, of both loads. */
  readonly pids: ReadonlySet<number>;
  readonly slowestMs: number;
}

export interface LoadManner {
  /** Good answers that each load must have had since `act` began. 2,000. */
  readonly atLeast?: number;
  /** How long they may take for that once `act` is over. 60 s: a second on a machine that is at rest. */
  readonly withinMs?: number;
  /** As in `LoadOptions`. */
  readonly patienceMs?: number;
}

/** Runs `act` under both loads of eight connections each and expects that not one request failed. */
export async function expectNoFailedRequest(
  port: number,
  act: () => Promise<void>,
  { atLeast = 2000, withinMs = 60_000, patienceMs = 10_000 }: LoadManner = {},
): Promise<SeenByLoads> {
  const loads = [await startLoad({ port, patienceMs, keepAlive: true }), await startLoad({ port, patienceMs, keepAlive: false })];
  const reports = (): Promise<LoadReport[]> => Promise.all(loads.map((load) => load.report()));
  let ended: LoadReport[] = [];
  let startedAt = 0;
  try {
    await waitFor('both loads to be in full flow', async () => (await reports()).every(({ ok }) => ok >= 100));
    const before = await reports();
    startedAt = Date.now();
    await act();
    await waitFor(
      `${atLeast} answers for each load`,
      async () => (await reports()).every(({ ok, failed }, index) => ok + failed - before[index]!.ok - before[index]!.failed >= atLeast),
      { timeoutMs: withinMs, everyMs: 100 },
    );
  } finally {
    ended = await Promise.all(loads.map((load) => load.stop()));
  }
  const failures = ended.flatMap((report, place) => report.failures.map((failure) => ({ ...failure, place })));
  expect(failures.map((failure) => print(failure, startedAt))).toEqual([]);
  return {
    pids: new Set(ended.flatMap((report) => Object.keys(report.pids).map(Number))),
    slowestMs: Math.max(...ended.map(({ slowestMs }) => slowestMs)),
  };
}

/** `keep-alive: ECONNRESET 3 ms after the act began, sent 2 ms before, on a connection of pid 123`. */
function print(
  { at, error, afterMs, answeredBy, wasConnected, place }: LoadFailure & { readonly place: number },
  startedAt: number,
): string {
  const load = place === 0 ? 'keep-alive' : 'a connection per request';
  const connection = answeredBy !== null ? `a connection of pid ${answeredBy}` : wasConnected ? 'a new connection' : 'no connection';
  return `${load}: ${error} ${at - startedAt} ms after the act began, sent ${afterMs} ms before, on ${connection}`;
}
