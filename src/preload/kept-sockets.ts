// Copies of the listening sockets of other apps on this host, kept for the next one. Nothing is ever accepted from them here.
import type { ToPreload } from '../model/preload-protocol.ts';
import type { Copy } from './listener.ts';
import type { RawHandle } from './node-internals.ts';

type Keep = Extract<ToPreload, { act: 'keep' }>;

export interface KeptSockets {
  keep(message: Keep, handle: RawHandle | undefined): void;
  letGo(key: number): void;
  letAllGo(): void;
  copies(): Copy[];
}

export function createKeptSockets(): KeptSockets {
  const kept = new Map<number, { readonly message: Keep; readonly handle: RawHandle }>();

  function letGo(key: number): void {
    kept.get(key)?.handle.close();
    kept.delete(key);
  }

  return {
    keep(message, handle) {
      // Without one where this process has no descriptor left: others keep theirs.
      if (handle !== undefined) kept.set(message.key, { message, handle });
    },
    letGo,
    letAllGo() {
      for (const key of kept.keys()) letGo(key);
    },
    copies: () => Array.from(kept.values(), ({ message: { app, request }, handle }) => ({ app, request, handle })),
  };
}
