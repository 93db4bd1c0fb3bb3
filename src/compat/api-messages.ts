// The methods of the programmatic API by which a program talks to apps: messages, and the actions that they do.
import { HoldfastError } from '../model/errors.ts';
import type { TriggerAnswer } from '../model/view.ts';
import type { Action } from './api-call.ts';
import { inPm2Words } from './api-errors.ts';
import { findEntries } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import type { ActionReply, ActionRequest, DataPacket, Methods, Target } from './pm2-types.ts';

/** The methods, for one manager. */
export function createMessageActions(
  world: ApiWorld,
): Record<keyof Pick<Methods, 'sendDataToProcessId' | 'msgProcess' | 'trigger'>, Action> {
  return {
    sendDataToProcessId: (first: Target | DataPacket, second?: DataPacket) =>
      sendData(world, typeof first === 'object' ? first : { ...second!, id: first }),
    msgProcess: (request: ActionRequest) => tellAction(world, request),
    trigger: (target: Target, action: string, params?: unknown) => trigger(world, target, { action, params }),
  };
}

async function sendData(world: ApiWorld, packet: DataPacket): Promise<{ success: true; data: DataPacket }> {
  const missing = (['id', 'topic', 'data'] as const).filter((field) => packet[field] === undefined);
  if (missing.length > 0) throw new HoldfastError('USAGE', `Cannot send ${JSON.stringify(packet)}: it has no ${missing.join(', no ')}.`);
  await inPm2Words(() => world.client().message({ target: String(packet.id), message: packet }));
  return { success: true, data: packet };
}

/** Tells those who know the action to do it, and waits for nothing. */
async function tellAction(world: ApiWorld, request: ActionRequest): Promise<{ process_count: number; success: true }> {
  const { id, name, msg, opts, uuid } = request;
  const entries = await findEntries(world, [String(id ?? name)]);
  const knowing = entries.filter(({ pm2_env: { axm_actions: actions } }) =>
    (actions as readonly { readonly action_name: string }[]).some((action) => action.action_name === msg),
  );
  if (entries.length > 0 && knowing.length === 0)
    throw new HoldfastError('OPERATION_FAILED', `Cannot trigger ${msg} on ${id ?? name}: it knows no such action.`, {
      hint: `holdfast describe ${id ?? name}`,
    });
  const message = opts === undefined && uuid === undefined ? msg : request;
  for (const entry of knowing) await world.client().message({ target: String(entry.pm_id), message });
  return { process_count: knowing.length, success: true };
}

/** Those who have not answered in time are missing in the result, which is an error where nobody has. */
async function trigger(
  world: ApiWorld,
  target: Target,
  { action, params }: { readonly action: string; readonly params?: unknown },
): Promise<ActionReply[]> {
  const { answers } = await inPm2Words(() =>
    world.client().trigger({ target: String(target), action, ...(params === undefined ? {} : { params }) }),
  );
  const replies = answers.flatMap((answer) => (answer.error === null ? [replyOf(answer, action)] : []));
  const [first] = answers;
  if (replies.length > 0 || first === undefined) return replies;
  throw new HoldfastError('OPERATION_FAILED', `Cannot trigger ${action} on ${first.app}:${first.slot}: ${first.error}.`, {
    hint: `holdfast describe ${first.app}`,
  });
}

function replyOf({ app, namespace, id, at, returned }: Extract<TriggerAnswer, { error: null }>, action: string): ActionReply {
  return { process: { pm_id: id, name: app, namespace }, data: { at, action_name: action, return: returned }, at };
}
