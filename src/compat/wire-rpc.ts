// PM2's `rpc.sock`: requests come in, and each is answered when it is done, several at a time. What can be called does not stand here.
import type { Socket } from 'node:net';
import { createFrameReader, encodeFrame, jsonOf, jsonPart } from './wire-frames.ts';
import type { Frame } from './wire-frames.ts';
import { createGate } from './wire-gate.ts';
import type { Gate } from './wire-gate.ts';

/** What can be called. */
export interface RpcService {
  readonly methods: readonly string[];
  /** `method` is one of them; the arguments are whatever came. */
  call(method: string, args: readonly unknown[]): Promise<unknown>;
}

/** Requests of one connection that are under way; further ones are not read. */
const MAX_CALLS_EACH = 8;
/** Those of all connections: each is a connection to the daemon's own socket, whose queue has room for 511. */
const MAX_CALLS = 128;
/** Replies that wait for who asked; while they are more, nothing is read from that connection. */
const MAX_WAITING_BYTES = 2 ** 20;

/** What answers connections, each until it ends. Bytes that are no request end it. */
export function createRpc(service: RpcService): (socket: Socket) => void {
  const gate = createGate(MAX_CALLS);
  return (socket) => answer(socket, service, gate);
}

function answer(socket: Socket, service: RpcService, gate: Gate): void {
  const reader = createFrameReader();
  let waiting: RpcRequest[] = [];
  let calls = 0;

  function pump(): void {
    while (waiting.length > 0 && calls < MAX_CALLS_EACH && socket.writableLength <= MAX_WAITING_BYTES) void take(waiting.shift()!);
    if (waiting.length === 0) socket.resume();
    else socket.pause();
  }

  async function take(request: RpcRequest): Promise<void> {
    calls += 1;
    // Who has gone while it waited wants nothing any more.
    const reply = await gate(async () => (socket.destroyed ? null : replyTo(request, service)));
    calls -= 1;
    if (reply !== null && socket.writable) socket.write(encodeFrame([jsonPart(reply), request.id]));
    pump();
  }

  socket.on('data', (bytes: Buffer) => {
    const requests = reader.read(bytes)?.map(readRequest) ?? [null];
    waiting.push(...requests.filter((request) => request !== null));
    if (requests.includes(null)) socket.destroy();
    else pump();
  });
  socket.on('drain', pump);
  socket.once('close', () => (waiting = []));
}

interface RpcRequest {
  /** Goes back as it came. */
  readonly id: Buffer;
  readonly type: unknown;
  readonly method: unknown;
  readonly args: unknown;
}

/** Null for what is no request: there is nobody to answer then. */
function readRequest(frame: Frame): RpcRequest | null {
  const [order, id] = frame;
  const value = order === undefined ? undefined : jsonOf(order);
  if (id === undefined || typeof value !== 'object' || value === null) return null;
  const { type, method, args } = value as Readonly<Record<string, unknown>>;
  return { id, type, method, args };
}

async function replyTo({ type, method, args }: RpcRequest, service: RpcService): Promise<object> {
  if (type === 'methods') return { methods: Object.fromEntries(service.methods.map((name) => [name, { name, params: [] }])) };
  if (type !== 'call') return { error: `type ${JSON.stringify(type)} does not exist` };
  if (typeof method !== 'string' || !service.methods.includes(method)) return { error: `method ${JSON.stringify(method)} does not exist` };
  try {
    const result = await service.call(method, Array.isArray(args) ? args : []);
    return { args: result === undefined ? [] : [result] };
  } catch (error) {
    const { message, stack = message } = error as Error;
    return { error: message, stack };
  }
}
