// `inspect`: what it asks and what it prints.
import { afterEach, expect, it } from 'vitest';
import { startCannedDaemon } from '../../../test/canned-daemon.ts';
import type { Answer, CannedDaemon } from '../../../test/canned-daemon.ts';
import { runCli } from '../../../test/run-cli.ts';

let daemon: CannedDaemon | null = null;
afterEach(async () => {
  await daemon?.close();
  daemon = null;
});

const REPLY = { app: 'api', slot: 0, id: 3, pid: 4100, url: 'ws://127.0.0.1:9229/0d6b2a0e-0c5e-4a8c-9a55-000000000000' };

async function inspect(answer: Answer, ...argv: readonly string[]): ReturnType<typeof runCli> {
  daemon = await startCannedDaemon({ 'POST /v1/inspections': answer });
  return runCli(['inspect', ...argv], { home: daemon.home });
}

it('says where a debugger connects, and how', async () => {
  expect(await inspect({ status: 200, json: REPLY }, '3')).toEqual({
    code: 0,
    stdout: `[holdfast] api:0 (pid 4100) is open to debuggers until it ends: ${REPLY.url}
  In Chrome: chrome://inspect
  Here: node inspect 127.0.0.1:9229
`,
    stderr: '',
  });
  expect(daemon!.asked).toEqual([{ line: 'POST /v1/inspections', body: { target: '3' } }]);
});

it('prints the reply itself with --json', async () => {
  expect(JSON.parse((await inspect({ status: 200, json: REPLY }, '3', '--json')).stdout)).toEqual(REPLY);
});

it('passes on why it cannot be had', async () => {
  const error = { code: 'USAGE', message: 'Cannot inspect api: it has 2 instances, with the ids 0, 1.', hint: 'holdfast inspect 0' };
  expect(await inspect({ status: 400, json: { error } }, 'api')).toEqual({
    code: 1,
    stdout: '',
    stderr: `[holdfast] ${error.message}\n  Next: holdfast inspect 0\n`,
  });
});
