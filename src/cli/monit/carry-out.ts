// Carrying out what was said yes to, with a notice of what happens and how it went.
import type { Client } from '../../client/client.ts';
import { createOperation } from '../../client/operation.ts';
import { printSubject } from '../../model/event.ts';
import { isHoldfastError } from '../errors.ts';
import { printable } from '../render/width.ts';
import type { Notice } from './monitor.ts';
import type { Effect } from './step.ts';

const DOING = { restart: 'Restarting', reload: 'Reloading', stop: 'Stopping' } as const;
const DONE = { restart: 'Restarted', reload: 'Reloaded', stop: 'Stopped' } as const;

/** Resolves when it is over, however it went; rejects only at a defect. An aborted signal ends the waiting. */
export async function carryOut(
  client: Pick<Client, 'operate' | 'watch'>,
  { command, app }: Extract<Effect, { kind: 'carry-out' }>,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (notice: Notice) => void },
): Promise<void> {
  const name = printable(app);
  tell({ text: `${DOING[command]} ${name} ...`, tone: 'progress' });
  try {
    for await (const update of createOperation(client, { action: command, targets: [app] }, signal))
      if (update.type === 'event')
        tell({ text: `${DOING[command]} ${name}: ${printable(`${printSubject(update.event)} ${update.event.text}`)}`, tone: 'progress' });
    tell({ text: `${DONE[command]} ${name}.`, tone: 'good' });
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    tell({ text: error.message, tone: 'bad' });
  }
}
