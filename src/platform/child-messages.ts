// Telling apart what comes over a child's internal channel: our preload's messages, and those of Node's own cluster module.
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload } from '../model/preload-protocol.ts';

/** Whether a message is one of our preload. Its fields are trusted from here on: the preload is ours. */
export function isFromPreload(message: unknown): message is FromPreload {
  return (
    typeof message === 'object' &&
    message !== null &&
    'cmd' in message &&
    message.cmd === CMD &&
    'act' in message &&
    typeof message.act === 'string'
  );
}

/**
 * The answer that Node's cluster module in the child waits for, or null. `cluster.worker.disconnect()` asks its primary by `exitedAfterDisconnect` and
 * goes on only when its sequence number has come back (Node: lib/internal/cluster/child.js, lib/internal/cluster/utils.js).
 */
export function nodeAcknowledgement(message: unknown): { readonly cmd: 'NODE_CLUSTER'; readonly ack: number } | null {
  if (typeof message !== 'object' || message === null) return null;
  const { cmd, act, seq } = message as { readonly cmd?: unknown; readonly act?: unknown; readonly seq?: unknown };
  return cmd === 'NODE_CLUSTER' && act === 'exitedAfterDisconnect' && typeof seq === 'number' ? { cmd, ack: seq } : null;
}
