// Which process listens on a TCP port, for messages about busy ports. Linux only, by /proc/net/tcp and /proc/PID/fd (proc(5)).
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { listPids } from './process-tree.ts';

/** The st column of a listening socket (Linux: include/net/tcp_states.h). */
const LISTENING = '0A';
const MAX_COMMAND_CHARS = 80;

/** `pid 123 (node server.js)`; for a process of another user, whose descriptors are hidden, `a process of user id 33`; null when nobody listens. */
export function holderOfPort(port: number): string | null {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listenersIn(table, port));
  if (sockets.length === 0) return null;
  const links = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
  const pid = listPids().find((candidate) => holdsAny(candidate, links));
  return pid === undefined ? `a process of user id ${sockets[0]!.user}` : `pid ${pid} (${commandOf(pid)})`;
}

interface Listener {
  readonly inode: string;
  readonly user: string;
}

function listenersIn(table: string, port: number): Listener[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readOrEmpty(table)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) === true && columns[3] === LISTENING)
    .map((columns) => ({ user: columns[7]!, inode: columns[9]! }));
}

function holdsAny(pid: number, links: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => links.has(linkOrEmpty(`${folder}/${name}`)));
  } catch {
    return false; // It ended, or belongs to another user.
  }
}

/** The program by its name alone: a long path would leave no room for what tells one `node` from another. */
function commandOf(pid: number): string {
  const [program = '', ...args] = readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
  const name = program.startsWith('/') ? basename(program) : program;
  const command = [name, ...args].join(' ').trim() || readOrEmpty(`/proc/${pid}/comm`).trim();
  return command.length > MAX_COMMAND_CHARS ? `${command.slice(0, MAX_COMMAND_CHARS - 1)}…` : command;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // No IPv6 on this machine, or the process ended.
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Closed meanwhile.
  }
}
