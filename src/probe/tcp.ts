// Whether the instance takes a connection. Nothing is said on it.
import type { ProbeSpec } from '../model/app-spec.ts';
import type { Cancel } from '../platform/clock.ts';
import { dial, explainFailure } from './dial.ts';
import { createEnding } from './look.ts';
import type { Look } from './look.ts';

/** Passes when its server has the connection: in cluster mode that is more than the kernel having it. */
export function lookTcp(check: Extract<ProbeSpec['check'], { kind: 'tcp' }>, look: Look): Cancel {
  const opened = dial(look.target, check.port, () => ending.end({ ok: true, text: 'connected' }));
  const ending = createEnding(look, () => {
    if (typeof opened === 'object') opened.socket.destroy();
  });
  if (typeof opened === 'string') {
    ending.fail(opened);
    return ending.cancel;
  }
  const { socket, port } = opened;
  socket.on('error', (error) => ending.fail(explainFailure(error, port)));
  socket.once('close', () => ending.fail('connection closed'));
  return ending.cancel;
}
