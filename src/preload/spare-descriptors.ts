// Whether this process can open more descriptors.
import fs from 'node:fs';
import { devNull } from 'node:os';

/**
 * Asked before anything is accepted: where libuv has none left for a connection it closes that, and whatever else waits in the kernel's queue, to be rid of it
 * (src/unix/stream.c, uv__emfile_trick). With a queue that all instances share, others would lose theirs.
 */
export function hasSpareDescriptors(count: number): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(fs.openSync(devNull, 'r'));
    return true;
  } catch {
    return false;
  } finally {
    for (const descriptor of opened) fs.closeSync(descriptor);
  }
}
