// The daemon's process: takes the lock, starts the daemon, and ends it on signals. `daemon.cjs HOME_ROOT`, started detached by the CLI or by a host.
import fs from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import { livePm2 } from '../src/compat/live-pm2.ts';
import { pm2FilesIn } from '../src/compat/pm2-name.ts';
import type { Pm2Files } from '../src/compat/pm2-name.ts';
import { socketOwnerOf } from '../src/compat/socket-owner.ts';
import type { SocketOwner } from '../src/compat/socket-owner.ts';
import { startDaemon } from '../src/daemon/daemon.ts';
import type { Daemon } from '../src/daemon/daemon.ts';
import { homeAt } from '../src/model/home.ts';
import type { Home } from '../src/model/home.ts';
import { VERSION } from '../src/model/version.ts';
import { systemClock } from '../src/platform/clock.ts';
import { announceReady, launchDetached } from '../src/platform/detached.ts';
import { holdsListeningSocket } from '../src/platform/listening-sockets.ts';
import { acquireLock } from '../src/platform/lock.ts';
import type { Lock } from '../src/platform/lock.ts';
import { bootId, startTimeOf, userOf } from '../src/platform/proc-stat.ts';
import { createRest, giveMemoryBack } from '../src/platform/rest.ts';
import type { Pm2Place } from './pm2-place.ts';

/** The optimising compilers make a process grow that answers a few requests a day. Maglev is there since V8 11.7 (Node 22); an unknown flag would be complained about. */
function keepSmall(): void {
  v8.setFlagsFromString('--no-opt');
  v8.setFlagsFromString('--optimize-for-size');
  if (Number(process.versions.node.split('.')[0]) >= 22) v8.setFlagsFromString('--no-maglev');
}

/** A line of daemon.log that is no event: something of ours is broken. */
function reportDefect(home: Home, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  try {
    fs.appendFileSync(home.log, `${new Date().toISOString()} Holdfast defect: ${text.replaceAll(/\s*\n\s*/g, ' | ')}\n`, { mode: 0o600 });
  } catch {
    // The disk refuses: there is nobody left to tell.
  }
}

function distFolder(): string {
  return path.dirname(path.resolve(process.argv[1]!));
}

function hostScript(): string {
  return path.join(distFolder(), 'host.cjs');
}

async function launchHost(home: Home, name: string, ...how: 'proof'[]): Promise<void> {
  await launchDetached({ script: hostScript(), args: [home.root, name, ...how], env: process.env, cwd: home.root, logFile: home.log });
}

async function main(): Promise<void> {
  keepSmall();
  process.title = 'holdfast: daemon';
  const root = process.argv[2];
  if (root === undefined || !path.isAbsolute(root))
    throw new Error('Cannot start the daemon: its first argument must be the absolute path of the home directory.');
  const home = homeAt(path.resolve(root));
  for (const folder of [home.root, home.hosts]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = filesInPlaceOfPm2(home);
  const owner = files === null ? null : socketOwnerOf(process.env, process.getuid!());
  const lock = acquireLock(home.lock);
  if (lock === null) {
    announceReady('busy');
    process.exit(0);
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, (error) => crash(home, error));
  const daemon = await startDaemon({
    home,
    version: VERSION,
    pid: process.pid,
    bootId: bootId(),
    clock: systemClock,
    nextHost: { node: process.execPath, script: hostScript() },
    launchHost: (name) => launchHost(home, name),
    proveHost: (name) => launchHost(home, name, 'proof'),
    holdsSocket: holdsListeningSocket,
    isOurs: (pid) => userOf(pid) === process.getuid!(),
    stirred: createRest({ clock: systemClock, tidy: giveMemoryBack }).stir,
    killed: () => end(home, lock, 'killed'),
    told: files === null ? undefined : (await import('./keep-pm2-log.ts')).keepPm2Log(files.log, process.env, systemClock),
    eventCopy: files?.log ?? null,
    defect: (error) => reportDefect(home, error),
  });
  const leave = (): void => void quit(daemon, home, lock);
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  process.on('SIGUSR2', () => daemon.reopenLogs());
  if (owner !== null) giveSocket(home, owner);
  if (files !== null) pm2Place = await takePm2Place(home, files, owner);
  announceReady('ready');
}

/** Who is to use the socket has to pass the home, and may not read what is in it. */
function giveSocket({ root, socket }: Home, { uid, gid }: SocketOwner): void {
  fs.chownSync(socket, uid, gid);
  fs.chmodSync(socket, 0o660);
  fs.chmodSync(root, 0o711);
}

let isQuitting = false;
let pm2Place: Pm2Place | null = null;

async function quit(daemon: Daemon, home: Home, lock: Lock): Promise<void> {
  if (isQuitting) return;
  isQuitting = true;
  await daemon.leave();
  end(home, lock, 'leaving');
}

/** What PM2 has in this home; null where that is not PM2's, or where PM2 itself lives, beside which a host may have brought this daemon back. */
function filesInPlaceOfPm2(home: Home): Pm2Files | null {
  const files = pm2FilesIn(home.root, process.env);
  const theirs = files === null ? null : livePm2(home.root, (pid) => startTimeOf(pid) !== null);
  if (theirs === null) return files;
  reportDefect(home, `Cannot stand in for PM2 in ${home.root}: PM2 itself runs there (pid ${theirs}).`);
  return null;
}

/** For programs and scripts that look into PM2's home; nothing of ours does. */
async function takePm2Place(home: Home, files: Pm2Files, owner: SocketOwner | null): Promise<Pm2Place> {
  const place = await import('./pm2-place.ts');
  const trouble = (text: string): void => reportDefect(home, text);
  return place.takePm2Place({ home, files, owner, env: process.env, dist: distFolder(), pid: process.pid, trouble });
}

function end(home: Home, lock: Lock, how: 'killed' | 'leaving'): never {
  pm2Place?.leave(how);
  fs.rmSync(home.socket, { force: true });
  lock.release();
  process.exit(0);
}

/** Hosts bring back a daemon that did not say goodbye; its lock dies with it. */
function crash(home: Home, error: unknown): never {
  reportDefect(home, error);
  process.exit(1);
}

// Meant for terminals; a daemon has none.
process.on('SIGHUP', () => undefined);

main().catch((error: unknown) => {
  announceReady((error as Error).message);
  if (process.argv[2] !== undefined) reportDefect(homeAt(path.resolve(process.argv[2])), error);
  process.exit(1);
});
