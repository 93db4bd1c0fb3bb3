// Readiness probes on the whole product: who is not ready gets no traffic, and no request is lost by that.
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

const QUICK = { interval: 200, timeout: 1000, failures: 2 };

describe('a readiness probe', () => {
  it('that fails for 5 s takes the instance out of rotation and back in, and no request fails', async () => {
    const patient = await startPatient(site, { health: { readiness: { http: '/health', ...QUICK } } });
    const before = await patient.pids();
    await expectNoFailedRequest(patient.port, async () => {
      const ill = await patient.makeIll(5000);
      await waitFor('it to be out of rotation', async () => !(await patient.inRotation(ill)));
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ port: patient.port })));
      expect(answers.every(({ body }) => !body.includes(String(ill)))).toBe(true);
      const [row] = (await site.instances('app')).filter(({ pid }) => pid === ill);
      expect(row).toMatchObject({ status: 'online', readiness: { passing: false, text: '503 Service Unavailable' } });
      await waitFor('it to be back', () => patient.inRotation(ill));
    });
    expect(await patient.pids()).toEqual(before);
    const out = await patient.event(/^not ready/);
    expect(out.text).toBe('not ready (GET /health: 503 Service Unavailable, 2 times): out of rotation, traffic to 1 of 2');
    const back = await patient.event(/^ready again/);
    expect(back.text).toBe('ready again (GET /health): traffic to 2 of 2');
    expect(back.at - out.at).toBeGreaterThan(4000);
  });

  it('that fails on all keeps the last one in rotation, until another is ready again', async () => {
    const patient = await startPatient(site, { health: { readiness: { http: '/health', ...QUICK } } });
    const first = await patient.makeIll(60_000);
    await waitFor('it to be out of rotation', async () => !(await patient.inRotation(first)));
    const last = await patient.makeIll(1500);
    expect(last).not.toBe(first);
    const kept = await patient.event(/nobody else is/);
    expect(kept.text).toBe('not ready (GET /health: 503 Service Unavailable, 2 times), but nobody else is: it stays in rotation');
    expect(await patient.inRotation(last)).toBe(true);
    expect((await ask({ port: patient.port })).status).toBe(200);
    await patient.event(/^ready again/);
    expect([await patient.inRotation(first), await patient.inRotation(last)]).toEqual([false, true]);
  });

  it('keeps traffic from an instance that listens but is not ready yet; who connects waits', async () => {
    const env = { ILL_MS: '1500' };
    const patient = startPatient(site, { instances: 1, health: { readiness: { http: '/health', ...QUICK } } }, env);
    const { port, event } = await patient;
    const answer = await ask({ port });
    expect(answer.status).toBe(200);
    const [started, online] = [await event(/^started/), await event(/^online|^listening/)];
    expect(online.at - started.at).toBeGreaterThan(1000);
  });

  it('may be a command, a message or a connection', async () => {
    const readiness = [{ exec: 'test -e ready' }, { message: true }, { tcp: true }];
    site.write('ready', '');
    for (const check of readiness) {
      const patient = await startPatient(site, { cwd: site.folder, health: { readiness: { ...check, ...QUICK } } });
      await waitFor('both in rotation', async () => (await site.instances('app')).filter(({ inRotation }) => inRotation).length === 2);
      expect((await ask({ port: patient.port })).status).toBe(200);
      await site.run('delete', 'app');
    }
  });
});
