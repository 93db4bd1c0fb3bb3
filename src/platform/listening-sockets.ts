// Which sockets are listening on this machine, and which of them a process tree holds. Linux only.
import { fstatSync, readFileSync } from 'node:fs';
import { linkTo, listeningRows, socketLinksOfTree } from './tcp-table.ts';

export interface ListeningSocket {
  /** Of four or eight groups, without abbreviation: `127.0.0.1`, `0:0:0:0:0:0:0:0`. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
  /** User id of the owner. */
  readonly user: string;
}

/** All of this network namespace, IPv4 first. */
export function listeningSockets(): ListeningSocket[] {
  return listeningRows().map(({ local: [address, port], user, inode }) => ({
    address: printAddress(address),
    port: Number.parseInt(port, 16),
    user,
    inode,
  }));
}

/** Those that `pid` or a descendant holds, the oldest first. Empty for a process of another user, whose descriptors are hidden. */
export function listeningSocketsOf(pid: number): ListeningSocket[] {
  const links = socketLinksOfTree(pid);
  if (links.size === 0) return [];
  const held = listeningSockets().filter(({ inode }) => links.has(linkTo(inode)));
  return held.sort((one, other) => Number(one.inode) - Number(other.inode));
}

/** Whether `pid` or a descendant holds a listening socket, of TCP or under a path. Also where it only has a copy of one from which others accept. */
export function holdsListeningSocket(pid: number): boolean {
  const links = socketLinksOfTree(pid);
  return (
    links.size > 0 && (listeningSockets().some(({ inode }) => links.has(linkTo(inode))) || unixListeners().some((link) => links.has(link)))
  );
}

/** Whether this open descriptor is the Unix socket that listens under that path, as whoever bound it named it. */
export function listensAt(fd: number, path: string): boolean {
  const inode = String(fstatSync(fd).ino);
  return unixTable().some((row) => ACCEPTS.exec(row)?.[1] === inode && row.endsWith(` ${path}`));
}

/** __SO_ACCEPTCON in the column Flags (Linux: include/uapi/linux/net.h; net/unix/af_unix.c, unix_seq_show). */
const ACCEPTS = /^\S+ \S+ \S+ 00010000 \S+ \S+ +(\d+)/;

function unixListeners(): string[] {
  return unixTable()
    .flatMap((row) => ACCEPTS.exec(row)?.[1] ?? [])
    .map(linkTo);
}

function unixTable(): string[] {
  return readFileSync('/proc/net/unix', 'utf8').split('\n');
}

/** The kernel prints 32 bits at a time as a number of the machine, which is little-endian wherever Node runs on Linux but s390x. */
function printAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  return Array.from({ length: 8 }, (_, group) => Number.parseInt(`${bytes[2 * group]}${bytes[2 * group + 1]}`, 16).toString(16)).join(':');
}
