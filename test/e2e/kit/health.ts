// An app with probes or a watched event loop under test, by test/fixtures/apps/health.cjs: made ill or blocked by a request, one instance at a time.
import { expect } from 'vitest';
import { ask } from './ask.ts';
import { freePort } from './ports.ts';
import { fixture } from './site.ts';
import type { LoggedEvent, Site } from './site.ts';
import { waitFor } from './wait.ts';

export interface Patient {
  readonly port: number;
  /** The pids of its instances now, by slot. */
  pids(): Promise<number[]>;
  /** Makes the instance whose turn it is answer its probes badly for so long; its pid. */
  makeIll(ms: number): Promise<number>;
  /** Blocks the instance whose turn it is; its pid. Where two serve. */
  block(ms: number): Promise<number>;
  inRotation(pid: number): Promise<boolean>;
  /** Its events so far whose text matches. */
  events(pattern: RegExp): LoggedEvent[];
  /** The first of them, waited for. */
  event(pattern: RegExp): Promise<LoggedEvent>;
}

const pidIn = (body: string): number => (JSON.parse(body) as { pid: number }).pid;

/** Starts it as `app`, two instances in cluster mode unless told otherwise, and waits until all are in rotation. */
export async function startPatient(site: Site, attributes: object, env: Readonly<Record<string, string>> = {}): Promise<Patient> {
  const port = await freePort();
  const config = site.ecosystem({
    name: 'app',
    script: fixture('health.cjs'),
    instances: 2,
    exec_mode: 'cluster',
    env: { PORT: String(port), ...env },
    ...attributes,
  });
  const started = await site.run('start', config);
  expect(started, started.stderr).toMatchObject({ code: 0 });
  const pids = async (): Promise<number[]> => (await site.instances('app')).flatMap(({ pid }) => (pid === null ? [] : [pid]));
  const events = (pattern: RegExp): LoggedEvent[] => site.events('app').filter(({ text }) => pattern.test(text));
  return {
    port,
    pids,
    makeIll: async (ms) => pidIn((await ask({ port, path: `/ill?ms=${ms}` })).body),
    async block(ms) {
      const before = await pids();
      ask({ port, path: `/block?ms=${ms}` }).catch(() => {});
      // Turns are strict: of the next two requests one goes to the other instance, which answers at once.
      const { body } = await Promise.any([ask({ port }), ask({ port })]);
      return before.find((pid) => pid !== pidIn(body))!;
    },
    inRotation: async (pid) => (await site.instances('app')).some((one) => one.pid === pid && one.inRotation === true),
    events,
    event: (pattern) => waitFor(`an event like ${pattern}`, () => events(pattern)[0], { timeoutMs: 20_000 }),
  };
}
