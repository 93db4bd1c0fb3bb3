// Whose apps a unit starts, as /etc/passwd has them. A user of another directory is in none of these answers.
import { findUser } from '../platform/accounts.ts';

/** The name of a user by number; null where it has none. */
export function findUserName(uid: number): string | null {
  return findUser(String(uid))?.name ?? null;
}

/** The home folder of a user by name; null for an unknown one. */
export function findHomeOf(user: string): string | null {
  return findUser(user)?.home ?? null;
}
