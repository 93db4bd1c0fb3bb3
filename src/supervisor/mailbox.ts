// One queue for everything that is asked of an app or happens to it: handled in order, one at a time, each stamped with its moment.
import type { Ms } from '../model/units.ts';

export interface Mailbox<M> {
  /** Queues a message. It is handled before `post` returns, unless one is being handled already or the mailbox is held. */
  post(message: M): void;
  /** Keeps what comes until `release`; several holds need as many releases. */
  hold(): void;
  release(): void;
}

/** Creates a mailbox. `handle` may post: what it posts is handled after it returns, behind what already waits. `now` is the monotonic clock. */
export function createMailbox<M>(handle: (message: M, nowMs: Ms) => void, now: () => Ms): Mailbox<M> {
  const queue: M[] = [];
  let holds = 0;
  let isBusy = false;

  function drain(): void {
    if (isBusy) return;
    isBusy = true;
    try {
      while (holds === 0 && queue.length > 0) handle(queue.shift()!, now());
    } finally {
      isBusy = false;
    }
  }

  return {
    post(message) {
      queue.push(message);
      drain();
    },
    hold() {
      holds += 1;
    },
    release() {
      holds -= 1;
      drain();
    },
  };
}
