// Carrying out what a command asks of the daemon: asks, waits on the facts, tells how it went, shows the list.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import { printEvent, printSubject } from '../model/event.ts';
import type { OperationView } from '../model/view.ts';
import type { Given } from './command.ts';
import type { Context } from './context.ts';
import { startLiveLine } from './live-line.ts';
import { renderOperation } from './render/operation.ts';
import { showList } from './show-list.ts';

/** `verb` is the word for messages: `Cannot <verb> api:0`. `title` stands on the live line: `starting api`. */
export interface Task {
  readonly verb: string;
  readonly title: string;
  readonly request: OperationRequest;
}

/** `wait` false: asks only. `quiet`: nothing on standard output. */
export interface Manner {
  readonly wait: boolean;
  readonly quiet: boolean;
}

/** Waits, and tells how it went. */
export const WAITING: Manner = { wait: true, quiet: false };

/** Carries out tasks one after the other, tells of each, then shows the list. Stops at the first that fails. Resolves to the exit code. */
export async function carryOutAll(ctx: Context, tasks: readonly Task[], given: Given): Promise<number> {
  const json = given.options['json'] !== undefined;
  const manner = { wait: given.options['no-wait'] === undefined, quiet: json };
  const operations: OperationView[] = [];
  for (const task of tasks) {
    const operation = await carryOut(ctx, task, manner);
    operations.push(operation);
    if (operation.state === 'failed') break;
  }
  if (json) ctx.out(`${JSON.stringify({ operations, ...(await ctx.client().apps()) })}\n`);
  else if (manner.wait && !ctx.silent) await showList(ctx);
  return operations.some((operation) => operation.state === 'failed') ? 1 : 0;
}

/** Carries out one task and tells how it went. */
export async function carryOut(ctx: Context, task: Task, manner: Manner): Promise<OperationView> {
  const asked = await ctx.client().operate(task.request);
  const operation = asked.state === 'running' && manner.wait ? await follow(ctx, { task, id: asked.id, quiet: manner.quiet }) : asked;
  const text = renderOperation(operation, task.verb, ctx);
  if (!manner.quiet) {
    ctx.say(text.out);
    if (operation.state === 'running')
      ctx.say(`${ctx.palette.green('[holdfast]')} ${task.title}: asked for, not waited for. See: holdfast ls\n`);
  }
  ctx.err(text.err);
  return operation;
}

async function follow(ctx: Context, { task, id, quiet }: { task: Task; id: string; quiet: boolean }): Promise<OperationView> {
  const line = startLiveLine(quiet ? { ...ctx, silent: true } : ctx, task.title);
  try {
    for await (const update of ctx.client().watch(id, ctx.signal)) {
      if (update.type === 'operation' && update.operation.state !== 'running') return update.operation;
      if (update.type === 'event') line.show(`${printSubject(update.event)} ${printEvent(update.event)}`);
    }
  } finally {
    line.clear();
  }
  const why = ctx.signal.aborted ? 'interrupted; the daemon goes on with it' : 'the daemon closed the connection';
  throw new HoldfastError(
    ctx.signal.aborted ? 'OPERATION_FAILED' : 'DAEMON_UNREACHABLE',
    `Cannot tell how "${task.title}" ended: ${why}.`,
    { hint: 'holdfast ls' },
  );
}
