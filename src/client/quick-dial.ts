// Connects to the daemon without node:net, for whom loading it takes longer than all the rest: the command line. What it stands on is undocumented; where that
// is not as it is known, node:net does it.
import { getSystemErrorName } from 'node:util';
import { bindingOf } from './bindings.ts';
import type { Dialled, Wire } from './wire.ts';

/** Of libuv, by way of Node (Node: src/pipe_wrap.cc, src/stream_base.cc). Numbers that are negative are errors. */
interface RawPipe {
  onread?: (bytes?: ArrayBuffer) => void;
  connect(request: object, path: string): number | undefined;
  writeUtf8String(request: object, text: string): number;
  readStart(): number;
  readStop(): number;
  close(): void;
}

interface PipeWrap {
  readonly Pipe: new (type: number) => RawPipe;
  readonly PipeConnectWrap: new () => { oncomplete?: (status: number) => void };
  readonly constants: { readonly SOCKET: number };
}

interface StreamWrap {
  readonly WriteWrap: new () => { oncomplete?: (status: number) => void };
  /** How many bytes have come, or an error, stands there when `onread` is called. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
}

type Parts = PipeWrap & StreamWrap;

/** UV_EOF (libuv: include/uv/errno.h). */
const END = -4095;

/** When so many bytes wait for whoever reads, no more are taken from the kernel. */
const ENOUGH_BYTES = 64 * 1024;

/** As `Dial`. */
export async function dialQuickly(path: string): Promise<Dialled> {
  const wire = await open(path);
  // Also where it fails: so there is one who knows of errors.
  return wire === null ? (await import('./net-dial.ts')).dialByNet(path) : { kind: 'connected', wire };
}

function open(path: string): Promise<Wire | null> {
  const parts = partsOfNode();
  if (parts === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const pipe = new parts.Pipe(parts.constants.SOCKET);
    const request = new parts.PipeConnectWrap();
    request.oncomplete = (status) => {
      if (status === 0) return resolve(wireOver(pipe, parts));
      pipe.close();
      resolve(null);
    };
    const refusal = pipe.connect(request, path) ?? 0;
    if (refusal !== 0) request.oncomplete(refusal);
  });
}

function partsOfNode(): Parts | null {
  const parts = { ...bindingOf<PipeWrap>('pipe_wrap'), ...bindingOf<StreamWrap>('stream_wrap') };
  const { Pipe, PipeConnectWrap, constants, WriteWrap, streamBaseState, kReadBytesOrError } = parts;
  const hasAll = Pipe && PipeConnectWrap && constants && WriteWrap && streamBaseState && kReadBytesOrError !== undefined;
  return hasAll ? { Pipe, PipeConnectWrap, constants, WriteWrap, streamBaseState, kReadBytesOrError } : null;
}

function wireOver(pipe: RawPipe, { WriteWrap, streamBaseState, kReadBytesOrError }: Parts): Wire {
  const come: Buffer[] = [];
  let waitingBytes = 0;
  /** Null: an end without an error. */
  let over: { readonly reason: Error | null } | null = null;
  let isClosed = false;
  let silence: NodeJS.Timeout | undefined;
  let wake = (): void => {};

  pipe.onread = (bytes) => {
    silence?.refresh();
    const count = streamBaseState[kReadBytesOrError]!;
    if (bytes !== undefined && count > 0) {
      come.push(Buffer.from(bytes));
      waitingBytes += count;
      if (waitingBytes >= ENOUGH_BYTES) pipe.readStop();
      wake();
    } else if (count < 0) endAs(count);
  };
  pipe.readStart();

  function endAs(errno: number): void {
    const code = getSystemErrorName(errno);
    over ??= { reason: errno === END ? null : Object.assign(new Error(`the connection broke: ${code}`), { code }) };
    wake();
  }

  function close(reason: Error | null = null): void {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(silence);
    come.length = 0;
    over = { reason };
    pipe.close();
    wake();
  }

  return {
    write(text) {
      const request = new WriteWrap();
      const settle = (status: number): void => (status < 0 ? endAs(status) : undefined);
      request.oncomplete = settle;
      settle(pipe.writeUtf8String(request, text));
    },
    async read() {
      while (come.length === 0 && over === null) await new Promise<void>((resolve) => (wake = resolve));
      const piece = come.shift();
      if (piece === undefined) {
        if (over?.reason) throw over.reason;
        return null;
      }
      if (waitingBytes >= ENOUGH_BYTES && waitingBytes - piece.length < ENOUGH_BYTES && over === null) pipe.readStart();
      waitingBytes -= piece.length;
      return piece;
    },
    limitSilence(silenceMs, reason) {
      silence = setTimeout(() => close(reason), silenceMs).unref();
    },
    close,
  };
}
