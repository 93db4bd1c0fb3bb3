// Loaded before the app in an instance of cluster mode: its servers listen through the supervisor, drain when told, and outlive the host.
import type { Succession, ToPreload } from '../model/preload-protocol.ts';
import { awaitReader } from './await-reader.ts';
import { awaitSuccessor } from './await-successor.ts';
import { openChannel } from './channel.ts';
import type { Channel } from './channel.ts';
import { followConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import { watchDisconnect } from './disconnect.ts';
import { startDrain } from './drain.ts';
import { announceExit } from './exiting.ts';
import { outliveHost } from './host-death.ts';
import { readBeforeTimeouts } from './late-timeouts.ts';
import { createKeptSockets } from './kept-sockets.ts';
import { createListeners } from './listener.ts';
import { enterManaged } from './managed.ts';
import { limitMessages } from './messages.ts';
import { startLoopWatch } from './watch-loop.ts';
import type { Copy } from './listener.ts';
import type { ClusterServer, RawHandle } from './node-internals.ts';
import { createOpenCount } from './open-count.ts';
import { reportUncaught } from './uncaught.ts';
import { listenOnlyForApp } from './worker-messages.ts';

function balance(): void {
  const followed = new WeakMap<ClusterServer, Connections>();
  const active = new Set<Connections>();
  let giveUpDrain: (() => void) | null = null;
  let isAlone = false;
  let succession: Succession | null = null;
  let say: Channel['say'] = (message) => channel.say(message);
  const channel = openChannel({ heard, ended });
  const listeners = createListeners({ channel, opened, handed: (connection) => openCount.follow(connection) });
  const kept = createKeptSockets();
  const openCount = createOpenCount(channel, listeners.servers);
  const disconnect = watchDisconnect(listeners.servers);
  const reader = awaitReader({ backlog: outliveHost(disconnect), dropped: (bytes) => say({ act: 'dropped', bytes }) });
  const messages = limitMessages(channel);
  listenOnlyForApp();
  reportUncaught(channel);
  announceExit(channel, () => listeners.exiting());
  channel.say({ act: 'hello', nodeVersion: process.version });

  function opened(server: ClusterServer): void {
    const connections = followed.get(server) ?? follow(server);
    // A server that has stopped listening is done with only when its last connection has ended.
    active.add(connections);
    server.once('close', () => active.delete(connections));
  }

  function follow(server: ClusterServer): Connections {
    readBeforeTimeouts(server);
    const connections = followConnections(server);
    followed.set(server, connections);
    return connections;
  }

  function heard(message: ToPreload, handle: RawHandle | undefined): void {
    switch (message.act) {
      case 'listening':
        return listeners.answered(message, handle);
      case 'connection':
        return listeners.connected(message, handle);
      case 'baton':
        return listeners.baton(message, handle);
      case 'withdraw':
        return listeners.withdraw(message.id);
      case 'release':
        return listeners.release();
      case 'accept':
        return listeners.accept(message.on);
      case 'count-open':
        return openCount.start();
      case 'keep':
        return kept.keep(message, handle);
      case 'let-go':
        return kept.letGo(message.key);
      case 'drain':
        if (isAlone) releaseAll();
        return drain(message);
      case 'warm-up':
        return warmUp();
      case 'hear':
        return messages.hear(message.on);
      case 'succession':
        succession = message;
        return;
      case 'watch-loop':
        return startLoopWatch(message, channel);
      default:
        return message satisfies never;
    }
  }

  function releaseAll(): void {
    listeners.release();
    kept.letAllGo();
  }

  function copies(): Copy[] {
    return [...listeners.copies(), ...kept.copies()];
  }

  function drain({ idleMs, timeoutMs }: Extract<ToPreload, { act: 'drain' }>): void {
    giveUpDrain?.();
    giveUpDrain = startDrain({ servers: [...active], idleMs, timeoutMs, done: (report) => say({ act: 'drained', report }) });
  }

  /** Loaded only then, and where the app has loaded node:http itself. */
  function warmUp(): void {
    if (![...active].some(({ speaksHttp }) => speaksHttp)) return;
    import('./warm-up.ts')
      .then((module) => module.warmUp())
      .catch(() => {
        // An upgrade has taken its file away: the first answer takes a little longer.
      });
  }

  function ended(proceed: () => void): void {
    disconnect.goUnnoticed(proceed);
    if (!disconnect.wasAsked()) onHostGone();
  }

  /** Whoever else has to be told that the host has died is told here. */
  function onHostGone(): void {
    serveAlone();
    if (succession === null) return;
    const { say: sayOn } = awaitSuccessor(succession, { copies, carrier: channel.carrier, heard, found: reader.found, lost: serveAlone });
    say = sayOn;
  }

  function serveAlone(): void {
    isAlone = true;
    reader.lost();
    listeners.goDirect(succession !== null);
    // Who told it to go is gone: as long as it can be reached it serves.
    if (listeners.copies().length > 0) giveUpDrain?.();
  }
}

if (enterManaged('cluster')) balance();
