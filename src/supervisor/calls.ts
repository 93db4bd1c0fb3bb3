// What is said to an app over Node's message channel, and the replies that are waited for. It waits for nobody longer than it is told.
import type { CallAnswer } from '../model/protocol.ts';
import { printDuration } from '../model/units.ts';
import type { Ms } from '../model/units.ts';
import type { Clock } from '../platform/clock.ts';
import { replyOf } from '../policy/self-report.ts';
import type { Live } from './live.ts';

/** A message and what is waited for. */
export interface AppCall {
  readonly message: unknown;
  /** The action to whose reply is waited; null to wait for nothing. */
  readonly awaits: string | null;
  readonly limitMs: Ms;
}

export type CallDone = (answer: CallAnswer) => void;

/** An action whose reply is waited for. */
export interface Waiting {
  readonly action: string;
  settle(answer: CallAnswer): void;
}

/** Sends the message to the instance; `done` is called once. */
export function callApp(
  live: Live | undefined,
  { message, awaits, limitMs }: AppCall,
  { clock, done }: { clock: Clock; done: CallDone },
): void {
  const run = live?.run ?? null;
  const fail = (reason: string): void => done({ kind: 'not-called', reason });
  if (run?.child?.pid === null || run?.child === undefined || run.child === null) return fail('it is not running');
  if (live!.outlived) return fail('the host that had launched it is dead, and its message channel with it, until its next restart');
  if (awaits !== null && !run.report.actions.some((one) => one.action_name === awaits)) {
    const known = run.report.actions.map((one) => one.action_name).join(', ');
    return fail(`it knows no such action, ${known === '' ? 'nor any other' : `only ${known}`}`);
  }
  if (!run.child.sendToApp(message)) return fail('its message channel is closed');
  if (awaits === null) return done({ kind: 'answered', data: null });
  const waiting: Waiting = {
    action: awaits,
    settle(answer) {
      cancel();
      run.waiting.delete(waiting);
      done(answer);
    },
  };
  const cancel = clock.setTimer(limitMs, () =>
    waiting.settle({ kind: 'silent', reason: `it did not answer within ${printDuration(limitMs)}` }),
  );
  run.waiting.add(waiting);
}

/** The oldest who waits for it gets it: apps do not say whose call they answer. */
export function takeReply(message: unknown, waiting: ReadonlySet<Waiting>): void {
  if (waiting.size === 0) return;
  const reply = replyOf(message);
  if (reply === null) return;
  for (const one of waiting) if (one.action === reply.action) return one.settle({ kind: 'answered', data: reply.data });
}
