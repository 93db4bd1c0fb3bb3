// A closed-loop HTTP client in a process of its own, so that the test's event loop neither slows it nor is slowed by it.
import { fork } from 'node:child_process';
import path from 'node:path';

export interface LoadOptions {
  readonly port: number;
  /** How many requests are under way at any time. 8. */
  readonly connections?: number;
  /** Reuse connections, or open one for every request. */
  readonly keepAlive: boolean;
  /** `/`. */
  readonly path?: string;
  /** An answer that takes longer is a failure. 10 s. */
  readonly patienceMs?: number;
}

/** One failed request. */
export interface LoadFailure {
  /** Epoch milliseconds. */
  readonly at: number;
  /** As in `LoadReport.errors`. */
  readonly error: string;
  /** From its sending to its failure. */
  readonly afterMs: number;
  /** The pid that had answered on this connection before; null where nobody had. */
  readonly answeredBy: number | null;
  /** Its connection was open, and its bytes were sent. */
  readonly wasConnected: boolean;
}

export interface LoadReport {
  /** Answers with status 200, complete. */
  readonly ok: number;
  /** Everything else: other statuses, errors, answers that took too long. */
  readonly failed: number;
  /** Failures by what they were: `ECONNRESET`, `status 500`, `timeout`. */
  readonly errors: Readonly<Record<string, number>>;
  /** The first twenty of them. */
  readonly failures: readonly LoadFailure[];
  readonly slowestMs: number;
  /** From the first request to the last answer. */
  readonly tookMs: number;
  /** Answers by the pid that the app put into its answer (`"pid":1` or `ok 1`). */
  readonly pids: Readonly<Record<string, number>>;
}

export interface Load {
  /** Figures up to now. */
  report(): Promise<LoadReport>;
  /** Lets what is under way finish, then resolves to the figures. */
  stop(): Promise<LoadReport>;
}

/** Starts the load; resolves when the first answer (good or bad) is in. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const child = fork(path.join(import.meta.dirname, 'load-client.mjs'), [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ask = (question: 'report' | 'stop' | 'first'): Promise<LoadReport> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`The load client ended with code ${code}.`));
      child.once('exit', onExit);
      child.once('message', (report) => {
        child.off('exit', onExit);
        resolve(report as LoadReport);
      });
      child.send(question);
    });
  await ask('first');
  return {
    report: () => ask('report'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const report = await ask('stop');
      await ended;
      return report;
    },
  };
}
