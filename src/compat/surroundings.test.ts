// What PM2's list says of who looks at it.
import os from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { surroundingsOf } from './surroundings.ts';

afterEach(() => void vi.restoreAllMocks());

it('names the user', () => {
  expect(surroundingsOf('/home/me/.holdfast')).toMatchObject({ username: os.userInfo().username, home: '/home/me/.holdfast' });
});

it('gives the number of a user that the system has no entry for, as a container may be run', () => {
  vi.spyOn(os, 'userInfo').mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
  });
  expect(surroundingsOf('/home').username).toBe(String(process.getuid!()));
});
