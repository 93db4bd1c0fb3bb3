// The kernel's table of TCP sockets, and who holds one of them. Linux only, by /proc/net/tcp and /proc/PID/fd (proc(5)).
import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { treeOf } from './process-tree.ts';

/** One socket of this network namespace. */
export interface TcpRow {
  /** Address and port as the kernel prints them. */
  readonly local: readonly [string, string];
  readonly remote: readonly [string, string];
  /** User id of the owner. */
  readonly user: string;
  readonly inode: string;
}

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** The st column of a listening socket (Linux: include/net/tcp_states.h). */
const LISTENING = ' 0A ';
const CHUNK_BYTES = 16_384;

/** The rows, IPv4 first, whose line contains `text`: a busy machine has tens of thousands, and only a few are worth taking apart. */
export function tcpRowsWith(text: string): TcpRow[] {
  return TABLES.flatMap((table) => {
    const lines = readOrEmpty(table).split('\n').slice(1);
    return lines.filter((line) => line.includes(text)).map(parseRow);
  });
}

/**
 * Those that listen, IPv4 first. The kernel prints them before all others (Linux: net/ipv4/tcp_ipv4.c, tcp_get_idx), and prints while it is read: where
 * clients come and go it would be at it for a fifth of a second, and nothing else happens in the process that asks.
 */
export function listeningRows(): TcpRow[] {
  return TABLES.flatMap((table) => listeningLines(table).map(parseRow));
}

function listeningLines(table: string): string[] {
  let file: number;
  try {
    file = openSync(table, 'r');
  } catch {
    return []; // No IPv6 on this machine.
  }
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let text = '';
    for (;;) {
      const bytes = readSync(file, chunk);
      text += chunk.toString('latin1', 0, bytes);
      const rows = text.split('\n').slice(1, -1);
      const end = rows.findIndex((row) => !row.includes(LISTENING));
      if (end >= 0) return rows.slice(0, end);
      if (bytes === 0) return rows;
    }
  } finally {
    closeSync(file);
  }
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
  return { local: end(1), remote: end(2), user: columns[7]!, inode: columns[9]! };
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
