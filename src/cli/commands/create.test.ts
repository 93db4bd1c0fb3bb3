// `create`: what it asks, where it writes, and what it leaves alone.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';

let cwd: string;
beforeEach(() => void (cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-create-'))));
afterEach(() => fs.rmSync(cwd, { recursive: true }));

async function* typed(...answers: readonly string[]): AsyncGenerator<string> {
  yield* answers;
}
const onTerminal = (answers: readonly string[], ...words: readonly string[]): Promise<CliResult> =>
  runCli(['create', ...words], { cwd, isTTY: true, env: { NO_COLOR: '1' }, lines: () => typed(...answers) });

describe('create', () => {
  it('writes the example that is named without a question, and says what to type next', async () => {
    expect(await runCli(['create', 'web', 'my app'], { cwd })).toEqual({
      code: 0,
      stdout:
        "[holdfast] wrote a web server into 'my app'\n  Start it: cd 'my app' && holdfast start\n  Then: curl http://localhost:3000; holdfast reload 'my app'\n",
      stderr: '',
    });
    expect(fs.readdirSync(path.join(cwd, 'my app')).sort()).toEqual(['ecosystem.config.js', 'package.json', 'server.js']);
  });

  it('asks on a terminal which example and where', async () => {
    const { code, stdout } = await onTerminal(['worker', 'jobs']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 {2}web .+\n2 {2}worker .+\n3 {2}cron .+\nWhich one\? \[web\] Into which folder\? \[my-worker\] /);
    expect(fs.existsSync(path.join(cwd, 'jobs/worker.js'))).toBe(true);
  });

  it.each([
    [['', ''], [], 'my-web/server.js'],
    [['3', ''], [], 'my-cron/job.js'],
    [['here'], ['cron'], 'here/job.js'],
  ])('takes the answers %j', async (answers, words, file) => {
    expect(await onTerminal(answers, ...words)).toMatchObject({ code: 0 });
    expect(fs.existsSync(path.join(cwd, file))).toBe(true);
  });

  it.each([
    ['four', 'Cannot create an example "four": there are web, worker, cron.'],
    ['4', 'Cannot create an example "4": there are web, worker, cron.'],
    [undefined, 'Cannot create an example: there was no answer. Nothing was written.'],
  ])('writes nothing after the answer %j', async (answer, message) => {
    const { code, stderr } = await onTerminal(answer === undefined ? [] : [answer]);
    expect([code, stderr]).toEqual([1, `[holdfast] ${message}\n  Next: holdfast create web my-app\n`]);
    expect(fs.readdirSync(cwd)).toEqual([]);
  });

  it('asks nothing where there is no terminal', async () => {
    const { code, stdout, stderr } = await runCli(['create'], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Cannot create an example: this is no terminal to ask which one; there are web, worker, cron.');
  });

  it('leaves a folder alone that has something in it', async () => {
    fs.mkdirSync(path.join(cwd, 'mine'));
    fs.writeFileSync(path.join(cwd, 'mine/notes.txt'), 'mine');
    const { code, stderr } = await runCli(['create', 'web', 'mine'], { cwd });
    expect([code, stderr]).toEqual([
      1,
      `[holdfast] Cannot create an example in ${cwd}/mine: there is something in that folder already.\n  Next: holdfast create web ANOTHER_FOLDER\n`,
    ]);
    expect(fs.readdirSync(path.join(cwd, 'mine'))).toEqual(['notes.txt']);
  });
});
