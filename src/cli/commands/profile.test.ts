// `profile:cpu` and `profile:mem`: what they ask, where the profile goes, and what is refused before the time is spent.
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { NOW, runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';

const PROFILE = { nodes: [], samples: [] };
const STAMP = new Date(NOW).toISOString().slice(0, 19).replaceAll(':', '-');

let daemon: CannedDaemon;
beforeEach(async () => void (daemon = await startCannedDaemon({ 'POST /v1/profiles': { status: 200, json: { profile: PROFILE } } })));
afterEach(() => daemon.close());

const profile = (...argv: readonly string[]): Promise<CliResult> => runCli(argv, { home: daemon.home, cwd: daemon.home });

describe('a profile of the daemon', () => {
  it.each([
    [['profile:cpu'], { kind: 'cpu', durationMs: 10_000 }, { time: '10 s', name: `daemon-${STAMP}.cpuprofile`, panel: 'Performance' }],
    [['profile:mem', '500'], { kind: 'mem', durationMs: 500 }, { time: '500 ms', name: `daemon-${STAMP}.heapprofile`, panel: 'Memory' }],
    [
      ['profile:cpu', '5m'],
      { kind: 'cpu', durationMs: 300_000 },
      { time: '5 min', name: `daemon-${STAMP}.cpuprofile`, panel: 'Performance' },
    ],
  ])('%j', async (argv, request, { time, name, panel }) => {
    const file = `${daemon.home}/${name}`;
    expect(await profile(...argv)).toEqual({
      code: 0,
      stdout: `[holdfast] profiling the daemon for ${time}\n[holdfast] profile in ${file}: Chrome opens it (developer tools, ${panel})\n`,
      stderr: '',
    });
    expect(daemon.asked).toEqual([{ line: 'POST /v1/profiles', body: request }]);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(PROFILE);
  });

  it('is named in JSON with --json', async () => {
    expect(JSON.parse((await profile('profile:cpu', '--json')).stdout)).toEqual({ file: `${daemon.home}/daemon-${STAMP}.cpuprofile` });
  });

  it('never writes over a file', async () => {
    const file = `${daemon.home}/daemon-${STAMP}.cpuprofile`;
    fs.writeFileSync(file, 'mine');
    expect(await profile('profile:cpu')).toMatchObject({ code: 1, stderr: expect.stringContaining(`Cannot write ${file}: EEXIST`) });
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });

  it.each(['abc', '0', '11m', '-5'])('is refused for %j', async (time) => {
    expect(await profile('profile:cpu', time)).toEqual({
      code: 1,
      stdout: '',
      stderr: `[holdfast] Cannot profile for "${time}": it is a time up to 10m; a bare number is milliseconds.\n  Next: holdfast profile:cpu 10s\n`,
    });
    expect(daemon.asked).toEqual([]);
  });

  it('is refused where it could not be written', async () => {
    const result = await runCli(['profile:cpu'], { home: daemon.home, cwd: '/proc/self' });
    expect([result.code, result.stderr, daemon.asked]).toEqual([
      1,
      expect.stringContaining('Cannot write a profile into /proc/self: '),
      [],
    ]);
  });
});
