// What options change of an app that is there, and what they leave.
import { describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { changeSpec } from './change.ts';
import { CHANGE_FLAGS } from './change-flags.ts';
import type { StartFlags } from './flags.ts';
import { printProblem } from './problem.ts';
import { createFindings, createReport } from './report.ts';

const spec = specOf({
  args: ['a'],
  interpreterArgs: ['--harmony'],
  schedule: { pattern: '0 3 * * *', timeZone: 'Europe/Berlin' },
  maxMemoryBytes: 100,
});

function change(flags: StartFlags, scriptArgs: readonly string[] = []): { readonly changed: AppSpec; readonly errors: readonly string[] } {
  const findings = createFindings();
  const changed = changeSpec(spec, { flags, scriptArgs }, createReport(findings, null));
  return { changed, errors: findings.errors.map(printProblem) };
}

describe('changeSpec', () => {
  it('leaves everything where nothing is said', () => {
    expect(change({})).toEqual({ changed: spec, errors: [] });
  });

  it.each([
    [{ 'max-memory-restart': '300M' }, { maxMemoryBytes: 300 * 2 ** 20 }],
    [{ 'max-memory-restart': '0' }, { maxMemoryBytes: null }],
    [
      { 'restart-delay': '2s', 'max-restarts': '3' },
      { restartDelayMs: 2000, maxRestarts: 3 },
    ],
    [
      { 'no-autorestart': true, 'stop-exit-codes': ['0,1'] },
      { autorestart: false, stopExitCodes: [0, 1] },
    ],
    [
      { 'kill-timeout': '500', 'wait-ready': true, 'listen-timeout': '5s' },
      { killTimeoutMs: 500, waitReady: true, listenTimeoutMs: 5000 },
    ],
    [{ namespace: 'shop' }, { namespace: 'shop' }],
    [{ 'node-args': '--trace-warnings --no-opt' }, { interpreterArgs: ['--trace-warnings', '--no-opt'] }],
    [{ 'node-args': 'null' }, { interpreterArgs: [] }],
    [{ 'cron-restart': '0 4 * * *' }, { schedule: { pattern: '0 4 * * *', timeZone: 'Europe/Berlin' } }],
    [{ 'cron-restart': '0' }, { schedule: null }],
    [{ 'disable-source-map-support': true }, { sourceMapSupport: false }],
  ] as const)('%j', (flags, expected) => {
    expect(change(flags)).toEqual({ changed: { ...spec, ...expected }, errors: [] });
  });

  it('takes other arguments in place of those it has', () => {
    expect(change({}, ['--port', '1']).changed.args).toEqual(['--port', '1']);
  });

  it('reports every wrong value', () => {
    expect(change({ 'max-memory-restart': 'much', 'kill-timeout': 'soon' }).errors).toHaveLength(2);
  });

  it('knows no option that says what an app is or where its files are', () => {
    const names = CHANGE_FLAGS.map(({ name }) => name);
    for (const name of ['name', 'instances', 'cwd', 'interpreter', 'output', 'uid', 'env', 'only', 'host'])
      expect(names).not.toContain(name);
  });
});
