// Whether the instance takes a connection. Nothing is said on it.
import type { Socket } from 'node:net';
import type { ProbeSpec } from '../model/app-spec.ts';
import type { Cancel } from '../platform/clock.ts';
import { dial, explainFailure } from './dial.ts';
import { createEnding } from './look.ts';
import type { Look } from './look.ts';

/** Passes when its server has the connection: in cluster mode that is more than the kernel having it. */
export function lookTcp(check: Extract<ProbeSpec['check'], { kind: 'tcp' }>, look: Look): Cancel {
  let socket: Socket | null = null;
  let stopDialling: Cancel = () => {};
  const ending = createEnding(look, () => {
    stopDialling();
    socket?.destroy();
  });
  stopDialling = dial(look, check.port, {
    opened(opened, port) {
      socket = opened;
      opened.on('error', (error) => ending.fail(explainFailure(error, port)));
      opened.once('close', () => ending.fail('connection closed'));
    },
    taken: () => ending.end({ ok: true, text: 'connected' }),
    failed: ending.fail,
  });
  return ending.cancel;
}
