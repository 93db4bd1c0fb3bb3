// Waits for the next host where this one has died. What that takes is loaded only then: not one module for all the others.
import type { Succession, ToPreload } from '../model/preload-protocol.ts';
import type { Channel } from './channel.ts';
import type { Copy } from './listener.ts';
import type { Carrier } from './node-internals.ts';

export interface SurvivorEvents {
  /** The listening sockets that the next host could have from here. */
  readonly copies: () => readonly Copy[];
  /** As `Channel.carrier`: for one that hands them over. */
  readonly carrier: () => Carrier | null;
  /** The next host says something. */
  readonly heard: (message: ToPreload, handle: undefined) => void;
  /** The next host is there, and reads the output. */
  readonly found: () => void;
  /** The next host has died as well. */
  readonly lost: () => void;
}

/** May be called once: it goes on with the host after the next, and so on. */
export function awaitSuccessor(succession: Succession, events: SurvivorEvents): Pick<Channel, 'say'> {
  let line: Pick<Channel, 'say'> | null = null;
  import('./seek-successor.ts')
    .then(({ seekSuccessor }) => void (line = seekSuccessor(succession, events)))
    .catch(() => {
      // An upgrade has taken its file away: this instance goes on alone.
    });
  return { say: (message) => line?.say(message) };
}
