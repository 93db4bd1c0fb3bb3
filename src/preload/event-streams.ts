// Server-sent events: responses that never end by themselves. Their clients come back when they do end, so a drain ends them.
import type { Response } from './node-internals.ts';

/** Whether the response is a stream of events that began with a request which may be asked again: a stream that answers a POST is an answer. */
export function isEventStream({ _header: head, req: request }: Response): boolean {
  return head !== null && /^content-type:\s*text\/event-stream/im.test(head) && request.method === 'GET';
}

/** Whether its client is an `EventSource`, which connects again by itself and says where it was (WHATWG HTML, 9.2.3 and 9.2.4). */
export function isForEventSource({ req: request }: Response): boolean {
  return request.headers.accept?.startsWith('text/event-stream') === true;
}

/**
 * Ends it as the app would, and leaves its connection: the head has promised that another request may come on it, and the client may ask at once.
 * What the app goes on writing is lost, as when the client had gone.
 */
export function endEventStream(response: Response): void {
  if (response.writableEnded) return;
  response.end();
  // Node raises an error, which would end the process, when something is written behind the end.
  response.write = (...given: unknown[]): boolean => {
    callBack(given);
    return true;
  };
  response.end = (...given: unknown[]): Response => {
    callBack(given);
    return response;
  };
}

function callBack(given: readonly unknown[]): void {
  const done = given.at(-1);
  if (typeof done === 'function') process.nextTick(done);
}
