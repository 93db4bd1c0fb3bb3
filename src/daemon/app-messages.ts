// Messages for apps over Node's channel, and the actions that they do when told to: who is meant, and their hosts asked.
import { HoldfastError } from '../model/errors.ts';
import type { MessageRequest, TriggerRequest } from '../model/api.ts';
import type { CallAnswer } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { MessageReply, TriggerAnswer, TriggerReply } from '../model/view.ts';
import type { DaemonContext } from './context.ts';
import { selectSlots } from './operations/plan.ts';

/** How long an action may take where nothing else is said. */
const ACTION_MS: Ms = 30_000;

interface Recipient {
  readonly app: string;
  readonly namespace: string;
  readonly slot: number;
  readonly id: number;
}

/** Resolves when every instance meant has been sent it; rejects with the first that cannot get it. */
export async function sendMessage(context: DaemonContext, { target, message }: MessageRequest): Promise<MessageReply> {
  const sent: MessageReply['sent'][number][] = [];
  for (const { app, slot, id } of recipients(context, 'send to', target)) {
    const answer = await call(context, { app, slot }, { message, awaits: null, limitMs: 0 });
    if (answer.kind !== 'answered')
      throw new HoldfastError('OPERATION_FAILED', `Cannot send to ${app}:${slot}: ${answer.reason}.`, { hint: `holdfast describe ${app}` });
    sent.push({ app, slot, id });
  }
  return { sent };
}

/** Has every instance meant do it, all at the same time; resolves when each has answered or was waited for long enough. */
export async function trigger(context: DaemonContext, request: TriggerRequest): Promise<TriggerReply> {
  const { target, action, params, timeoutMs = ACTION_MS } = request;
  const ask = async ({ app, namespace, slot, id }: Recipient): Promise<TriggerAnswer> => {
    // In PM2's words: bare without parameters.
    const message = params === undefined ? action : { msg: action, opts: params, id };
    const answer = await call(context, { app, slot }, { message, awaits: action, limitMs: timeoutMs });
    const who = { app, namespace, slot, id };
    if (answer.kind !== 'answered') return { ...who, called: answer.kind === 'silent', error: answer.reason };
    const { at, return: returned = null } = (answer.data ?? {}) as { readonly at?: unknown; readonly return?: unknown };
    return { ...who, called: true, error: null, at: typeof at === 'number' ? at : context.clock.epochMs(), returned };
  };
  return { answers: await Promise.all(recipients(context, `trigger ${action} on`, target).map(ask)) };
}

function recipients(context: DaemonContext, verb: string, target: string): readonly Recipient[] {
  return selectSlots(context, verb, [target]).flatMap(({ app, slots }) => {
    const stored = context.store.get(app);
    const meant = stored?.slots.filter(({ slot }) => slots.includes(slot)) ?? [];
    return meant.map(({ slot, id }) => ({ app, namespace: stored!.spec.namespace, slot, id }));
  });
}

async function call(
  { store, hosts }: DaemonContext,
  { app, slot }: { readonly app: string; readonly slot: number },
  message: { readonly message: unknown; readonly awaits: string | null; readonly limitMs: Ms },
): Promise<CallAnswer> {
  const link = hosts.get(store.get(app)?.spec.host ?? '');
  if (link === null || !link.runs.has(app)) return { kind: 'not-called', reason: 'no host minds it now' };
  if (!link.talks)
    return {
      kind: 'not-called',
      reason: `host ${link.name} is of an older version, ${link.version}, and hands on no messages before holdfast update`,
    };
  try {
    return (await link.request({ type: 'message', app, slot, ...message })).answer!;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { kind: 'silent', reason: error.message.replace(/\.$/, '') };
  }
}
