// The host's side of the conversation with the daemon: numbered facts, a bounded ring of those not yet acknowledged, snapshots.
import { PROTOCOL } from '../model/protocol.ts';
import type { AppSnapshot, Fact, HostCommand, HostMessage, LogLine, ProcessId } from '../model/protocol.ts';
import type { AppMessage } from '../model/self-report.ts';
import type { LineEvents, LineSocket } from '../platform/line-socket.ts';

/** Facts kept while no daemon acknowledges them. At about 1.5 KB each this bounds the ring to under 1 MB. */
export const MAX_UNACKNOWLEDGED = 500;
/** Lines a daemon that reads too slowly may have waiting before they are dropped and counted. */
const MAX_QUEUED_BYTES = 1 << 20;

/** A fact before it has its number. */
export type Unnumbered = Omit<Fact, 'type' | 'seq'>;

export interface Link {
  publish(fact: Unnumbered): void;
  /** Lines for those who follow; nobody is waited for. */
  lines(lines: readonly LogLine[]): void;
  readonly isFollowed: boolean;
  /** What apps say, for those who hear it; nobody is waited for. */
  messages(messages: readonly AppMessage[], dropped: number): void;
  /** A daemon has dialled in. */
  accept(socket: LineSocket): LineEvents;
}

export interface LinkOptions {
  readonly identity: { readonly name: string; readonly version: string; readonly process: ProcessId };
  readonly snapshot: () => readonly AppSnapshot[];
  readonly command: (command: HostCommand, reply: (message: HostMessage) => void) => void;
  /** Somebody started or stopped following. */
  readonly followChanged: (isFollowed: boolean) => void;
  /** Somebody began or ceased to hear what apps say. */
  readonly hearChanged: (isHeard: boolean) => void;
  /** The last daemon vanished; `goodbye` tells whether it said so. */
  readonly daemonGone: (goodbye: boolean) => void;
}

interface Peer {
  readonly socket: LineSocket;
  greeted: boolean;
  following: boolean;
  hearing: boolean;
  goodbye: boolean;
  /** What it has missed because it reads too slowly. */
  dropped: { lines: number; messages: number };
}

export function createLink(options: LinkOptions): Link {
  const peers = new Set<Peer>();
  let ring: Fact[] = [];
  let seq = 0;
  let missed = 0;

  function publish(fact: Unnumbered): void {
    const numbered: Fact = { type: 'fact', seq: ++seq, ...fact };
    ring.push(numbered);
    if (ring.length > MAX_UNACKNOWLEDGED) missed += ring.shift()!.event === null ? 0 : 1;
    for (const peer of peers) if (peer.greeted) peer.socket.send(numbered);
  }

  function greet(peer: Peer): void {
    const { name, version, process } = options.identity;
    const hello: HostMessage = {
      type: 'snapshot',
      protocol: PROTOCOL,
      version,
      name,
      process,
      seq,
      missed,
      talks: true,
      endsLines: true,
      apps: options.snapshot(),
    };
    missed = 0;
    peer.greeted = true;
    peer.socket.send(hello);
    // The snapshot is newer than these rows and rollouts: only what was said is repeated.
    for (const fact of ring) if (fact.event !== null) peer.socket.send({ ...fact, row: null, removed: null, rollout: null } satisfies Fact);
  }

  function isFollowed(): boolean {
    return [...peers].some((peer) => peer.following);
  }

  function isHeard(): boolean {
    return [...peers].some((peer) => peer.hearing);
  }

  function receive(peer: Peer, command: HostCommand): void {
    switch (command.type) {
      case 'hello':
        return greet(peer);
      case 'ack':
        ring = ring.filter((fact) => fact.seq > command.seq);
        return;
      case 'goodbye':
        peer.goodbye = true;
        return;
      case 'follow':
        peer.following = command.on;
        return options.followChanged(isFollowed());
      case 'hear':
        peer.hearing = command.on;
        return options.hearChanged(isHeard());
      default:
        return options.command(command, (message) => peer.socket.send(message));
    }
  }

  function sendLines(peer: Peer, lines: readonly LogLine[]): void {
    if (peer.socket.queuedBytes > MAX_QUEUED_BYTES) {
      peer.dropped.lines += lines.length;
      return;
    }
    peer.socket.send({ type: 'lines', lines, dropped: peer.dropped.lines } satisfies HostMessage);
    peer.dropped.lines = 0;
  }

  function sendMessages(peer: Peer, messages: readonly AppMessage[], dropped: number): void {
    peer.dropped.messages += dropped;
    if (peer.socket.queuedBytes > MAX_QUEUED_BYTES) {
      peer.dropped.messages += messages.length;
      return;
    }
    peer.socket.send({ type: 'messages', messages, dropped: peer.dropped.messages } satisfies HostMessage);
    peer.dropped.messages = 0;
  }

  return {
    publish,
    get isFollowed() {
      return isFollowed();
    },
    lines(lines) {
      for (const peer of peers) if (peer.following) sendLines(peer, lines);
    },
    messages(messages, dropped) {
      for (const peer of peers) if (peer.hearing) sendMessages(peer, messages, dropped);
    },
    accept(socket) {
      const peer: Peer = {
        socket,
        greeted: false,
        following: false,
        hearing: false,
        goodbye: false,
        dropped: { lines: 0, messages: 0 },
      };
      peers.add(peer);
      return {
        message: (message) => receive(peer, message as HostCommand),
        closed: () => {
          peers.delete(peer);
          if (peer.following) options.followChanged(isFollowed());
          if (peer.hearing) options.hearChanged(isHeard());
          if (peers.size === 0) options.daemonGone(peer.goodbye);
        },
      };
    },
  };
}
