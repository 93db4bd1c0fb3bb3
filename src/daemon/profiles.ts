// Profiles of the daemon, one at a time: V8 samples for whoever asked first.
import type { ProfileRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import { recordProfile } from '../platform/profiler.ts';
import type { DaemonContext } from './context.ts';

let isBusy = false;

/** Profiles this process for so long, or until the signal is aborted. Throws NOTHING_TO_DO while another profile is made. */
export async function profileDaemon(
  { clock }: Pick<DaemonContext, 'clock'>,
  request: ProfileRequest,
  signal: AbortSignal,
): Promise<object> {
  if (isBusy)
    throw new HoldfastError('NOTHING_TO_DO', 'Cannot profile the daemon: another profile of it is being made.', {
      hint: 'wait for that one',
    });
  isBusy = true;
  try {
    return await recordProfile(request.kind, { clock, durationMs: request.durationMs, signal });
  } finally {
    isBusy = false;
  }
}
