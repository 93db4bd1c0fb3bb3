// Sends a signal to processes of instances. What they make of it is their business: no goal changes.
import os from 'node:os';
import { HoldfastError } from '../../model/errors.ts';
import type { InstanceRow } from '../../model/protocol.ts';
import { isSameProcess } from '../../platform/proc-stat.ts';
import { sendSignal } from '../../platform/process-tree.ts';
import type { DaemonContext } from '../context.ts';
import { forEachApp, selectSlots } from './plan.ts';
import type { Plan } from './plan.ts';

/** Checks the targets and the name of the signal. */
export function planSignal(
  context: DaemonContext,
  { targets, signal }: { readonly targets: readonly string[]; readonly signal: string },
): Plan {
  const chosen = selectSlots(context, `send ${signal} to`, targets);
  if (!isSignal(signal)) throw new HoldfastError('USAGE', `Cannot send ${signal}: this system has no such signal.`, { hint: 'kill -l' });
  return {
    // It waits behind nothing: a signal is for now.
    apps: [],
    hurries: [],
    run: (task) =>
      forEachApp(chosen, { context, task }, async (app, slots) => {
        const { name } = app.spec;
        for (const slot of app.slots.filter((one) => slots.includes(one.slot))) {
          const process = livingProcess(context.registry.rows(name), slot.slot);
          if (process !== null) sendSignal(process.pid, signal);
          task.outcome(name, slot, {
            ok: process !== null,
            text: process === null ? 'has no process' : `${signal} sent (pid ${process.pid})`,
          });
        }
      }),
  };
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(os.constants.signals, name);
}

function livingProcess(rows: readonly InstanceRow[], slot: number): InstanceRow['process'] {
  const process = rows.find((row) => row.slot === slot && row.role === 'current')?.process ?? null;
  return process !== null && isSameProcess(process) ? process : null;
}
