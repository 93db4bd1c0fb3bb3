// Who of several instances starts the next host, and how it is started. When that is due is decided elsewhere.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Socket } from 'node:net';
import { SOCKETS_VARIABLE } from '../model/preload-protocol.ts';
import type { InheritedSocket, Succession } from '../model/preload-protocol.ts';
import type { HostLaunch, HostRecord } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Copy } from './listener.ts';

/** Whoever was elected has started a host long before that, or never will. */
const STALE_AFTER_MS: Ms = 10_000;

/** On it a host says that it is ready, or that another one is there (platform/detached.ts). The descriptors before it are input, output and errors. */
const WORD_FD = 3;
const FIRST_SOCKET_FD = 4;

/**
 * True for one of those that ask at the same time. The file stays until the next host removes it. It only keeps others from starting a process for
 * nothing: which host is the one is decided by the host's own lock. False as well where this user may not write there.
 */
export function winElection(file: string): boolean {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    return removeStale(file);
  }
}

/** False in any case: it is for the next look to win. */
function removeStale(file: string): boolean {
  try {
    const owner = Number(fs.readFileSync(file, 'utf8'));
    const isStale = owner === process.pid || Date.now() - fs.statSync(file).mtimeMs > STALE_AFTER_MS || !isThere(owner);
    if (isStale) fs.unlinkSync(file);
  } catch {
    // It is gone, or nothing that this user may read.
  }
  return false;
}

function isThere(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** How the dead host was started, and from when on another one may be; null where that cannot be known. */
export function readLaunch(file: string): Pick<HostRecord, 'launch' | 'nextTakeoverAt'> | null {
  try {
    const { launch, nextTakeoverAt } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<HostRecord>;
    return launch === undefined || nextTakeoverAt === undefined ? null : { launch, nextTakeoverAt };
  } catch {
    return null;
  }
}

export interface HostStart {
  readonly launch: HostLaunch;
  readonly sockets: readonly Copy[];
  /** It has ended before it was ready. Called at most once; that a host is ready shows its socket. */
  readonly failed: () => void;
}

/** Starts a host that listens on these sockets, as an orphan: it must not be found among the descendants of an instance, which are ended with it. */
export function startHost({ launch: { file, args, env }, sockets, failed }: HostStart, { app, log }: Succession): void {
  const passed = sockets.map((copy, index): InheritedSocket => ({
    app: copy.app ?? app,
    request: copy.request,
    fd: FIRST_SOCKET_FD + index,
  }));
  const output = fs.openSync(log, 'a', 0o600);
  const shell = spawn('/bin/sh', ['-c', '"$@" &', 'holdfast', file, ...args], {
    cwd: '/',
    env: { ...env, [SOCKETS_VARIABLE]: JSON.stringify(passed) },
    detached: true,
    stdio: ['ignore', output, output, 'pipe', ...sockets.map(({ handle }) => handle.fd ?? -1)],
  });
  fs.closeSync(output);
  shell.on('error', () => {});
  shell.unref();
  awaitWord(shell.stdio[WORD_FD] as Socket, failed);
}

/** Whoever holds the other end has closed it when it ends, however that happens. */
function awaitWord(pipe: Socket, failed: () => void): void {
  let isSaid = false;
  pipe.unref();
  pipe.once('data', () => void (isSaid = true));
  // `close` follows.
  pipe.on('error', () => {});
  pipe.once('close', () => {
    if (!isSaid) failed();
  });
}
