// Names of users by their numbers.
import os from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { userName } from './accounts.ts';

/** Higher than any that /etc/passwd has. */
const UNKNOWN = 4_000_000_000;

describe('the name of a user', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is that of the system for the one we are, and that of /etc/passwd for another', () => {
    expect(userName(process.getuid!())).toBe(os.userInfo().username);
    expect(userName(0)).toBe('root');
  });

  it('is the number where nobody knows it, also where that is us, as in a container', () => {
    expect(userName(UNKNOWN)).toBe(String(UNKNOWN));
    vi.spyOn(os, 'userInfo').mockImplementation(() => {
      throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
    });
    expect(userName(UNKNOWN)).toBe(String(UNKNOWN));
    expect(userName(0)).toBe('root');
  });
});
