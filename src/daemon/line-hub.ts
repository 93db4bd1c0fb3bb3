// The live lines of all hosts, asked for only while somebody reads them. It keeps none.
import type { LogLine } from '../model/protocol.ts';
import type { HostLink } from './host-link.ts';

/** Hears every line of every host; `dropped` counts lines that a host left out because this daemon read too slowly. */
export type LineListener = (lines: readonly LogLine[], dropped: number) => void;

/** Joins readers and hosts. */
export interface LineHub {
  /** Returns the function that ends it. */
  follow(listener: LineListener): () => void;
  /** A host has answered: it is told whether anybody reads. */
  greeted(link: HostLink): void;
  received(lines: readonly LogLine[], dropped: number): void;
}

/** `links` are the hosts connected now. */
export function createLineHub(links: () => readonly HostLink[]): LineHub {
  const listeners = new Set<LineListener>();

  function tellAll(on: boolean): void {
    for (const link of links()) link.tell({ type: 'follow', on });
  }

  return {
    follow(listener) {
      listeners.add(listener);
      if (listeners.size === 1) tellAll(true);
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) tellAll(false);
      };
    },
    greeted(link) {
      if (listeners.size > 0) link.tell({ type: 'follow', on: true });
    },
    received(lines, dropped) {
      for (const listener of listeners) listener(lines, dropped);
    },
  };
}
