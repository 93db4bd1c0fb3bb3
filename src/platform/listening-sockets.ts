// Which TCP sockets are listening on this machine, and which of them a process tree holds. Linux only, by /proc/net/tcp and /proc/PID/fd (proc(5)).
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { treeOf } from './process-tree.ts';

/** One row of the kernel's tables. */
export interface ListeningSocket {
  /** Of four or eight groups, without abbreviation: `127.0.0.1`, `0:0:0:0:0:0:0:0`. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
  /** User id of the owner. */
  readonly user: string;
}

/** The st column of a listening socket (Linux: include/net/tcp_states.h). */
const LISTENING = '0A';

/** All of this network namespace, IPv4 first. */
export function listeningSockets(): ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(socketsIn);
}

/** Those that `pid` or a descendant holds, the oldest first. Empty for a process of another user, whose descriptors are hidden. */
export function listeningSocketsOf(pid: number): ListeningSocket[] {
  const links = new Set(treeOf(pid).flatMap(socketLinksOf));
  if (links.size === 0) return [];
  const held = listeningSockets().filter(({ inode }) => links.has(linkTo(inode)));
  return held.sort((one, other) => Number(one.inode) - Number(other.inode));
}

/** As /proc/PID/fd shows a socket. */
export function linkTo(inode: string): string {
  return `socket:[${inode}]`;
}

/** The links of all sockets that a process holds. */
export function socketLinksOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder)
      .map((name) => linkOrEmpty(`${folder}/${name}`))
      .filter((link) => link.startsWith('socket:'));
  } catch {
    return []; // It ended, or belongs to another user.
  }
}

function socketsIn(table: string): ListeningSocket[] {
  const rows = readOrEmpty(table).split('\n').slice(1);
  // A busy machine has thousands of rows of other states.
  return rows.filter((row) => row.includes(` ${LISTENING} `)).flatMap(parseRow);
}

function parseRow(row: string): ListeningSocket[] {
  const columns = row.trim().split(/\s+/);
  const [address = '', port = ''] = columns[1]?.split(':') ?? [];
  if (columns[3] !== LISTENING) return [];
  return [{ address: printAddress(address), port: Number.parseInt(port, 16), user: columns[7]!, inode: columns[9]! }];
}

/** The kernel prints 32 bits at a time as a number of the machine, which is little-endian wherever Node runs on Linux but s390x. */
function printAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  return Array.from({ length: 8 }, (_, group) => Number.parseInt(`${bytes[2 * group]}${bytes[2 * group + 1]}`, 16).toString(16)).join(':');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // No IPv6 on this machine.
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Closed meanwhile.
  }
}
