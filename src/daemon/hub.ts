// What hosts send only while somebody wants it, lines of output or messages of apps: joins those who do with all hosts. It keeps nothing.
import type { LogLine } from '../model/protocol.ts';
import type { AppMessage } from '../model/self-report.ts';
import type { HostLink } from './host-link.ts';

/** Hears everything of every host; `dropped` counts what was left out on the way because somebody read too slowly, or there was too much of it. */
export type HubListener<T> = (items: readonly T[], dropped: number) => void;

/** Joins readers and hosts. */
export interface Hub<T> {
  /** Returns the function that ends it. */
  follow(listener: HubListener<T>): () => void;
  /** A host has answered: it is told whether anybody reads. */
  greeted(link: HostLink): void;
  received(items: readonly T[], dropped: number): void;
}

export type LineHub = Hub<LogLine>;
export type MessageHub = Hub<AppMessage>;

/** `links` are the hosts connected now; `command` switches it on or off at each. */
export function createHub<T>(links: () => readonly HostLink[], command: 'follow' | 'hear'): Hub<T> {
  const listeners = new Set<HubListener<T>>();

  function tellAll(on: boolean): void {
    for (const link of links()) link.tell({ type: command, on });
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
      if (listeners.size > 0) link.tell({ type: command, on: true });
    },
    received(items, dropped) {
      for (const listener of listeners) listener(items, dropped);
    },
  };
}
