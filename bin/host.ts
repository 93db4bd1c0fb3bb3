// The host process: `host.cjs HOME NAME`. Wires supervisors to real processes and to whatever daemon dials in; decides nothing.
// `host.cjs HOME NAME proof` shows that this build starts, and ends: the one whose place it is to take may be dead by now, and it has no sockets to go on with.
import { existsSync, rmSync, unlink } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createCompression } from '../src/log/compression.ts';
import { createLogFiles } from '../src/log/files.ts';
import { homeAt, hostFiles } from '../src/model/home.ts';
import { doorFor } from '../src/model/preload-protocol.ts';
import type { HostLaunch, HostRecord, NextHost } from '../src/model/protocol.ts';
import { VERSION } from '../src/model/version.ts';
import { discardOutput } from '../src/platform/adopted-child.ts';
import { writeFileAtomic } from '../src/platform/atomic-file.ts';
import { systemClock } from '../src/platform/clock.ts';
import { announceReady, launchDetached } from '../src/platform/detached.ts';
import { createFifos } from '../src/platform/fifos.ts';
import { serveLines } from '../src/platform/line-socket.ts';
import { acquireLock } from '../src/platform/lock.ts';
import type { Lock } from '../src/platform/lock.ts';
import { bootId, isSameProcess, thisProcess } from '../src/platform/proc-stat.ts';
import { createRest, giveMemoryBack } from '../src/platform/rest.ts';
import { userDoors } from '../src/platform/user-door.ts';
import { addTakeover, nextTakeoverAt } from '../src/policy/takeovers.ts';
import { createDaemonWatch } from '../src/supervisor/daemon-watch.ts';
import { createEars } from '../src/supervisor/ears.ts';
import { openDoor } from '../src/supervisor/door.ts';
import { createFeed } from '../src/supervisor/feed.ts';
import { handOver } from '../src/supervisor/hand-over.ts';
import { createLink } from '../src/supervisor/link.ts';
import type { Link } from '../src/supervisor/link.ts';
import { createOutbox } from '../src/supervisor/outbox.ts';
import { readPredecessor, takeSockets } from '../src/supervisor/predecessor.ts';
import { createRealWorld } from '../src/supervisor/real-world.ts';
import { createRecordKeeper } from '../src/supervisor/record.ts';
import type { RecordKeeper } from '../src/supervisor/record.ts';
import { createRoster } from '../src/supervisor/roster.ts';
import type { AddressedCommand, Roster } from '../src/supervisor/roster.ts';
import { createStrangers } from '../src/supervisor/strangers.ts';
import { createSupervisor } from '../src/supervisor/supervisor.ts';
import { createSurvivors } from '../src/supervisor/survivors.ts';
import { receiveFromUsers } from '../src/supervisor/user-doors.ts';

/** How long a host that follows a dead one waits for the daemon to find it. */
const DAEMON_MS = 1000;

/** An answer has left this process by then. */
const ANSWERED_MS = 10;

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
  if (process.argv[4] === 'proof') return announceReady('ready');
  const sockets = takeSockets(process.env);
  const taken = acquireLock(files.lock);
  if (taken === null) {
    // An instance had not seen yet that the next host is there, and has started this one: nobody else removes what it has made for that.
    if (sockets.length > 0) rmSync(files.election, { force: true });
    return announceReady('busy');
  }
  const lock = taken;
  endureMishaps();

  const boot = bootId();
  const doors = userDoors(root, name);
  let closeDoors = (): void => {};
  const predecessor = readPredecessor(files.record, boot);
  const takeovers = takeoversAfter(predecessor);
  const identity = { name, version: VERSION, process: thisProcess() };
  const rest = createRest({ clock: systemClock, tidy: giveMemoryBack });
  const feed = createFeed({ clock: systemClock, deliver: (lines) => link.lines(lines) });
  const ears = createEars({ clock: systemClock, deliver: (messages, dropped) => link.messages(messages, dropped) });
  const survivors = createSurvivors({
    identify: (pid) => world.processes.identify(pid),
    isAlive: isSameProcess,
    unknown: createStrangers({
      clock: systemClock,
      isAlive: isSameProcess,
      signal: (pid, signal) => world.processes.signal(pid, signal, true),
      isServed,
    }),
  });
  const world = createRealWorld({
    preloads: { cluster: join(dist, 'preload-cluster.cjs'), fork: join(dist, 'preload-fork.cjs') },
    fifos,
    files: logs,
    feed,
    random: Math.random,
    speakTo: survivors.speakTo,
    succession: (app) => ({
      app,
      socket: files.socket,
      record: files.record,
      election: files.election,
      log: home.log,
      uid: process.getuid!(),
      doors,
    }),
    ears,
    publish(fact) {
      outbox(fact);
      record.touch();
      rest.stir();
      if (fact.removed) roster.prune();
    },
  });
  const roster: Roster = createRoster({
    create: (release) => createSupervisor(release, world),
    tail: feed.tail,
    reopenLogs: logs.reopen,
    forgotten: feed.forget,
    tookOver(app, what) {
      const event = {
        kind: 'host-took-over',
        host: name,
        pid: process.pid,
        ...what,
        gaveWay: predecessor!.gaveWay,
        at: systemClock.epochMs(),
        app,
        slot: null,
      } as const;
      world.publish({ event, row: null, removed: null, rollout: null });
    },
    emptied: () => {
      closeDoors();
      void leave(lock, record);
    },
  });
  const watch = createDaemonWatch({ clock: systemClock, random: Math.random, launch: launchDaemon });
  const link: Link = createLink({
    identity,
    snapshot: roster.snapshot,
    command(command, reply) {
      if (command.type === 'hand-over') void giveWay(command.to, (error) => reply({ type: 'reply', ticket: command.ticket, error }));
      else roster.take(command as AddressedCommand, reply);
    },
    followChanged: feed.follow,
    hearChanged(isHeard) {
      if (isHeard === ears.isOpen()) return;
      ears.open(isHeard);
      for (const supervisor of roster.supervisors()) supervisor.hear(isHeard);
    },
    daemonGone: (goodbye) => (goodbye ? watch.rest() : watch.vanished()),
  });
  const outbox = createOutbox({ deliver: link.publish, written: () => record.written() });
  const record = createRecordKeeper({
    clock: systemClock,
    identity: {
      name,
      bootId: boot,
      process: identity.process,
      launch: ownLaunch(),
      takeovers,
      nextTakeoverAt: nextTakeoverAt(takeovers),
      gaveWay: false,
    },
    apps: roster.apps,
    write: (text) => writeFileAtomic(files.record, text),
    failed: (error) => console.error(error),
  });

  if (predecessor !== null) {
    // Launched so shortly before the death that no record names them.
    for (const { pid, takesInput } of fifos.keepOnly(livingPids(predecessor)))
      if (takesInput) world.processes.signal(pid, 'SIGKILL', true);
      // Of a cluster: it serves, dials in and is dealt with then.
      else discardOutput(pid, fifos);
    const received = await receiveFromUsers(predecessor, {
      brought: sockets,
      clock: systemClock,
      doorOf: (uid) => doorFor(doors, uid),
      failed: (error) => console.error('host', name, error),
    });
    roster.inherit(received.record, [...sockets, ...received.sockets]);
    closeDoors = received.close;
    received.meet(survivors.accept);
  }
  // Its daemon may have died with the host before; one that lives dials in.
  const stopWaiting = predecessor === null ? (): void => {} : systemClock.setTimer(DAEMON_MS, watch.vanished);
  await serveLines(
    files.socket,
    openDoor({
      daemon(socket) {
        stopWaiting();
        watch.arrived();
        return link.accept(socket);
      },
      survivor: survivors.accept,
    }),
  );
  rmSync(files.election, { force: true });
  record.touch();
  announceReady('ready');

  /** Who has asked hears of it before its connection ends with this process. */
  async function giveWay({ node, script }: NextHost, answer: (error: string | null) => void): Promise<void> {
    const launch = { ...ownLaunch(), file: node, args: [...process.execArgv, script, root, name] };
    const supervisors = roster.supervisors();
    const reason = await handOver(launch, { clock: systemClock, supervisors, record: record.handOver, logsSettled: logs.settled });
    answer(reason);
    if (reason !== null) return;
    await compression.stop();
    closeDoors();
    lock.release();
    systemClock.setTimer(ANSWERED_MS, () => process.exit(0));
  }

  function isServed(app: string): boolean {
    const lives = roster.apps().find(({ release }) => release.spec.name === app)?.lives ?? [];
    return lives.every(({ machine, outlived }) => machine.goal === 'down' || (machine.phase.kind === 'online' && !outlived));
  }
}

/** One that gave way did not die: it does not count. */
function takeoversAfter(predecessor: HostRecord | null): readonly number[] {
  if (predecessor === null) return [];
  return predecessor.gaveWay ? predecessor.takeovers : addTakeover(predecessor.takeovers, systemClock.epochMs());
}

/** How this very process was started. */
function ownLaunch(): HostLaunch {
  return {
    file: process.execPath,
    args: [...process.execArgv, ...process.argv.slice(1)],
    env: { ...process.env } as Record<string, string>,
  };
}

function livingPids({ apps }: HostRecord): ReadonlySet<number> {
  const processes = apps.flatMap(({ instances }) => instances.flatMap((instance) => instance.process ?? []));
  return new Set(processes.filter(isSameProcess).map(({ pid }) => pid));
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
