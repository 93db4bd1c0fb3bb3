// `update` against a canned daemon: whom it asks to leave, and what it asks of the next one.
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { appsReply, instanceView, operationView } from '../../../test/canned-views.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import { VERSION } from '../../model/version.ts';

let daemon: CannedDaemon;
afterEach(() => daemon.close());

const pong = (version: string, pid: number): Answer => ({ status: 200, json: { msg: 'pong', version, pid } });
const outcomes = [{ app: 'api', slot: 0, id: 0, ok: true, text: 'moved: pid 7 -> 8' }];

async function update(argv: readonly string[], pings: readonly Answer[], outcome = outcomes) {
  daemon = await startCannedDaemon({
    'GET /v1/ping': pings,
    'POST /v1/operations': {
      status: 202,
      json: operationView({ state: outcome[0]!.ok ? 'done' : 'failed', endedAt: NOW, outcomes: outcome }),
    },
    'GET /v1/apps': { status: 200, json: appsReply([instanceView()]) },
  });
  const ended: number[] = [];
  const result = await runCli(['update', ...argv, '--no-color'], { home: daemon.home, endDaemon: (pid) => void ended.push(pid) });
  return { ...result, ended, posted: daemon.asked.filter(({ line }) => line.startsWith('POST')).map(({ body }) => body) };
}

describe('update', () => {
  it('has a daemon of another version leave, and the apps moved by the next one', async () => {
    const { code, stdout, ended, posted } = await update([], [pong('0.0.1', 5), pong(VERSION, 6)]);
    expect({ code, ended, posted }).toEqual({ code: 0, ended: [5], posted: [{ action: 'update', all: false }] });
    expect(stdout).toContain(`[holdfast] daemon 0.0.1 (pid 5) has left, ${VERSION} (pid 6) has taken over; the apps noticed nothing\n`);
    expect(stdout).toContain('[holdfast] api: 1 instance moved: pid 7 -> 8\n');
  });

  it('leaves a daemon of this version', async () => {
    const { stdout, ended, posted } = await update([], [pong(VERSION, 5)]);
    expect({ ended, posted }).toEqual({ ended: [], posted: [{ action: 'update', all: false }] });
    expect(stdout).toContain(`[holdfast] the daemon runs version ${VERSION} already (pid 5)\n`);
  });

  it('replaces all with --all', async () => {
    const { ended, posted } = await update(['--all'], [pong(VERSION, 5)]);
    expect({ ended, posted }).toEqual({ ended: [5], posted: [{ action: 'update', all: true }] });
  });

  it('ends with 1 where something did not move, and says what and why', async () => {
    const stays = [
      { app: 'api', slot: 0, id: 0, ok: false, text: 'not moved from version 0.0.1: connections of api wait for an instance' },
    ];
    const { code, stderr } = await update([], [pong(VERSION, 5)], stays);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot update api:0: not moved from version 0.0.1: connections of api wait for an instance.');
  });
});
