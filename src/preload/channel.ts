// The line to the supervisor: Node's IPC channel, with a short way for connections and the moment at which the other end goes.
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload, ToPreload } from '../model/preload-protocol.ts';
import { learnWriteRequest, rawChannel } from './node-internals.ts';
import type { RawChannel, RawHandle } from './node-internals.ts';

type WithoutCmd<Message> = Message extends unknown ? Omit<Message, 'cmd'> : never;

export interface Channel {
  /** Never throws and never fails: without a supervisor nobody is there to be told. */
  say(message: WithoutCmd<FromPreload>): void;
  /** The same as saying `accepted`, for every single connection. */
  accept(seq: number): void;
}

export interface ChannelEvents {
  heard(message: ToPreload, handle: RawHandle | undefined): void;
  /** The other end is gone: called before Node acts upon it, which `proceed` makes it do. */
  ended(proceed: () => void): void;
}

/** What the supervisor's lane writes (platform/handle-lane.ts): Node's own form, with a mark that nobody waits for an acknowledgement. */
const FRAME = '{"cmd":"NODE_HANDLE","type":"net.Native","lane":1,"msg":';

const ACCEPTED = `{"cmd":"${CMD}","act":"accepted","seqs":`;

/** Above it, what comes without a handle is a message of the app, which need not be looked at. */
const LONGEST_FRAME = 512;

export function openChannel(on: ChannelEvents): Channel {
  const send = process.send!.bind(process) as (message: object, handle: undefined, options: object, done: () => void) => boolean;
  // Node keeps messages whose `cmd` begins with NODE_ from the app.
  process.on('internalMessage' as 'message', (message: unknown, handle: unknown) => {
    if (isOurs(message)) on.heard(message, handle as RawHandle | undefined);
  });
  const raw = rawChannel();
  // What `process.connected` says may be meant for the app.
  let hasEnded = false;
  let Request: (new () => object) | null = null;
  if (raw !== null) {
    readFirst(raw, {
      heard: on.heard,
      ended(proceed) {
        hasEnded = true;
        on.ended(proceed);
      },
    });
    learnWriteRequest(raw, (learnt) => (Request = learnt));
  }
  const isOpen = (): boolean => !hasEnded && process.connected;
  function say(message: WithoutCmd<FromPreload>): void {
    if (isOpen()) send({ cmd: CMD, ...message }, undefined, { swallowErrors: true }, () => {});
  }
  return {
    say,
    accept(seq) {
      if (raw === null || Request === null) return say({ act: 'accepted', seqs: [seq] });
      if (isOpen()) raw.writeUtf8String(new Request(), `${ACCEPTED}[${seq}]}\n`);
    },
  };
}

function isOurs(message: unknown): message is ToPreload {
  return typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === CMD;
}

/** Node would parse, wait for the next tick twice and acknowledge: a third of what a short connection costs an instance. */
function readFirst(raw: RawChannel, on: ChannelEvents): void {
  const read = raw.onread;
  let mayHoldMore = true;
  raw.onread = (chunk) => {
    if (chunk === undefined) {
      // libuv tells the end as soon as the other end is closed and a read was short (src/unix/stream.c, uv__stream_io), but with handles every read is:
      // what the host had sent is still there. Only when nothing has come since, it is the end.
      const isReading = mayHoldMore && raw.readStart() === 0;
      mayHoldMore = false;
      return isReading ? undefined : on.ended(() => read.call(raw));
    }
    mayHoldMore = true;
    const handle = raw.pendingHandle;
    const isFrame = !raw.buffering && (handle !== null || chunk.byteLength < LONGEST_FRAME);
    const message = isFrame ? parseFrame(chunk) : null;
    if (message === null) return read.call(raw, chunk);
    raw.pendingHandle = null;
    // Without its handle where this process has no descriptor left: Node would ask for it again, from somebody who does not wait for an answer.
    return on.heard(message, handle ?? undefined);
  };
}

/** Null unless the chunk is one whole frame: then Node, which can put pieces together, reads it. */
function parseFrame(chunk: ArrayBuffer): ToPreload | null {
  const text = Buffer.from(chunk).toString('latin1');
  if (!text.startsWith(FRAME) || text.indexOf('\n') !== text.length - 1) return null;
  return JSON.parse(text.slice(FRAME.length, -2)) as ToPreload;
}
