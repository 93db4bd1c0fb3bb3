// Who besides its owner may command the daemon, under PM2's name: PM2_SOCKET_USER and PM2_SOCKET_GROUP. Pure.

/** The account that gets the socket; -1 leaves that half as it is (chown(2)). */
export interface SocketOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Null where neither variable is set. Throws with the value where one is no number, or where `callerUid` may not give files away. */
export function socketOwnerOf(env: Readonly<Record<string, string | undefined>>, callerUid: number): SocketOwner | null {
  const set = ['PM2_SOCKET_USER', 'PM2_SOCKET_GROUP'].filter((variable) => (env[variable] ?? '') !== '');
  if (set.length === 0) return null;
  if (callerUid !== 0)
    throw new Error(`Cannot give the socket away: only root may. Unset ${set.join(' and ')}, or start the daemon as root.`);
  return { uid: readId(env, 'PM2_SOCKET_USER'), gid: readId(env, 'PM2_SOCKET_GROUP') };
}

function readId(env: Readonly<Record<string, string | undefined>>, variable: string): number {
  const text = (env[variable] ?? '').trim();
  if (text === '') return -1;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`Cannot give the socket away: ${variable} is ${JSON.stringify(text)}; accepted: the number of an account, such as 1000.`);
}
