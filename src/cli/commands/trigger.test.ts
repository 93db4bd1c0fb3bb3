// `trigger` against a canned daemon: what it asks for, what it prints, how it ends.
import { afterEach, describe, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { CannedDaemon } from '../../../test/canned-daemon.ts';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';
import type { TriggerAnswer } from '../../model/view.ts';

let daemon: CannedDaemon | null = null;
afterEach(async () => {
  await daemon?.close();
  daemon = null;
});

async function trigger(answers: readonly TriggerAnswer[], ...argv: readonly string[]): Promise<CliResult> {
  daemon = await startCannedDaemon({ 'POST /v1/triggers': { status: 200, json: { answers } } });
  return runCli(['trigger', ...argv], { home: daemon.home });
}

const by = (slot: number): { app: string; namespace: string; slot: number; id: number } => ({
  app: 'api',
  namespace: 'default',
  slot,
  id: slot + 3,
});
const done = (slot: number, returned: unknown): TriggerAnswer => ({ ...by(slot), called: true, error: null, at: 1, returned });
const failed = (slot: number, error: string, called: boolean): TriggerAnswer => ({ ...by(slot), called, error });
const asked = (): unknown[] => daemon!.asked.map(({ body }) => body);

describe('trigger', () => {
  it('prints what each instance returned, as PM2 does', async () => {
    expect(await trigger([done(0, { freed: 7 }), done(1, null)], 'api', 'gc')).toEqual({
      code: 0,
      stdout: '[api:3:default]={"freed":7}\n[api:4:default]=null\n',
      stderr: '',
    });
    expect(asked()).toEqual([{ target: 'api', action: 'gc' }]);
  });

  it('passes a parameter and a limit on', async () => {
    await trigger([done(0, 1)], 'api', 'set', 'a b', '--timeout', '5m');
    expect(asked()).toEqual([{ target: 'api', action: 'set', params: 'a b', timeoutMs: 300_000 }]);
  });

  it('prints the answers as JSON where it is asked to', async () => {
    expect(JSON.parse((await trigger([done(0, 1)], 'api', 'gc', '--json')).stdout)).toEqual({ answers: [done(0, 1)] });
  });

  it('leaves out who does not know the action, unless nobody does', async () => {
    const unknown = 'it knows no such action, only gc';
    expect(await trigger([failed(0, unknown, false), done(1, 1)], 'all', 'dump')).toEqual({
      code: 0,
      stdout: '[api:4:default]=1\n',
      stderr: '',
    });
    await daemon!.close();
    const nobody = await trigger([failed(0, unknown, false), failed(1, 'it is not running', false)], 'all', 'dump');
    expect(nobody).toMatchObject({ code: 1, stdout: '' });
    expect(nobody.stderr).toBe(
      '[holdfast] Cannot trigger dump on api:0: it knows no such action, only gc.\n[holdfast] Cannot trigger dump on api:1: it is not running.\n',
    );
  });

  it('says who has not answered, and fails', async () => {
    expect(await trigger([failed(0, 'it did not answer within 30 s', true), done(1, 1)], 'api', 'gc')).toEqual({
      code: 1,
      stdout: '[api:4:default]=1\n',
      stderr: '[holdfast] Cannot trigger gc on api:0: it did not answer within 30 s.\n',
    });
  });

  it.each([[['api']], [['api', 'gc', 'two', 'words']], [['api', 'gc', '--timeout', 'soon']], [['api', 'gc', '--timeout', '2h']]])(
    'refuses %j before it asks anybody',
    async (argv) => {
      const result = await trigger([], ...argv);
      expect([result.code, asked()]).toEqual([1, []]);
      expect(result.stderr).toContain('holdfast trigger');
    },
  );
});
