// The line of an instance to the host that follows the one which died: looks for it, takes part in bringing it up, and hears from it what to do.
import net from 'node:net';
import { CMD, doorFor } from '../model/preload-protocol.ts';
import type { HandDown, Succession, SurvivorHello, ToPreload } from '../model/preload-protocol.ts';
import type { Ms } from '../model/units.ts';
import type { SurvivorEvents } from './await-successor.ts';
import type { Channel } from './channel.ts';
import { readLaunch, startHost, winElection } from './election.ts';
import type { Copy } from './listener.ts';
import type { Carrier } from './node-internals.ts';

const FIRST_LOOK_MS: Ms = 20;
const LONGEST_LOOK_MS: Ms = 1000;
/** Nobody has come for so long although any of its instances can start one: a person brings the next host, or nobody does. */
const LOOK_FOR_MS: Ms = 600_000;
/** A host that was started from here and has not come up within this time, doubled with each, will not. */
const PATIENCE_MS: Ms = 5000;
/** One that is known to have ended before it was ready is followed after this time, doubled with each. */
const BREATH_MS: Ms = 50;

/** Begins at once. Nothing of it keeps the process alive. */
export function seekSuccessor(succession: Succession, { copies, carrier, heard, found, lost }: SurvivorEvents): Pick<Channel, 'say'> {
  const uid = process.getuid!();
  const isHeir = uid === succession.uid;
  let line: net.Socket | null = null;
  let lookMs = FIRST_LOOK_MS;
  let sinceMs = Date.now();
  let launches = 0;
  let nextLaunchMs = 0;

  function dial(): void {
    const hands = isHeir ? null : carrier();
    const socket = hands?.socket ?? new net.Socket();
    socket.connect(isHeir ? succession.socket : doorFor(succession.doors, uid));
    socket.unref();
    socket.once('connect', () => meet(socket, hands));
    // `close` follows.
    socket.on('error', () => {});
    socket.once('close', () => (socket === line ? lose() : miss()));
  }

  function meet(socket: net.Socket, hands: Carrier | null): void {
    line = socket;
    launches = 0;
    nextLaunchMs = 0;
    const handed = hands === null ? [] : copies().filter(({ app }) => app === undefined);
    const hello: SurvivorHello = { type: 'survivor', app: succession.app, pid: process.pid, sockets: handed.length };
    socket.write(`${JSON.stringify(hello)}\n`);
    for (const copy of handed) handDown(copy, hands!);
    readLines(socket, (message) => heard(message, undefined));
    found();
  }

  function lose(): void {
    line = null;
    lookMs = FIRST_LOOK_MS;
    sinceMs = Date.now();
    lost();
    miss();
  }

  function miss(): void {
    const nowMs = Date.now();
    if (isHeir && nowMs - sinceMs > LOOK_FOR_MS) return;
    if (isHeir && nowMs >= nextLaunchMs) launch(nowMs);
    setTimeout(dial, lookMs).unref();
    lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS);
  }

  function launch(nowMs: Ms): void {
    const sockets = copies();
    const known = sockets.length === 0 ? null : readLaunch(succession.record);
    if (known === null || nowMs < known.nextTakeoverAt || !winElection(succession.election)) return;
    const doubled = 2 ** launches;
    const attempt = ++launches;
    nextLaunchMs = nowMs + PATIENCE_MS * doubled;
    lookMs = FIRST_LOOK_MS;
    const failed = (): void => {
      if (attempt !== launches) return;
      nextLaunchMs = Date.now() + BREATH_MS * doubled;
      lookMs = FIRST_LOOK_MS;
    };
    try {
      startHost({ launch: known.launch, sockets, failed }, succession);
    } catch {
      // No descriptor or no memory left; others may be better off, or this one later.
    }
  }

  dial();
  return {
    say(message) {
      line?.write(`${JSON.stringify({ cmd: CMD, ...message })}\n`);
    },
  };
}

function handDown({ request, handle }: Copy, { send }: Carrier): void {
  const message: HandDown = { type: 'hand-down', request };
  send(`${JSON.stringify(message)}\n`, handle);
}

function readLines(socket: net.Socket, hear: (message: ToPreload) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const text of lines) hear(JSON.parse(text) as ToPreload);
  });
}
