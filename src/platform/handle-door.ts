// A Unix socket at which processes of one other user hand over what they have open. Node passes descriptors between a parent and its child only; the kernel does between any
// two that are connected (unix(7), SCM_RIGHTS). Checked with Node 20, 22, 24 and 26; where an internal is missing, connections are closed as they come.
import { chmodSync, mkdirSync } from 'node:fs';
import { Socket } from 'node:net';
import type { SocketConstructorOpts } from 'node:net';
import { dirname } from 'node:path';
import { attachLines } from './line-socket.ts';
import type { LineEvents, LineSocket } from './line-socket.ts';
import { openSocketDoor } from './socket-door.ts';
import type { SocketDoor } from './socket-door.ts';

/** A raw handle of Node's (TCP, Pipe or UDP wrap), open in this process. */
export interface HandedHandle {
  readonly fd: number;
  close(): void;
}

/** What has come over a connection and was not taken yet; that is closed with it. */
export interface Handles {
  /** In the order in which they were sent. One is here at the latest when the line is that it was sent with. */
  take(): HandedHandle | undefined;
}

/** Who may come, and what is heard of those. */
export interface HandleDoorOptions {
  readonly path: string;
  /** Nobody but this user and root can connect. */
  readonly uid: number;
  readonly accept: (socket: LineSocket, handles: Handles) => LineEvents;
}

/** Node's pipe (src/pipe_wrap.cc, src/stream_base.cc). `open` returns libuv's error number. */
interface RawPipe {
  readonly fd: number;
  open(fd: number): number;
  onread: (chunk?: ArrayBuffer) => unknown;
  /** The handle that came with the chunk being read. */
  pendingHandle?: HandedHandle | null;
}

/** `UV_NAMED_PIPE` with ipc set (Node: src/pipe_wrap.h, PipeWrap::IPC). */
const IPC = 2;

/** Where Node keeps the pipe of a socket. */
const HANDLE = '_handle';

/** A connection leaves a closed handle behind that is never freed: no user may make many. */
const MAX_CONNECTIONS = 1000;

/** Listens; makes the folder, which everybody may pass. `close` lets connections go on. Rejects as `openSocketDoor`. */
export function openHandleDoor({ path, uid, accept }: HandleDoorOptions): Promise<SocketDoor> {
  mkdirSync(dirname(path), { recursive: true });
  // Whatever the umask of this process is.
  chmodSync(dirname(path), 0o711);
  let came = 0;
  return openSocketDoor({
    path,
    owner: { uid, gid: -1 },
    isQuiet: true,
    accept(socket) {
      came += 1;
      const carrier = came > MAX_CONNECTIONS ? null : carry(socket);
      if (carrier === null) return void socket.destroy();
      attachLines(carrier.socket, (line) => accept(line, carrier.handles));
    },
  });
}

/** The same connection, read with what comes along. */
function carry(socket: Socket): { readonly socket: Socket; readonly handles: Handles } | null {
  const owner = socket as unknown as { [HANDLE]?: RawPipe | null };
  const plain = owner[HANDLE];
  if (plain === undefined || plain === null || plain.open === undefined) return null;
  const pipe = new (plain.constructor as new (type: number) => RawPipe)(IPC);
  if (pipe.open(plain.fd) !== 0) return null;
  // The descriptor is the new pipe's, which closes it: closed by the old one as well, the number might be somebody else's.
  owner[HANDLE] = null;
  socket.destroy();
  const carrier = new Socket({ handle: pipe } as SocketConstructorOpts);
  const waiting: HandedHandle[] = [];
  const read = pipe.onread;
  pipe.onread = (chunk) => {
    const { pendingHandle } = pipe;
    if (pendingHandle) waiting.push(pendingHandle);
    pipe.pendingHandle = null;
    return read.call(pipe, chunk);
  };
  carrier.once('close', () => {
    for (const handle of waiting.splice(0)) handle.close();
  });
  return { socket: carrier, handles: { take: () => waiting.shift() } };
}
