// One conversation with one host: the greeting, tickets, facts in order. It ends with its socket and is never reused.
import { HoldfastError } from '../model/errors.ts';
import { PROTOCOL } from '../model/protocol.ts';
import type { Fact, HostCommand, HostMessage, HostRequest, LogLine, ProcessId } from '../model/protocol.ts';
import type { AppMessage } from '../model/self-report.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { connectLines } from '../platform/line-socket.ts';
import type { LineSocket } from '../platform/line-socket.ts';
import { longestPauseOf } from './patience.ts';

export type Snapshot = Extract<HostMessage, { readonly type: 'snapshot' }>;
export type HostReply = Extract<HostMessage, { readonly type: 'reply' }>;
type Lines = Extract<HostMessage, { readonly type: 'lines' }>;
type Ticketed = Extract<HostCommand, { readonly ticket: number }>;

/** A host that has answered. */
export interface HostLink {
  readonly name: string;
  readonly process: ProcessId;
  readonly version: string;
  /** As `talks` of its snapshot. */
  readonly talks: boolean;
  /** As `endsLines` of its snapshot. */
  readonly endsLines: boolean;
  /** The apps it runs, as far as it was told or said so. */
  readonly runs: Set<string>;
  /** Rejects with HOST_UNREACHABLE when the host ends before it answers, with OPERATION_FAILED when it refuses. */
  request(command: HostRequest): Promise<HostReply>;
  tell(command: Exclude<HostCommand, Ticketed>): void;
  /** Bytes said and not yet taken by the kernel: closing now would lose them. */
  readonly queuedBytes: number;
  close(): void;
  /** Resolves when its end was heard of, and all that it had said before. */
  readonly ended: Promise<void>;
}

/** Called in the order in which the messages came. */
export interface HostEvents {
  snapshot(link: HostLink, snapshot: Snapshot): void;
  fact(link: HostLink, fact: Fact): void;
  lines(link: HostLink, lines: readonly LogLine[], dropped: number): void;
  messages(link: HostLink, messages: readonly AppMessage[], dropped: number): void;
  /** Once, and only after a snapshot. */
  closed(link: HostLink): void;
}

export interface DialOptions {
  readonly name: string;
  readonly path: string;
  readonly version: string;
  readonly clock: Clock;
  /** A host that listens but does not greet back within this time hangs. */
  readonly patienceMs: Ms;
  readonly on: HostEvents;
}

/**
 * Dials a host and resolves after its snapshot was handed on; to null where it went away before that. Rejects with the system's error when nobody listens,
 * with HOST_UNREACHABLE otherwise.
 */
export async function dialHost(options: DialOptions): Promise<HostLink | null> {
  const conversation = new Conversation(options);
  await conversation.open();
  return conversation.greeted;
}

interface Waiting {
  readonly cancel: Cancel;
  resolve(reply: HostReply): void;
  reject(error: HoldfastError): void;
}

/** The mutable side of a link. */
class Conversation {
  readonly greeted: Promise<HostLink | null>;
  readonly #options: DialOptions;
  readonly #waiting = new Map<number, Waiting>();
  #settle!: { resolve(link: HostLink | null): void; reject(error: HoldfastError): void };
  #end!: () => void;
  #socket: LineSocket | null = null;
  #link: HostLink | null = null;
  #lastTicket = 0;
  #isClosed = false;

  constructor(options: DialOptions) {
    this.#options = options;
    this.greeted = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.greeted.catch(() => {
      // Told to the caller of dialHost, who may have been told of a failed connection before.
    });
  }

  async open(): Promise<void> {
    const { clock, path, patienceMs, version } = this.#options;
    this.#socket = await connectLines(path, { message: (message) => this.#receive(message as HostMessage), closed: () => this.#closed() });
    const cancel = clock.setTimer(patienceMs, () => {
      this.#settle.reject(this.#unreachable(`it did not answer within ${patienceMs} ms`));
      this.#socket?.close();
    });
    void this.greeted.then(cancel, cancel);
    this.#socket.send({ type: 'hello', protocol: PROTOCOL, version } satisfies HostCommand);
  }

  #receive(message: HostMessage): void {
    if (this.#isClosed || typeof message !== 'object' || message === null) return;
    const { on } = this.#options;
    switch (message.type) {
      case 'snapshot':
        return this.#greet(message);
      case 'fact':
        return this.#link === null ? undefined : on.fact(this.#link, message);
      case 'lines':
        return this.#pass(message);
      case 'messages':
        return this.#link === null ? undefined : on.messages(this.#link, message.messages, message.dropped);
      case 'reply':
        return this.#answer(message);
      default:
        // A newer host of the same protocol may say more than this daemon knows: what it adds is not needed here.
        message satisfies never;
    }
  }

  #greet(snapshot: Snapshot): void {
    if (this.#link !== null) return;
    if (snapshot.protocol !== PROTOCOL) {
      this.#settle.reject(
        this.#unreachable(`it speaks protocol ${snapshot.protocol} (version ${snapshot.version}), this daemon ${PROTOCOL}`),
      );
      this.#socket?.close();
      return;
    }
    const queuedBytes = (): number => (this.#isClosed ? 0 : (this.#socket?.queuedBytes ?? 0));
    const link: HostLink = {
      name: this.#options.name,
      process: snapshot.process,
      version: snapshot.version,
      talks: snapshot.talks === true,
      endsLines: snapshot.endsLines === true,
      runs: new Set(snapshot.apps.map((app) => app.release.spec.name)),
      request: (command) => this.#request(command),
      tell: (command) => void (this.#isClosed || this.#socket?.send(command)),
      get queuedBytes() {
        return queuedBytes();
      },
      close: () => this.#socket?.close(),
      ended: new Promise((resolve) => (this.#end = resolve)),
    };
    this.#link = link;
    this.#options.on.snapshot(link, snapshot);
    this.#settle.resolve(link);
  }

  #pass({ lines, dropped }: Lines): void {
    if (this.#link !== null) this.#options.on.lines(this.#link, lines, dropped);
  }

  #request(command: HostRequest): Promise<HostReply> {
    if (this.#isClosed || this.#socket === null) return Promise.reject(this.#unreachable('its process has ended'));
    const ticket = (this.#lastTicket += 1);
    const reply = new Promise<HostReply>((resolve, reject) => {
      const limitMs = this.#options.patienceMs + longestPauseOf(command);
      const cancel = Number.isFinite(limitMs)
        ? this.#options.clock.setTimer(limitMs, () => this.#giveUp(ticket, limitMs))
        : (): void => undefined;
      this.#waiting.set(ticket, { resolve, reject, cancel });
    });
    this.#socket.send({ ...command, ticket });
    return reply;
  }

  #answer(reply: HostReply): void {
    const waiting = this.#waiting.get(reply.ticket);
    this.#waiting.delete(reply.ticket);
    waiting?.cancel();
    if (reply.error === null) waiting?.resolve(reply);
    else waiting?.reject(new HoldfastError('OPERATION_FAILED', reply.error));
  }

  /** The connection stays: a host that hangs may go on, and does then what it was asked. */
  #giveUp(ticket: number, limitMs: Ms): void {
    this.#waiting.get(ticket)?.reject(this.#unreachable(`it did not answer within ${limitMs} ms`));
    this.#waiting.delete(ticket);
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const gone = this.#unreachable('its process ended or closed the connection');
    this.#settle.resolve(null);
    for (const waiting of this.#waiting.values()) {
      waiting.cancel();
      waiting.reject(gone);
    }
    this.#waiting.clear();
    if (this.#link === null) return;
    this.#options.on.closed(this.#link);
    this.#end();
  }

  #unreachable(reason: string): HoldfastError {
    const { name } = this.#options;
    const pid = this.#link === null ? '' : ` (pid ${this.#link.process.pid})`;
    return new HoldfastError('HOST_UNREACHABLE', `Cannot talk to host ${name}${pid}: ${reason}.`, { hint: 'holdfast logs' });
  }
}
