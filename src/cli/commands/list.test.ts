// The options of `list`: orders, PM2's lines, and the table that is drawn anew.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView } from '../../../test/canned-views.ts';
import { createManualClock } from '../../../test/manual-clock.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult, Surroundings } from '../../../test/run-cli.ts';

let daemon: CannedDaemon;
beforeEach(async () => {
  const instances = [
    instanceView({ id: 0, app: 'b', namespace: 'x', cpu: 1, memory: 30, pid: 9, uptimeMs: 5000 }),
    instanceView({ id: 1, app: 'c', namespace: 'x', cpu: 3, memory: 10, pid: null, uptimeMs: null, status: 'stopped' }),
    instanceView({ id: 2, app: 'a', namespace: 'w', cpu: 2, memory: 20, pid: 7, uptimeMs: 9000 }),
  ];
  daemon = await startCannedDaemon({ 'GET /v1/apps': { status: 200, json: appsReply(instances) } });
});
afterEach(() => daemon.close());

const list = (argv: readonly string[], more: Surroundings = {}): Promise<CliResult> =>
  runCli(['list', ...argv], { home: daemon.home, ...more });
const ids = (text: string): string[] => [...text.matchAll(/^│ (\d) /gm)].map(([, id]) => id!);

describe('list', () => {
  it.each([
    ['id', '0 1 2'],
    ['id:desc', '2 1 0'],
    ['name', '2 0 1'],
    ['name:desc', '1 0 2'],
    ['namespace', '2 0 1'],
    ['status', '0 2 1'],
    ['cpu:desc', '1 2 0'],
    ['memory:asc', '1 2 0'],
    ['pid', '2 0 1'],
    ['uptime:desc', '2 0 1'],
  ])('--sort %s', async (order, expected) => {
    expect(ids((await list(['--sort', order])).stdout).join(' ')).toBe(expected);
    expect((await list(['-m', '--sort', order])).stdout).toBe(`${expected}\n`);
  });

  it.each([
    ['size', '"size" is none of name, namespace, pid, id, cpu, memory, uptime, status'],
    ['cpu:down', '"down" is none of asc, desc'],
    ['cpu:asc:x', 'Cannot sort by "cpu:asc:x"'],
  ])('refuses --sort %s', async (order, text) => {
    expect(await list(['--sort', order])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(text) as string });
    expect(daemon.asked).toEqual([]);
  });

  it('--watch draws it anew each second, and leaves the last one', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    let drawn = '';
    const watching = list(['--watch'], { isTTY: true, clock, signal: controller.signal, out: (text) => void (drawn += String(text)) });
    const look = async (): Promise<void> => {
      for (let turn = 0; turn < 500 && clock.armed === 0; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
    };
    await look();
    controller.abort();
    expect(await watching).toMatchObject({ code: 0, stderr: '' });
    expect(drawn.match(/\u001b\[J/g)!.length).toBeGreaterThanOrEqual(1);
    expect(drawn.endsWith('┘\u001b[22m\n\u001b[2mhost metrics | load: 0.3 of 2 | ram usage: 51.8%\u001b[22m\n')).toBe(true);
  });

  it('--watch is for a terminal', async () => {
    expect(await list(['--watch'])).toMatchObject({ code: 1, stderr: expect.stringContaining('standard output is no terminal') as string });
  });
});
