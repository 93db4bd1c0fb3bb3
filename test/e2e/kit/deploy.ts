// Deploys as a user makes them: releases in folders of their own behind a `current` symlink, and what a reload said of itself.
import fs from 'node:fs';
import path from 'node:path';
import type { HoldfastEvent } from '../../../src/model/event.ts';
import type { FailedRollout } from '../../../src/model/rollout.ts';
import type { OperationView } from '../../../src/model/view.ts';
import type { RunResult } from './run.ts';
import { fixture } from './site.ts';
import type { Site } from './site.ts';

/** How a `reload --json` (or one of its kin) went. */
export interface Deployed {
  readonly code: number | null;
  readonly operation: OperationView;
  /** Of the first rollout that failed. */
  readonly failure: FailedRollout | null;
  /** What was told on the way. */
  readonly events: readonly HoldfastEvent[];
  readonly stderr: string;
}

/** What a release runs: a program of test/fixtures/apps, or a text. */
export type Program = { readonly fixture: string } | { readonly text: string; readonly type?: 'module' };

/** Makes releases/NAME with the program as its `app.js`; returns its path. */
export function createRelease(site: Site, name: string, program: Program): string {
  if ('fixture' in program) return path.dirname(site.write(`releases/${name}/app.js`, fs.readFileSync(fixture(program.fixture), 'utf8')));
  if (program.type !== undefined) site.write(`releases/${name}/package.json`, JSON.stringify({ type: program.type }));
  return path.dirname(site.write(`releases/${name}/app.js`, program.text));
}

/** Lets the symlink `current` point to a release, in one step, as deploy tools do. */
export function switchTo(site: Site, name: string): void {
  const fresh = path.join(site.folder, 'current.new');
  fs.symlinkSync(path.join('releases', name), fresh);
  fs.renameSync(fresh, path.join(site.folder, 'current'));
}

/** Runs a command that rolls out, to its end, with `--json`. */
export async function deploy(site: Site, ...words: readonly string[]): Promise<Deployed> {
  return readDeploy(await site.run(...words, '--json'));
}

/** Reads what a command that rolls out wrote with `--json`: an object a line, the last of which is the operation. */
export function readDeploy(result: RunResult): Deployed {
  const lines = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { type: string; event?: HoldfastEvent; operation?: OperationView });
  const operation = lines.at(-1)?.operation;
  if (operation === undefined)
    throw new Error(`There is no operation in the output (code ${result.code}): ${result.stdout}${result.stderr}`);
  return {
    code: result.code,
    operation,
    failure: operation.rollouts.map(({ rollout }) => rollout.failure).find((failure) => failure !== null) ?? null,
    events: lines.flatMap(({ event }) => (event === undefined ? [] : [event])),
    stderr: result.stderr,
  };
}
