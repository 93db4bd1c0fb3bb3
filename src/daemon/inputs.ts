// A line for the standard input of instances: who is meant, and their hosts told. It is an answer at once, not an operation.
import type { InputRequest } from '../model/api.ts';
import type { InputReply } from '../model/view.ts';
import { HoldfastError } from '../model/errors.ts';
import type { DaemonContext } from './context.ts';
import { selectSlots } from './operations/plan.ts';

/** Resolves when every instance meant has it; rejects with the first that cannot get it. */
export async function sendInput(context: DaemonContext, { target, ...input }: InputRequest): Promise<InputReply> {
  const sent: InputReply['sent'][number][] = [];
  for (const { app, slots } of selectSlots(context, 'send to', [target])) {
    for (const slot of slots) sent.push(await sendTo(context, { app, slot }, input));
  }
  return { sent };
}

async function sendTo(
  { store, hosts }: DaemonContext,
  { app, slot }: { readonly app: string; readonly slot: number },
  input: Omit<InputRequest, 'target'>,
): Promise<InputReply['sent'][number]> {
  const stored = store.get(app);
  const link = hosts.get(stored?.spec.host ?? '');
  try {
    if (link === null || !link.runs.has(app)) throw new HoldfastError('HOST_UNREACHABLE', 'no host minds it now');
    if (!link.endsLines && input.end !== undefined)
      throw new HoldfastError(
        'OPERATION_FAILED',
        `host ${link.name} is of an older version, ${link.version}, and ends every line by itself before holdfast update`,
      );
    await link.request({ type: 'input', app, slot, ...input });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new HoldfastError(error.code, `Cannot send to ${app}:${slot}: ${error.message.replace(/\.$/, '')}.`, {
      hint: `holdfast describe ${app}`,
      cause: error,
    });
  }
  return { app, slot, id: stored!.slots.find((one) => one.slot === slot)!.id };
}
