// The line to the supervisor: Node's IPC channel, with a short way for connections and the moment at which the other end goes.
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload, ToPreload } from '../model/preload-protocol.ts';
import { createCarrier, learnWriteRequest, rawChannel } from './node-internals.ts';
import type { Carrier, RawChannel, RawHandle } from './node-internals.ts';

type WithoutCmd<Message> = Message extends unknown ? Omit<Message, 'cmd'> : never;

export interface Channel {
  /** Never throws and never fails: without a supervisor nobody is there to be told. */
  say(message: WithoutCmd<FromPreload>): void;
  /** The same as saying `accepted`, for every single connection. */
  accept(seq: number): void;
  /** The same as saying `took`. */
  took(id: number): void;
  /** A copy of a listening socket, which stays open here too. */
  sendCopy(id: number, copy: RawHandle): void;
  /** A new connection, to be made, over which handles can travel as over this channel; null where Node keeps its parts elsewhere. */
  carrier(): Carrier | null;
}

export interface ChannelEvents {
  heard(message: ToPreload, handle: RawHandle | undefined): void;
  /** The other end is gone: called before Node acts upon it, which `proceed` makes it do. */
  ended(proceed: () => void): void;
}

/** What the supervisor's lane writes (platform/handle-lane.ts): Node's own form, with a mark that nobody waits for an acknowledgement. */
const FRAME = '{"cmd":"NODE_HANDLE","type":"net.Native","lane":1,"msg":';

/** How everything else of the supervisor's begins. */
const OWN = `{"cmd":"${CMD}",`;

const ACCEPTED = `{"cmd":"${CMD}","act":"accepted","seqs":`;
const TOOK = `{"cmd":"${CMD}","act":"took","id":`;

/** Above it, what comes without a handle is a message of the app, which need not be looked at. */
const LONGEST_FRAME = 512;

export function openChannel(on: ChannelEvents): Channel {
  const send = process.send!.bind(process) as (message: object, handle: object | undefined, options: object, done: () => void) => boolean;
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
  /** Past everything that Node does for a message; false where that cannot be. */
  function write(text: string): boolean {
    if (raw === null || Request === null) return false;
    if (isOpen()) raw.writeUtf8String(new Request(), text);
    return true;
  }
  return {
    say,
    accept: (seq) => void (write(`${ACCEPTED}[${seq}]}\n`) || say({ act: 'accepted', seqs: [seq] })),
    took: (id) => void (write(`${TOOK}${id}}\n`) || say({ act: 'took', id })),
    sendCopy(id, copy) {
      if (isOpen()) send({ cmd: CMD, act: 'copy', id }, copy, { swallowErrors: true }, () => {});
    },
    carrier: () => (raw === null || Request === null ? null : createCarrier(raw, Request)),
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
    const mayBeOurs = !raw.buffering && (handle !== null || chunk.byteLength < LONGEST_FRAME);
    const words = mayBeOurs ? findWords(chunk) : null;
    // One that comes with a handle is the last: the kernel ends a read behind a handle (unix(7), SCM_RIGHTS).
    const isLastOurs = words?.at(-1)?.end === chunk.byteLength;
    if (words === null || (handle !== null && !isLastOurs)) return read.call(raw, chunk);
    if (isLastOurs) raw.pendingHandle = null;
    const rest = withoutWords(chunk, words);
    if (rest !== null) read.call(raw, rest);
    // Without its handle where this process has no descriptor left: Node would ask for it again, from somebody who does not wait for an answer.
    for (const { message, end } of words) on.heard(message, end === chunk.byteLength ? (handle ?? undefined) : undefined);
  };
}

interface Word {
  readonly message: ToPreload;
  /** Of its line in the chunk, with the line's end. */
  readonly start: number;
  readonly end: number;
}

/**
 * What the supervisor says in a chunk, with and without a handle: Node hands messages on in the next tick, and in a process that has begun to exit and
 * goes on after all it has none (Node: process.nextTick). Null where there is none, or a line that is not complete: then Node, which can put pieces together, reads it.
 */
function findWords(chunk: ArrayBuffer): readonly Word[] | null {
  const text = Buffer.from(chunk).toString('latin1');
  if (!text.endsWith('\n')) return null;
  const words: Word[] = [];
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = text.indexOf('\n', start) + 1;
    if (text.startsWith(OWN, start)) words.push({ message: parse(chunk, start, end - 1), start, end });
    else if (text.startsWith(FRAME, start)) words.push({ message: parse(chunk, start + FRAME.length, end - 2), start, end });
  }
  return words.length === 0 ? null : words;
}

/** The other lines, and blanks for what is taken away: Node reads as many bytes as have come, whatever it is given (lib/internal/child_process.js, streamBaseState). Null where nothing is left. */
function withoutWords(chunk: ArrayBuffer, words: readonly Word[]): ArrayBuffer | null {
  if (words.reduce((sum, { start, end }) => sum + end - start, 0) === chunk.byteLength) return null;
  const bytes = new Uint8Array(chunk.slice(0));
  let length = 0;
  let from = 0;
  for (const { start, end } of [...words, { start: chunk.byteLength, end: chunk.byteLength }]) {
    bytes.copyWithin(length, from, start);
    length += start - from;
    from = end;
  }
  bytes.fill(BLANK, length - 1);
  bytes[bytes.length - 1] = LINE_END;
  return bytes.buffer;
}

const BLANK = 0x20;
const LINE_END = 0x0a;

/** Offsets are of bytes: a name may have letters of more than one. */
function parse(chunk: ArrayBuffer, from: number, to: number): ToPreload {
  return JSON.parse(Buffer.from(chunk).toString('utf8', from, to)) as ToPreload;
}
