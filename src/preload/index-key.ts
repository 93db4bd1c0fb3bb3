// Tells servers of this process apart that listen on the same address, as Node does: the second `listen(0)` is another port than the first.
import type { ServerQuery } from './node-internals.ts';

interface Indexes {
  next: number;
  readonly used: Set<number>;
}

const indexes = new Map<string, Indexes>();

export interface Index {
  readonly index: number;
  /** To be called when the server has closed or could not listen. When none is left, counting starts again (Node: lib/internal/cluster/child.js). */
  release(): void;
}

export function takeIndex({ address, port, addressType, fd }: ServerQuery): Index {
  const key = [address, port, addressType, fd].join(':');
  const entry = indexes.get(key) ?? { next: 0, used: new Set() };
  indexes.set(key, entry);
  const index = entry.next++;
  entry.used.add(index);
  return {
    index,
    release() {
      entry.used.delete(index);
      if (entry.used.size === 0) indexes.delete(key);
    },
  };
}
