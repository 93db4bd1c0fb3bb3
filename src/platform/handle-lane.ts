// The fast way of handing handles to a child over Node's IPC channel: no waiting for an acknowledgement of each. Falls back to Node's own way.
//
// `child.send(message, handle)` holds everything back until the child has confirmed the handle before (Node: lib/internal/child_process.js, `_handleQueue`).
// Who keeps handles until told that they are in use, as the balancer does, needs no such wait. The bytes are those of Node's own protocol, so a child
// without a fast reader understands them too. Checked with Node 20, 22, 24 and 26; where an internal is missing, `openLane` returns null.
import type { ChildProcess } from 'node:child_process';

export interface HandleLane {
  /** Sends now. False when it cannot be sent this way (yet): use `child.send`. Never throws. */
  send(message: object, handle: object): boolean;
}

/** Node's IPC pipe, a libuv stream. `writeUtf8String` returns a libuv error number. */
interface Channel {
  writeUtf8String: (request: object, text: string, handle?: object) => number;
}

type WriteRequest = new () => object;

interface Internals {
  _handleQueue: unknown;
}

/** Node writes the same without `lane`; our preload knows by it that no acknowledgement is waited for. */
const FRAME = '{"cmd":"NODE_HANDLE","type":"net.Native","lane":1,"msg":';

/** To be called at once after the spawn. Messages sent by `child.send` keep their order with those of the lane. */
export function openLane(child: ChildProcess): HandleLane | null {
  const symbol = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kChannelHandle');
  if (symbol === undefined || (child as unknown as Internals)._handleQueue !== null) return null;
  const channelOf = (): Channel | null => (child as unknown as Record<symbol, Channel | null>)[symbol] ?? null;
  const channel = channelOf();
  if (channel === null) return null;
  let request: WriteRequest | null = null;
  learnRequest(channel, (learnt) => (request = learnt));
  neverWait(child);
  return {
    send(message, handle) {
      const open = channelOf();
      if (request === null || open === null || !child.connected) return false;
      return open.writeUtf8String(new request(), `${FRAME}${JSON.stringify(message)}}\n`, handle) === 0;
    },
  };
}

/** The class of write requests is not exported: the first message that Node writes shows it. */
function learnRequest(channel: Channel, learnt: (request: WriteRequest) => void): void {
  const write = channel.writeUtf8String;
  channel.writeUtf8String = (request, text, handle) => {
    Reflect.deleteProperty(channel, 'writeUtf8String');
    learnt(request.constructor as WriteRequest);
    return write.call(channel, request, text, handle);
  };
}

/** Node queues while `_handleQueue` is an array, and expects one when an acknowledgement arrives. */
function neverWait(child: ChildProcess): void {
  let acknowledging = false;
  child.prependListener('internalMessage', (message: { readonly cmd?: unknown }) => {
    if (message.cmd === 'NODE_HANDLE_ACK' || message.cmd === 'NODE_HANDLE_NACK') acknowledging = true;
  });
  Object.defineProperty(child, '_handleQueue', {
    configurable: true,
    get: () => (acknowledging ? [] : null),
    set: (queue: unknown) => {
      if (queue === null) acknowledging = false;
    },
  });
}
