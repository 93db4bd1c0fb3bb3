// Which process listens on a TCP port, for messages about busy ports. Linux only.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { listeningSockets } from './listening-sockets.ts';
import { listPids } from './process-tree.ts';
import { linkTo, socketLinksOf } from './tcp-table.ts';

const MAX_COMMAND_CHARS = 80;

/** `pid 123 (node server.js)`; for a process of another user, whose descriptors are hidden, `a process of user id 33`; null when nobody listens. */
export function holderOfPort(port: number): string | null {
  const sockets = listeningSockets().filter((socket) => socket.port === port);
  if (sockets.length === 0) return null;
  const links = new Set(sockets.map(({ inode }) => linkTo(inode)));
  const pid = listPids().find((candidate) => socketLinksOf(candidate).some((link) => links.has(link)));
  return pid === undefined ? `a process of user id ${sockets[0]!.user}` : `pid ${pid} (${commandOf(pid)})`;
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
    return ''; // The process ended.
  }
}
