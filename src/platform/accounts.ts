// Users and groups of this machine, as /etc/passwd and /etc/group have them (passwd(5), group(5)). It changes no identity.
import { readFileSync } from 'node:fs';
import os from 'node:os';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A user by name, or by number in digits; null where none is called that. */
export function findUser(wanted: string): User | null {
  const row = rowsOf('/etc/passwd').find(([name, , uid]) => name === wanted || uid === wanted);
  return row === undefined ? null : { name: row[0]!, uid: Number(row[2]), gid: Number(row[3]), home: row[5] ?? '/' };
}

/** The name of a user by number; its digits where nobody knows it, as in a container that is run under any number. */
export function userName(uid: number): string {
  try {
    const own = os.userInfo();
    if (own.uid === uid) return own.username; // also from a directory such as LDAP
  } catch {
    // the system has no entry for us (getpwuid(3) found none)
  }
  return findUser(String(uid))?.name ?? String(uid);
}

/** The number of a group by name or number; null where none is called that. */
export function findGroup(wanted: string): number | null {
  const row = rowsOf('/etc/group').find(([name, , gid]) => name === wanted || gid === wanted);
  return row === undefined ? null : Number(row[2]);
}

function rowsOf(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(':'));
  } catch {
    return []; // a container from scratch has neither file: numbers are all there is
  }
}
