// Runs a command of the user's and takes its exit code. Nothing of it is left when the look is over.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Cancel } from '../platform/clock.ts';
import type { Ms } from '../model/units.ts';
import { explainLaunchFailure } from '../platform/launch-failure.ts';
import { sendSignal } from '../platform/process-tree.ts';
import { createEnding } from './look.ts';
import type { Look, LookResult } from './look.ts';

const SHELL = '/bin/sh';
/** So much of its output is kept: the last line is shown. */
const KEPT_CHARS = 2000;
const SHOWN_CHARS = 200;
/** What it wrote last is read after its end; who holds its pipes beyond that is not waited for. */
const LAST_WORDS_MS: Ms = 100;

/** Passes with exit code 0. */
export function lookByCommand(command: string, look: Look): Cancel {
  const { cwd, env, user } = look.target;
  const child = spawn(SHELL, ['-c', command], { cwd, env, ...user, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let stopWaiting: Cancel = () => {};
  const ending = createEnding(look, () => {
    stopWaiting();
    if (child.exitCode === null && child.signalCode === null) endGroup(child);
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const lastLine = keepLastLine(child);
  child.on('error', (error) => ending.fail(`cannot be run: ${explainLaunchFailure(error, { file: SHELL, cwd, env })}`));
  child.on('exit', (code, signal) => {
    // What it left in the background would be one more with each look.
    endGroup(child);
    const tell = (): void => ending.end(resultOf(code, signal, lastLine()));
    child.once('close', tell);
    stopWaiting = look.clock.setTimer(LAST_WORDS_MS, tell);
  });
  return ending.cancel;
}

function endGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) sendSignal(-pid, 'SIGKILL');
}

function keepLastLine(child: ChildProcess): () => string {
  let kept = '';
  const keep = (chunk: Buffer): void => void (kept = `${kept}${chunk.toString()}`.slice(-KEPT_CHARS));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => kept.trimEnd().split('\n').at(-1)!.trim().slice(0, SHOWN_CHARS);
}

function resultOf(code: number | null, signal: string | null, lastLine: string): LookResult {
  const how = code === null ? `killed by ${signal}` : `exit code ${code}`;
  return { ok: code === 0, text: code === 0 || lastLine === '' ? how : `${how}: ${lastLine}` };
}
