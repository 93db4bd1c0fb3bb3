// Node's inspector in another process: has it opened by a signal, and finds where it listens. Linux only.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import { pause } from './clock.ts';
import type { Clock } from './clock.ts';
import { listeningSockets } from './listening-sockets.ts';
import type { ListeningSocket } from './listening-sockets.ts';
import { isSameProcess } from './proc-stat.ts';
import { sendSignal } from './process-tree.ts';
import { linkTo, socketLinksOf } from './tcp-table.ts';

/** What Node opens its inspector at (Node: "Debugger", "Advanced usage"). */
const SIGNAL = 'SIGUSR1';
const POLL_MS: Ms = 20;
/** It answers from a thread of its own, also while the program is busy or stopped at a breakpoint. */
const ANSWER_MS: Ms = 1000;
/** The list of one process is a few hundred bytes. */
const MAX_ANSWER_CHARS = 64 * 1024;

/** What a debugger connects to: `opened` by the signal, or `open` before it. `deaf`: the signal would have ended the process, and was not sent. `silent`: it was sent, and nothing came of it. */
export type Inspection = { readonly kind: 'open' | 'opened'; readonly url: string } | { readonly kind: 'deaf' | 'gone' | 'silent' };

/** Opens the inspector of a Node process, or finds the one that is open; resolves within `limitMs` and the time of an answer. */
export async function openInspector(
  process: ProcessId,
  { clock, limitMs }: { readonly clock: Clock; readonly limitMs: Ms },
): Promise<Inspection> {
  if (!isSameProcess(process)) return { kind: 'gone' };
  const asked = new Set<string>();
  // Before the signal only what is for this machine alone: another socket is more likely the program's own.
  const known = socketsOf(process.pid);
  const url = await askOnce(known.filter(isLoopback), asked);
  if (url !== null) return { kind: 'open', url };
  const isDeaf = !catches(process.pid);
  // Last of all, next to the signal: the kernel reuses numbers.
  if (!isSameProcess(process)) return { kind: 'gone' };
  if (isDeaf) return { kind: 'deaf' };
  sendSignal(process.pid, SIGNAL);
  const inodes = new Set(known.map(({ inode }) => inode));
  const endMs = clock.monotonicMs() + limitMs;
  while (clock.monotonicMs() < endMs) {
    await pause(clock, POLL_MS);
    if (!isSameProcess(process)) return { kind: 'gone' };
    const opened = await askOnce(
      socketsOf(process.pid).filter(({ inode }) => !inodes.has(inode)),
      asked,
    );
    if (opened !== null) return { kind: 'opened', url: opened };
  }
  return { kind: 'silent' };
}

function socketsOf(pid: number): ListeningSocket[] {
  const links = new Set(socketLinksOf(pid));
  return listeningSockets().filter(({ inode }) => links.has(linkTo(inode)));
}

function isLoopback({ address }: ListeningSocket): boolean {
  return address.startsWith('127.') || address === '0:0:0:0:0:0:0:1';
}

/** The first that answers as an inspector. */
async function askOnce(sockets: readonly ListeningSocket[], asked: Set<string>): Promise<string | null> {
  for (const socket of sockets) {
    if (asked.has(socket.inode)) continue;
    asked.add(socket.inode);
    const url = await askForTarget(socket);
    if (url !== null) return url;
  }
  return null;
}

/** `GET /json/list` of the DevTools protocol ("HTTP Endpoints"); null when that is not what listens there. */
function askForTarget({ address, port }: ListeningSocket): Promise<string | null> {
  return new Promise((resolve) => {
    const host = address === '0.0.0.0' ? '127.0.0.1' : address === '0:0:0:0:0:0:0:0' ? '::1' : address;
    const request = http.get({ host, port, path: '/json/list', agent: false, timeout: ANSWER_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > MAX_ANSWER_CHARS) request.destroy();
      });
      response.on('close', () => resolve(urlIn(text)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null)); // It closed meanwhile, or speaks something else.
  });
}

function urlIn(text: string): string | null {
  try {
    const [target] = JSON.parse(text) as readonly { readonly webSocketDebuggerUrl?: unknown }[];
    return typeof target?.webSocketDebuggerUrl === 'string' ? target.webSocketDebuggerUrl : null;
  } catch {
    return null; // Somebody else's answer.
  }
}

/** Whether the process has a handler for the signal (proc(5), /proc/PID/status, SigCgt): the default is to end by it, as Node does with --disable-sigusr1. */
function catches(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readStatus(pid))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(os.constants.signals[SIGNAL] - 1)) & 1n) === 1n;
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return ''; // It ended.
  }
}
