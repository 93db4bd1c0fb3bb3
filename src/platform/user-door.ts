// Where processes of another user find a host of root's: not in the home directory, which is closed to them.
import { existsSync } from 'node:fs';

/** For what runs until the machine is switched off (hier(7), file-hierarchy(7)); macOS has the second only. */
const FOLDERS = ['/run', '/var/run'];

/** How the paths of a host's sockets for other users begin (`doorFor`). Short enough whatever the names are. */
export function userDoors(root: string, host: string): string {
  const folder = FOLDERS.find((path) => existsSync(path)) ?? FOLDERS[0];
  return `${folder}/holdfast/${digest(`${root}\0${host}`)}`;
}

/** FNV-1a of 64 bits (www.isthe.com/chongo/tech/comp/fnv). With node:crypto every host would load sixteen modules more. */
function digest(text: string): string {
  let hash = 0xcb_f2_9c_e4_84_22_23_25n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x1_00_00_00_01_b3n);
  return hash.toString(16).padStart(16, '0');
}
