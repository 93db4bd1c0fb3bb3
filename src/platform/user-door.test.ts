// Names of sockets that two sides have to find on their own.
import { expect, it } from 'vitest';
import { MAX_SOCKET_PATH_BYTES } from '../model/home.ts';
import { doorFor } from '../model/preload-protocol.ts';
import { userDoors } from './user-door.ts';

const door = (root: string, host: string, uid: number): string => doorFor(userDoors(root, host), uid);

it('is one for each home, host and user', () => {
  const all = [door('/root/.holdfast', 'web', 33), door('/root/.holdfast', 'api', 33), door('/srv', 'web', 33), door('/srv', 'web', 34)];
  expect(new Set(all).size).toBe(4);
  expect(door('/root/.holdfast', 'web', 33)).toBe(all[0]);
});

it('fits into the address of a Unix socket with a draft of its name, whatever the names are', () => {
  expect(door('/x'.repeat(100), 'ü'.repeat(200), 4_294_967_294).length + 1).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
});
