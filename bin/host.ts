// The host process: `host.cjs HOME NAME`. Wires supervisors to real processes and to whatever daemon dials in; decides nothing.
import { existsSync, unlink } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createCompression } from '../src/log/compression.ts';
import { createLogFiles } from '../src/log/files.ts';
import { homeAt, hostFiles } from '../src/model/home.ts';
import type { HostLaunch } from '../src/model/protocol.ts';
import { VERSION } from '../src/model/version.ts';
import { writeFileAtomic } from '../src/platform/atomic-file.ts';
import { systemClock } from '../src/platform/clock.ts';
import { announceReady, launchDetached } from '../src/platform/detached.ts';
import { createFifos } from '../src/platform/fifos.ts';
import { serveLines } from '../src/platform/line-socket.ts';
import { acquireLock } from '../src/platform/lock.ts';
import type { Lock } from '../src/platform/lock.ts';
import { bootId, thisProcess } from '../src/platform/proc-stat.ts';
import { createRest, giveMemoryBack } from '../src/platform/rest.ts';
import { createDaemonWatch } from '../src/supervisor/daemon-watch.ts';
import { createFeed } from '../src/supervisor/feed.ts';
import { createLink } from '../src/supervisor/link.ts';
import type { Link } from '../src/supervisor/link.ts';
import { createRealWorld } from '../src/supervisor/real-world.ts';
import { createRecordKeeper } from '../src/supervisor/record.ts';
import type { RecordKeeper } from '../src/supervisor/record.ts';
import { createRoster } from '../src/supervisor/roster.ts';
import type { AddressedCommand, Roster } from '../src/supervisor/roster.ts';
import { createSupervisor } from '../src/supervisor/supervisor.ts';

const root = process.argv[2] ?? '';
const name = process.argv[3] ?? '';
const dist = dirname(process.argv[1]!);
const home = homeAt(root);
const files = hostFiles(home, name);
const fifos = createFifos(files.pipes);
const compression = createCompression(join(dist, 'compress.cjs'));
const logs = createLogFiles({ clock: systemClock, compress: compression.compress });

async function main(): Promise<void> {
  process.title = `holdfast: host ${name}`;
  const lock = acquireLock(files.lock);
  if (lock === null) return announceReady('busy');
  endureMishaps();

  const identity = { name, version: VERSION, process: thisProcess() };
  const rest = createRest({ clock: systemClock, tidy: giveMemoryBack });
  const feed = createFeed({ clock: systemClock, deliver: (lines) => link.lines(lines) });
  const world = createRealWorld({
    preloads: { cluster: join(dist, 'preload-cluster.cjs'), fork: join(dist, 'preload-fork.cjs') },
    fifos,
    files: logs,
    feed,
    random: Math.random,
    publish(fact) {
      link.publish(fact);
      record.touch();
      rest.stir();
      if (fact.removed) roster.prune();
    },
  });
  const roster: Roster = createRoster({
    create: (release) => createSupervisor(release, world),
    tail: feed.tail,
    forgotten: feed.forget,
    emptied: () => void leave(lock, record),
  });
  const watch = createDaemonWatch({ clock: systemClock, random: Math.random, launch: launchDaemon });
  const link: Link = createLink({
    identity,
    snapshot: roster.snapshot,
    command: (command, reply) => roster.take(command as AddressedCommand, reply),
    followChanged: feed.follow,
    daemonGone: (goodbye) => (goodbye ? watch.rest() : watch.vanished()),
  });
  const record = createRecordKeeper({
    clock: systemClock,
    identity: { name, bootId: bootId(), process: identity.process, launch: ownLaunch(), takeovers: [] },
    apps: roster.apps,
    write: (text) => writeFileAtomic(files.record, text),
    failed: (error) => console.error(error),
  });

  await serveLines(files.socket, (socket) => {
    watch.arrived();
    return link.accept(socket);
  });
  record.touch();
  announceReady('ready');
}

/** How this very process was started. */
function ownLaunch(): HostLaunch {
  return { file: process.execPath, args: [...process.execArgv, process.argv[1]!], env: { ...process.env } as Record<string, string> };
}

/** A host must not end by a defect of its own: what is written here is in daemon.log, and the apps go on. */
function endureMishaps(): void {
  process.on('uncaughtException', (error) => console.error('host', name, error));
  process.on('unhandledRejection', (error) => console.error('host', name, error));
  process.on('SIGHUP', () => {});
  process.on('SIGUSR2', logs.reopen);
}

async function launchDaemon(): Promise<void> {
  // A home that was removed wants no daemon.
  if (!existsSync(root)) return;
  await launchDetached({ script: join(dist, 'daemon.cjs'), args: [root], env: process.env, cwd: '/', logFile: home.log });
}

/** Everything was asked to stop and did. What names this host is removed, so that nobody looks for it. */
async function leave(lock: Lock, record: RecordKeeper): Promise<void> {
  await Promise.all([record.close(), logs.settled(), compression.stop()]);
  const remove = promisify(unlink);
  await Promise.allSettled([remove(files.socket), remove(files.record)]);
  fifos.removeAll();
  lock.release();
  process.exit(0);
}

main().catch((error: unknown) => {
  announceReady(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
