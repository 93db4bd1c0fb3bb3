// The kernel's table of TCP sockets, and who holds one of them. Linux only, by /proc/net/tcp and /proc/PID/fd (proc(5)).
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { treeOf } from './process-tree.ts';

/** One socket of this network namespace. */
export interface TcpRow {
  /** Address and port as the kernel prints them. */
  readonly local: readonly [string, string];
  readonly remote: readonly [string, string];
  readonly state: string;
  /** User id of the owner. */
  readonly user: string;
  readonly inode: string;
}

/** The rows, IPv4 first, whose line contains `text`: a busy machine has thousands, and only a few are worth taking apart. */
export function tcpRowsWith(text: string): TcpRow[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => {
    const lines = readOrEmpty(table).split('\n').slice(1);
    return lines.filter((line) => line.includes(text)).map(parseRow);
  });
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

/** The links of all sockets that `pid` and its descendants hold. */
export function socketLinksOfTree(pid: number): Set<string> {
  return new Set(treeOf(pid).flatMap(socketLinksOf));
}

function parseRow(line: string): TcpRow {
  const columns = line.trim().split(/\s+/);
  const end = (column: number): [string, string] => {
    const [address = '', port = ''] = columns[column]!.split(':');
    return [address, port];
  };
  return { local: end(1), remote: end(2), state: columns[3]!, user: columns[7]!, inode: columns[9]! };
}

/** As in the table. */
export function printPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
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
