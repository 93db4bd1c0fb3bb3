// Liveness probes on the whole product: who no longer lives is replaced, one at a time, and no request is lost by that.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './kit/ask.ts';
import { startPatient } from './kit/health.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { expectNoFailedRequest } from './kit/two-loads.ts';
import { waitFor } from './kit/wait.ts';

let site: Site;
beforeEach(() => void (site = createSite()));
afterEach(() => site.dispose());

const QUICK = { interval: 200, timeout: 1000, failures: 2, start_period: 0 };

describe('a liveness probe', () => {
  it('that fails on one of two has that one replaced, and no request fails', async () => {
    const patient = await startPatient(site, { health: { liveness: { http: '/health', ...QUICK } } });
    const before = await patient.pids();
    let ill = 0;
    await expectNoFailedRequest(patient.port, async () => {
      ill = await patient.makeIll(600_000);
      await patient.event(/^replaced/);
      await waitFor('the old one to be gone', async () => {
        const after = await patient.pids();
        return after.length === 2 && !after.includes(ill);
      });
    });
    const after = await patient.pids();
    expect(before.filter((pid) => pid !== ill).every((pid) => after.includes(pid))).toBe(true);
    expect(patient.events(/^not alive/).map(({ text }) => text)).toEqual([
      'not alive (GET /health: 503 Service Unavailable, 2 times): replacing it',
    ]);
    expect(patient.events(/^will restart|^out of rotation: traffic to 0/)).toEqual([]);
  });

  it('that fails on both has them replaced one after the other', async () => {
    const patient = await startPatient(site, { health: { liveness: { message: true, ...QUICK } } });
    const before = await patient.pids();
    await expectNoFailedRequest(patient.port, async () => {
      const first = await patient.makeIll(600_000);
      await waitFor('the other one to be ill too', async () => (await patient.makeIll(600_000)) !== first);
      await waitFor('both to be replaced', () => patient.events(/^replaced/).length === 2, { timeoutMs: 30_000 });
    });
    expect((await patient.pids()).filter((pid) => before.includes(pid))).toEqual([]);
    const order = patient.events(/^starting|^replaced/).map(({ text }) => text.split(/[: ]/)[0]);
    expect(order.slice(2)).toEqual(['starting', 'replaced', 'starting', 'replaced']);
  });

  it('that gets no answer from an instance that hangs has it replaced; what waited on it is served by others', async () => {
    const settings = { drain_timeout: 500, kill_timeout: 500, health: { liveness: { tcp: true, ...QUICK, timeout: 400 } } };
    const patient = await startPatient(site, settings);
    const hung = await patient.block(600_000);
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask({ port: patient.port })));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    await patient.event(/^not alive \(tcp: no answer within 400 ms, 2 times\)/);
    await waitFor('it to be gone', async () => !(await patient.pids()).includes(hung) && (await patient.pids()).length === 2);
  });

  it('in fork mode has it stopped and launched again', async () => {
    const shape = { instances: 1, exec_mode: 'fork' };
    const patient = await startPatient(site, { ...shape, health: { liveness: { http: '/health', ...QUICK } } });
    const [before] = await patient.pids();
    await waitFor('an answer', () => patient.makeIll(600_000));
    await patient.event(/^not alive/);
    await waitFor('another pid', async () => {
      const [after] = await site.instances('app');
      return after?.pid !== before && after?.status === 'online';
    });
  });
});
