// Blocked event loops on the whole product: what waits on the blocked instance is not lost, neither when it comes back nor when it is killed.
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

describe('an event loop that is blocked', () => {
  it('for 10 s, under load: the other serves, and who waits on it is answered when it is over', async () => {
    const patient = await startPatient(site, {});
    const before = await patient.pids();
    await expectNoFailedRequest(
      patient.port,
      async () => {
        const { status } = await ask({ port: patient.port, path: '/block?ms=10000', timeout: 30_000 });
        expect(status).toBe(200);
      },
      { patienceMs: 30_000 },
    );
    expect(await patient.pids()).toEqual(before);
  });

  it('for longer than max_loop_block: it is killed, launched again, and none of the connections that wait for it is lost', async () => {
    const patient = await startPatient(site, { max_loop_block: 1500 });
    const blocked = await patient.block(600_000);
    const other = (await patient.pids()).find((pid) => pid !== blocked);
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask({ port: patient.port })));
    const served = new Set(answers.map(({ body }) => (JSON.parse(body) as { pid: number }).pid));
    expect(served.has(other!)).toBe(true);
    expect(served.has(blocked)).toBe(false);
    const said = await patient.event(/^event loop blocked/);
    expect(said.text).toMatch(/^event loop blocked for 1\.[5-9]\d? s \(max_loop_block 1\.5 s\): killing it/);
    await waitFor('two again in rotation', async () => {
      const instances = await site.instances('app');
      return instances.length === 2 && instances.every(({ inRotation, pid }) => inRotation === true && pid !== blocked);
    });
    expect(patient.events(/^will restart/)).toEqual([]);
    const errors = (await site.logs('app')).filter(({ stream }) => stream === 'err');
    expect(errors.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^holdfast: event loop blocked for 1\.\d s in spinAround \(.*health\.cjs:/),
    ]);
  });

  it('in both of two: one after the other is ended', async () => {
    const patient = await startPatient(site, { max_loop_block: 1000 });
    const before = await patient.pids();
    await patient.block(600_000);
    ask({ port: patient.port, path: '/block?ms=600000' }).catch(() => {});
    await waitFor('both to be replaced', async () => (await patient.pids()).every((pid) => !before.includes(pid)), { timeoutMs: 20_000 });
    await waitFor('both in rotation', async () => (await site.instances('app')).filter(({ inRotation }) => inRotation).length === 2);
    const order = patient.events(/^event loop blocked|^online|^listening/).map(({ text }) => text.split(' ')[0]);
    expect(order.filter((word, place) => word === 'event' && order[place + 1] === 'event')).toEqual([]);
  });

  it('in fork mode is found too', async () => {
    const patient = await startPatient(site, { instances: 1, exec_mode: 'fork', max_loop_block: 1000 });
    const [before] = await patient.pids();
    await waitFor('an answer', () => ask({ port: patient.port }));
    ask({ port: patient.port, path: '/block?ms=600000' }).catch(() => {});
    await patient.event(/^event loop blocked/);
    await waitFor('another one', async () =>
      (await site.instances('app')).some(({ pid, status }) => pid !== before && status === 'online'),
    );
  });

  it('not at all: nothing is watched where nothing is asked for', async () => {
    const patient = await startPatient(site, { instances: 1 });
    const [pid] = await patient.pids();
    const threads = (): string[] =>
      site
        .processes()
        .filter((one) => one.pid === pid)
        .map(({ command }) => command);
    expect(threads()).toHaveLength(1);
    expect((await ask({ port: patient.port, path: '/block?ms=1500' })).status).toBe(200);
    expect(patient.events(/blocked/)).toEqual([]);
  });
});
