// Carrying out what a command asks of the daemon: asks, waits on the facts, tells how it went, shows the list.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import type { OperationUpdate, OperationView } from '../model/view.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Given } from './command.ts';
import type { Context } from './context.ts';
import { hasCode } from './errors.ts';
import { startProgress } from './progress.ts';
import { renderOperation } from './render/operation.ts';
import type { OperationText } from './render/operation.ts';
import { renderRolloutEnd } from './render/rollout-end.ts';
import { showList } from './show-list.ts';

/**
 * `verb` is the word for messages: `Cannot <verb> api:0`. `title` stands on the live line: `starting api`. `again` is the command to type once what
 * was wrong is put right; for what may become a rollout.
 */
export interface Task {
  readonly verb: string;
  readonly title: string;
  readonly request: OperationRequest;
  readonly again?: string;
}

/** `wait` false: asks only. `quiet`: nothing on standard output, `heard` is told of every update instead. */
export interface Manner {
  readonly wait: boolean;
  readonly quiet: boolean;
  readonly heard?: (update: OperationUpdate) => void;
}

/** Waits, and tells how it went. */
export const WAITING: Manner = { wait: true, quiet: false };

/** Carries out tasks one after the other, tells of each, then shows the list. Stops at the first that fails. Resolves to the exit code. */
export async function carryOutAll(ctx: Context, tasks: readonly Task[], given: Given): Promise<number> {
  const json = given.options['json'] !== undefined;
  const manner = { wait: given.options['no-wait'] === undefined, quiet: json };
  const operations: OperationView[] = [];
  let exitCode = 0;
  for (const task of tasks) {
    const operation = await carryOut(ctx, task, manner);
    operations.push(operation);
    if (operation.state !== 'failed') continue;
    exitCode = (await isDoneForPm2(ctx, task, operation)) ? 0 : 1;
    break;
  }
  if (json) ctx.out(`${JSON.stringify({ operations, ...(await ctx.client().apps()) })}\n`);
  else if (manner.wait && !ctx.silent) await showList(ctx);
  return exitCode;
}

/** Under PM2's name a start has succeeded once there was a process, whatever becomes of it: scripts with `set -e` rely on that. */
async function isDoneForPm2(ctx: Context, { verb }: Task, { error, startedAt, outcomes }: OperationView): Promise<boolean> {
  if (!ctx.asPm2 || error !== null || (verb !== 'start' && verb !== 'restart')) return false;
  const instances = (await ctx.client().apps()).apps.flatMap((app) => app.instances);
  return outcomes
    .filter(({ ok }) => !ok)
    .every(({ app, slot }) => {
      const instance = instances.find((one) => one.app === app && one.slot === slot);
      return instance !== undefined && (instance.pid !== null || instance.tally.some(({ at, pid }) => at >= startedAt && pid !== null));
    });
}

/** Carries out one task and tells how it went. */
export async function carryOut(ctx: Context, task: Task, manner: Manner): Promise<OperationView> {
  const asked = await ctx.client().operate(task.request);
  const operation = asked.state === 'running' && manner.wait ? await follow(ctx, { task, id: asked.id, manner }) : asked;
  if (operation === asked) manner.heard?.({ type: 'operation', operation });
  const text = renderOperation(operation, task.verb, ctx);
  const ends = await renderEnds(ctx, task, operation);
  if (!manner.quiet) {
    ctx.say(text.out + ends.map(({ out }) => out).join(''));
    if (operation.state === 'running')
      ctx.say(`${ctx.palette.green('[holdfast]')} ${task.title}: asked for, not waited for. See: holdfast ls\n`);
  }
  ctx.err(text.err + ends.map(({ err }) => err).join(''));
  return operation;
}

/** Who serves is looked up only where a rollout failed. */
async function renderEnds(ctx: Context, { verb, again = 'holdfast ls' }: Task, { rollouts }: OperationView): Promise<OperationText[]> {
  const apps = rollouts.some(({ rollout }) => rollout.phase === 'failed') ? (await ctx.client().apps()).apps : [];
  return rollouts.map((one) => renderRolloutEnd(one, { ...ctx, verb, again, apps }));
}

interface Following {
  readonly task: Task;
  readonly id: string;
  readonly manner: Manner;
}

async function follow(ctx: Context, { task, id, manner }: Following): Promise<OperationView> {
  const progress = startProgress(manner.quiet ? { ...ctx, silent: true } : ctx, task.title);
  try {
    for await (const update of ctx.client().watch(id, ctx.signal)) {
      manner.heard?.(update);
      progress.show(update);
      if (update.type === 'operation' && update.operation.state !== 'running') return update.operation;
    }
  } catch (error) {
    // A daemon that is killed breaks the stream, one that leaves ends it. The one that follows it has never heard of the operation.
    if (!hasCode(error, 'DAEMON_UNREACHABLE') && !hasCode(error, 'TARGET_NOT_FOUND')) throw error;
  } finally {
    progress.end();
  }
  throw lost(ctx, task);
}

/** Nobody here will see how it ends. A rollout does not need the daemon to go on. */
function lost(ctx: Context, { title, request }: Task): HoldfastError {
  const isRollout =
    request.action === 'reload' ||
    request.action === 'rollback' ||
    request.action === 'scale' ||
    (request.action === 'apply' && request.existing === 'reload');
  const carrier = isRollout ? 'it goes on by itself' : 'the daemon goes on with it';
  const why = ctx.signal.aborted ? `interrupted; ${carrier}` : `the daemon closed the connection${isRollout ? `; ${carrier}` : ''}`;
  return new HoldfastError(ctx.signal.aborted ? 'OPERATION_FAILED' : 'DAEMON_UNREACHABLE', `Cannot tell how "${title}" ended: ${why}.`, {
    hint: isRollout ? howToSee(request) : 'holdfast ls',
  });
}

function howToSee(request: OperationRequest): string {
  const names =
    request.action === 'apply'
      ? request.specs.map((spec) => spec.name)
      : request.action === 'reload'
        ? request.targets
        : request.action === 'rollback' || request.action === 'scale'
          ? [request.app]
          : [];
  return `holdfast describe ${names.map(shellWord).join(' ')}`;
}
