// What must not hurt the app when its host dies: sending to it, and writing to output that nobody reads any more.
import type { Disconnect } from './disconnect.ts';

type Output = NodeJS.WriteStream;
type Done = (error: Error | null) => void;
type Send = (message: unknown, handle?: unknown, options?: unknown, done?: Done) => boolean;

/** What Node says when the other end of the channel or of a pipe is gone. */
const GONE = new Set(['ERR_IPC_CHANNEL_CLOSED', 'ERR_IPC_DISCONNECTED', 'EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** Lets the app go on after the death of its host. To be called before the app runs. Returns how many bytes of its output wait in this process. */
export function outliveHost(disconnect: Disconnect): () => number {
  keepSendHarmless(disconnect);
  const streams = [ignoreBrokenPipe('stdout'), ignoreBrokenPipe('stderr')];
  return () => streams.reduce((bytes, stream) => bytes + (stream()?.writableLength ?? 0), 0);
}

/** The same where its output is no pipe that breaks. */
export function keepSendHarmless(disconnect: Disconnect): void {
  const send = process.send!.bind(process) as Send;
  process.send = ((message: unknown, ...rest: unknown[]) => sendHarmlessly(send, { message, rest, disconnect })) as NonNullable<
    typeof process.send
  >;
}

/** Without a host a message is lost, which is no error of the app: it hears what Node says of one that was sent. After a disconnect of its own it hears what Node says then. */
function sendHarmlessly(send: Send, { message, rest, disconnect }: { message: unknown; rest: unknown[]; disconnect: Disconnect }): boolean {
  const at = rest.findIndex((argument) => typeof argument === 'function');
  const done = at < 0 ? null : (rest[at] as Done);
  if (disconnect.isHidden()) {
    if (done !== null) process.nextTick(done, null);
    return true;
  }
  const [handle, options] = at < 0 ? rest : rest.slice(0, at);
  let isLost = false;
  const settle: Done = (error) => {
    isLost = error !== null && !disconnect.wasAsked() && isGone(error);
    if (done !== null) done(isLost ? null : error);
    else if (error !== null && !isLost) process.emit('error' as 'warning', error);
  };
  const isTaken = send(message, handle, options, settle);
  return isTaken || (!process.connected && !disconnect.wasAsked());
}

/** Streams are made when first asked for: so is their listener. Only the host reads these pipes, so a broken one is its death. Returns how to get at the stream without making it. */
function ignoreBrokenPipe(name: 'stdout' | 'stderr'): () => Output | null {
  const property = Object.getOwnPropertyDescriptor(process, name);
  let guarded: Output | null = null;
  if (property?.get === undefined || property.configurable !== true) return () => null;
  Object.defineProperty(process, name, {
    ...property,
    get() {
      const stream = property.get!.call(process) as Output;
      if (stream !== guarded) stream.on('error', (error) => raiseUnlessGone(error, stream));
      guarded = stream;
      return stream;
    },
  });
  return () => guarded;
}

/** A listener takes every error away from Node, so what is not ours is raised as if there were none. */
function raiseUnlessGone(error: Error, stream: Output): void {
  if (!isGone(error) && stream.listenerCount('error') === 1) throw error;
}

function isGone(error: Error): boolean {
  return GONE.has((error as NodeJS.ErrnoException).code ?? '');
}
