// Sets the counters of instances to zero, and takes note of a failed deploy; nothing is started or stopped.
import { acknowledgeDeploy } from '../acknowledge.ts';
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import { forEachApp, selectSlots } from './plan.ts';
import type { Plan, Running } from './plan.ts';
import { isSupervised } from '../context.ts';
import { wish } from './wishes.ts';

/** Checks the targets. */
export function planReset(context: DaemonContext, targets: readonly string[]): Plan {
  const chosen = selectSlots(context, 'reset', targets);
  return {
    apps: chosen.map(({ app }) => app),
    hurries: [],
    run: (task) => forEachApp(chosen, { context, task }, (app, slots) => reset({ context, task }, app, slots)),
  };
}

async function reset({ context, task }: Running, app: StoredApp, slots: readonly number[]): Promise<void> {
  const { name, host } = app.spec;
  // Counters live in a host: without one there are none.
  const send = async (): Promise<unknown> =>
    isSupervised(context, app) && context.hosts.get(host)?.request({ type: 'reset', app: name, slots });
  await task.command(
    name,
    wish(app, slots, () => ({ kind: 'reset' })),
    send,
  );
  acknowledgeDeploy(context, name);
}
