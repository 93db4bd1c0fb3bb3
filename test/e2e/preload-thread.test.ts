// What a thread of the preload leaves alone when it ends. Here, because a thread that is started from a thread, as unit tests are, does in this as its parent does.
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import type fs from 'node:fs';
import type net from 'node:net';
import type threads from 'node:worker_threads';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startThread } from '../../src/preload/thread.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hf-thread-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens a descriptor, gives it to a socket, which closes it, says its number, and ends when it is told to. */
function borrow(load: NodeJS.Require, { path }: { readonly path: string }): void {
  const { constants, openSync: open } = load('node:fs') as typeof fs;
  const { Socket } = load('node:net') as typeof net;
  const parent = (load('node:worker_threads') as typeof threads).parentPort!;
  const fd = open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  new Socket({ fd, readable: true, writable: false }).on('close', () => parent.postMessage(fd)).destroy();
  parent.once('message', () => parent.close());
}

it("does not close a descriptor that is somebody else's by then", async () => {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const thread = startThread(borrow, { path })!;
  thread.ref();
  const [number] = (await once(thread, 'message')) as [number];
  const opened = [openSync('/dev/null', 'r')];
  while (!opened.includes(number) && opened.length < 100) opened.push(openSync('/dev/null', 'r'));
  expect(opened).toContain(number);
  thread.postMessage('end');
  await once(thread, 'exit');
  for (const fd of opened) {
    expect(fstatSync(fd).isCharacterDevice()).toBe(true);
    closeSync(fd);
  }
});
