// Node's inspector in one instance: who is meant, and why it cannot be had. It is an answer within seconds, not an operation.
import { HoldfastError } from '../model/errors.ts';
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { InspectionReply } from '../model/view.ts';
import { openInspector } from '../platform/inspector.ts';
import { holderOfPort } from '../platform/port-holder.ts';
import type { DaemonContext } from './context.ts';
import { selectSlots } from './operations/plan.ts';

/** A program opens it within a few milliseconds, also a busy one; not one that is stopped (SIGSTOP). */
const OPENS_WITHIN_MS: Ms = 5000;
/** What Node opens where nothing else is said (Node: --inspect-port). */
const USUAL_PORT = 9229;

type Fail = (code: 'USAGE' | 'OPERATION_FAILED', reason: string, hint: string) => HoldfastError;

/** Opens it, or finds the one that is open. Throws TARGET_NOT_FOUND, USAGE for more than one instance or none of Node, OPERATION_FAILED with the reason. */
export async function inspect(context: DaemonContext, target: string): Promise<InspectionReply> {
  const { app, slot, id } = findOne(context, target);
  const fail: Fail = (code, reason, hint) => new HoldfastError(code, `Cannot inspect ${app}:${slot}: ${reason}.`, { hint });
  const process = findProcess(context, { app, slot });
  if (process === null) throw fail('OPERATION_FAILED', 'it has no process', `holdfast start ${app}`);
  if (!process.isNode)
    throw fail('USAGE', `pid ${process.pid} has not told that it is Node, and only Node has an inspector`, `holdfast describe ${app}`);
  const inspection = await openInspector(process, { clock: context.clock, limitMs: OPENS_WITHIN_MS });
  // Without the path of the URL, which is what a debugger must know to get in.
  if (inspection.kind === 'opened')
    context.events.publish({ kind: 'inspector-opened', pid: process.pid, address: new URL(inspection.url).host }, { app, slot });
  switch (inspection.kind) {
    case 'opened':
    case 'open':
      return { app, slot, id, pid: process.pid, url: inspection.url };
    case 'gone':
      throw fail('OPERATION_FAILED', `pid ${process.pid} has just ended`, `holdfast logs ${app}`);
    case 'deaf':
      throw fail(
        'OPERATION_FAILED',
        `pid ${process.pid} would end by SIGUSR1, which opens the inspector (--disable-sigusr1?)`,
        `holdfast restart ${app} --node-args="--inspect=0"`,
      );
    case 'silent':
      throw whySilent(app, fail);
    default:
      return inspection satisfies never;
  }
}

function findOne(context: DaemonContext, target: string): { readonly app: string; readonly slot: number; readonly id: number } {
  const meant = selectSlots(context, 'inspect', [target]).flatMap(({ app, slots }) => {
    const stored = context.store.get(app)?.slots ?? [];
    return stored.filter(({ slot }) => slots.includes(slot)).map(({ slot, id }) => ({ app, slot, id }));
  });
  const [one] = meant;
  if (one !== undefined && meant.length === 1) return one;
  const ids = meant.map(({ id }) => id).join(', ');
  throw new HoldfastError('USAGE', `Cannot inspect ${target}: it has ${meant.length} instances, with the ids ${ids}.`, {
    hint: `holdfast inspect ${one?.id ?? target}`,
  });
}

function findProcess(
  { registry }: DaemonContext,
  { app, slot }: { readonly app: string; readonly slot: number },
): (ProcessId & { readonly isNode: boolean }) | null {
  const row = registry.rows(app).find((one) => one.slot === slot && one.role === 'current');
  return row === undefined || row.process === null ? null : { ...row.process, isNode: row.nodeVersion !== null };
}

/** Node says the reason on standard error, unless the app takes the signal for itself. */
function whySilent(app: string, fail: Fail): HoldfastError {
  const nothing = `it has opened no inspector within ${OPENS_WITHIN_MS / 1000} s`;
  const holder = holderOfPort(USUAL_PORT);
  if (holder === null)
    return fail(
      'OPERATION_FAILED',
      `${nothing}: it takes SIGUSR1 for itself, or has printed the reason`,
      `holdfast logs ${app} --err --nostream`,
    );
  return fail(
    'OPERATION_FAILED',
    `${nothing}; port ${USUAL_PORT}, the usual one, is held by ${holder}`,
    `holdfast restart ${app} --node-args="--inspect-port=0" has each instance take a free port`,
  );
}
