// What PM2_SOCKET_USER and PM2_SOCKET_GROUP mean, and what they refuse.
import { expect, it } from 'vitest';
import { socketOwnerOf } from './socket-owner.ts';

it.each([
  [{}, null],
  [{ PM2_SOCKET_USER: '' }, null],
  [{ PM2_SOCKET_USER: '1000' }, { uid: 1000, gid: -1 }],
  [{ PM2_SOCKET_GROUP: '33' }, { uid: -1, gid: 33 }],
  [
    { PM2_SOCKET_USER: '1000', PM2_SOCKET_GROUP: '33' },
    { uid: 1000, gid: 33 },
  ],
])('%j gives the socket to %j', (env, owner) => {
  expect(socketOwnerOf(env, 0)).toEqual(owner);
});

it.each([
  [{ PM2_SOCKET_USER: 'www' }, 0, 'PM2_SOCKET_USER is "www"; accepted: the number of an account, such as 1000.'],
  [{ PM2_SOCKET_GROUP: '-1' }, 0, 'PM2_SOCKET_GROUP is "-1"; accepted: the number of an account, such as 1000.'],
  [{ PM2_SOCKET_USER: '5' }, 1000, 'only root may. Unset PM2_SOCKET_USER, or start the daemon as root.'],
])('%j of user %i is refused', (env, uid, text) => {
  expect(() => socketOwnerOf(env, uid)).toThrow(`Cannot give the socket away: ${text}`);
});
