// Gives the memory of large buffers back as soon as they are done with. The garbage collector lets 32 MB and more of it gather, and touches new memory all the time.
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

let sink: MessagePort | null = null;

/** Nothing may look at the buffer afterwards, nor at anything else in its ArrayBuffer: they are empty then. */
export function giveBack({ buffer }: Buffer): void {
  sink ??= closedPort();
  // What is transferred to a port that nobody listens to is freed at once; ArrayBuffer.transfer() is not in Node 20.
  sink.postMessage(null, [buffer as ArrayBuffer]);
}

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.close();
  port2.close();
  return port1;
}
