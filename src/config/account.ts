// Decides who an app runs as: looks up uid and gid, and says what that user could not get at. It drops no rights.
import { existsSync } from 'node:fs';
import { findGroup, findUser } from '../platform/accounts.ts';
import { whatBars } from '../platform/access.ts';
import type { Report } from './report.ts';
import type { Settings } from './schema.ts';

/** Who an app runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** What tells programs whose they are (environ(7)). */
  readonly variables: Readonly<Record<string, string>>;
}

/** Null where nothing was asked for, or only what is so anyway; also after reporting why it cannot be. */
export function findAccount(settings: Settings, callerUid: number, report: Report): Account | null {
  const { uid: wanted, gid: wantedGroup } = settings;
  if (wanted === undefined && wantedGroup === undefined) return null;
  const user = wanted === undefined ? null : findUser(wanted);
  const uid = user?.uid ?? (wanted === undefined ? callerUid : toNumber(wanted));
  if (uid === null) return refuse('uid', wanted, report);
  const group = wantedGroup === undefined ? (user?.gid ?? null) : (findGroup(wantedGroup) ?? toNumber(wantedGroup));
  if (group === null) return wantedGroup === undefined ? missingGroup(wanted, report) : refuse('gid', wantedGroup, report);
  if (callerUid !== 0) {
    if (uid === callerUid && wantedGroup === undefined) return null;
    report.error(`${wanted === undefined ? 'gid' : 'uid'} needs root, and this is user ${callerUid}`, {
      key: wanted === undefined ? 'gid' : 'uid',
      found: wanted ?? wantedGroup ?? null,
      suggestion: 'Run Holdfast as root, or as that user and without uid and gid.',
    });
    return null;
  }
  const variables = user === null ? {} : { HOME: user.home, USER: user.name, LOGNAME: user.name };
  return { uid, gid: group, variables };
}

/** Root reads everything, so that nobody notices before another user does not. */
export function checkReach(account: Account, files: Readonly<Record<string, string>>, report: Report): void {
  for (const [key, file] of Object.entries(files)) {
    const bar = existsSync(file) ? whatBars(file, account) : null;
    if (bar !== null)
      report.warn(`user ${account.uid} probably cannot use ${key} ${file}: ${bar.path} has mode ${bar.mode}`, { key, found: file });
  }
}

function toNumber(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

function refuse(key: 'uid' | 'gid', wanted: string | undefined, report: Report): null {
  report.error(`${key} is ${JSON.stringify(wanted)}, and there is no such ${key === 'uid' ? 'user' : 'group'}`, {
    key,
    found: wanted ?? null,
  });
  return null;
}

/** With the group of root it would keep rights that nobody meant it to have. */
function missingGroup(wanted: string | undefined, report: Report): null {
  report.error(`uid ${wanted} is in no list of users, so its group is not known`, {
    key: 'uid',
    found: wanted ?? null,
    suggestion: 'Set gid too.',
  });
  return null;
}
