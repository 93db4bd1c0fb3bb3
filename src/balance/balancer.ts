// The balancer of one app: who its members are, which of them may get traffic, and what they say about it.
import { CMD } from '../model/preload-protocol.ts';
import type { FromPreload, ListenRequest } from '../model/preload-protocol.ts';
import { createHandoff } from './handoff.ts';
import type { Connection, Handoff } from './handoff.ts';
import type { Listener } from './listener.ts';
import { openLoopback } from './loopback.ts';
import { errorName, printAddress } from './socket-key.ts';
import type { RawSocket } from './node-handles.ts';
import { createSockets } from './sockets.ts';
import type { Found } from './sockets.ts';
import type { Balancer, BalancerOptions, Member, OwnConnection } from './types.ts';

export type { Balancer, BalancerEvents, BalancerOptions } from './types.ts';

interface Seat {
  readonly member: Member;
  readonly handoff: Handoff;
  readonly listeners: Map<number, Listener>;
  isJoined: boolean;
  /** Whose clients it gets where they belong to one. */
  slot: number;
  /** It has been asked to say how many connections it has. */
  isCounting: boolean;
  /** It has been told to accept by itself. */
  accepts: boolean;
}

/** Makes a balancer without sockets; the first `listen` of a member binds one. */
export function createBalancer(options: BalancerOptions): Balancer {
  const { on, neighbours } = options;
  const seats = new Map<number, Seat>();
  let policy = options.policy;
  const sockets = createSockets({ ...options, policy: () => policy });

  const isServing = (seat: Seat | undefined): boolean => seat !== undefined && seat.isJoined && seat.listeners.size > 0;
  const review = (): void => sockets.review([...seats.values()].some(isServing));

  function listen(seat: Seat, request: ListenRequest): void {
    sockets.find(request, (found) => {
      // Binding a datagram socket takes a moment.
      if (seats.get(seat.member.key) === seat) answer(seat, request, found);
      review();
    });
  }

  function answer(seat: Seat, request: ListenRequest, found: Found): void {
    const { id } = request;
    const { member, handoff } = seat;
    if (typeof found === 'number') {
      member.send({ cmd: CMD, act: 'listening', id, errno: found, sockname: {} });
      const { port } = request;
      const address = printAddress(request);
      return on.bindFailed({ key: member.key, address, port: port !== null && port > 0 ? port : null, errno: errorName(found) });
    }
    seat.listeners.set(id, found);
    const { name: sockname, shared } = found;
    member.send(
      { cmd: CMD, act: 'listening', id, errno: 0, sockname, shared, ...(found.wantsCopy() && { wantsCopy: true }) },
      found.socket,
    );
    askToCount(seat);
    found.ask({ key: member.key, slot: () => seat.slot, listenId: id, handoff }, seat.isJoined);
    on.listening(member.key, found.address);
    neighbours.came(member);
  }

  /** Costs the member a message for every turn of its loop in which connections ended: only where somebody looks at it. */
  function askToCount(seat: Seat): void {
    if (policy !== 'least-connections' || seat.isCounting) return;
    seat.isCounting = true;
    seat.member.send({ cmd: CMD, act: 'count-open' });
  }

  /** Under `kernel` who is in rotation takes connections from the socket itself. */
  function letAccept(seat: Seat): void {
    const accepts = policy === 'kernel' && seat.isJoined;
    if (seat.accepts === accepts) return;
    seat.accepts = accepts;
    seat.member.send({ cmd: CMD, act: 'accept', on: accepts });
  }

  function stopListening(seat: Seat, id: number): void {
    const listener = seat.listeners.get(id);
    seat.listeners.delete(id);
    listener?.unask(seat.member.key);
    listener?.pump();
    review();
  }

  function accepted(seat: Seat, seqs: readonly number[]): void {
    for (const seq of seqs) seat.handoff.release(seq);
    for (const listener of seat.listeners.values()) listener.taken();
  }

  function refused(seat: Seat, seqs: readonly number[]): void {
    const back = seqs.map((seq) => seat.handoff.takeBack(seq)).filter((connection) => connection !== undefined);
    for (const connection of back) (connection.refusedBy ??= new Set()).add(seat.member.key);
    giveBack(back);
    for (const listener of seat.listeners.values()) listener.pump();
  }

  function rotate(key: number, isJoined: boolean): void {
    const seat = seats.get(key);
    if (seat === undefined) return;
    seat.isJoined = isJoined;
    letAccept(seat);
    for (const listener of seat.listeners.values()) {
      listener.rotate(key, isJoined);
      // Who leaves makes no room, but some may have waited for it alone.
      listener.pump();
    }
    review();
  }

  function connect(key: number, port: number | null, taken: () => void): OwnConnection | 'not-listening' | null {
    const isMeant = ({ name, socket }: Listener): boolean => socket.listen !== undefined && (port === null || name.port === port);
    const seat = seats.get(key);
    const found = [...(seat?.listeners ?? [])].find(([, listener]) => isMeant(listener));
    if (seat === undefined || found === undefined) return seat !== undefined && sockets.all().some(isMeant) ? 'not-listening' : null;
    const [listenId, { name }] = found;
    const home = { takeAgain: ({ raw }: Connection) => raw.close(), taken };
    const socket = openLoopback((raw) => {
      const acceptedAtMs = options.clock.monotonicMs();
      const connection = { raw, home, refusedBy: null, acceptedAtMs, peer: null, outlived: 0 };
      if (!seat.handoff.give(connection, listenId, acceptedAtMs)) raw.close();
    });
    return { socket, port: name.port ?? null };
  }

  return {
    use(next) {
      policy = next;
      for (const seat of seats.values()) {
        letAccept(seat);
        if (seat.listeners.size > 0) askToCount(seat);
      }
      for (const listener of sockets.all()) listener.pump();
    },
    inherit: sockets.inherit,
    add(member) {
      const none = { isJoined: false, slot: 0, isCounting: false, accepts: false };
      seats.set(member.key, { member, handoff: createHandoff(member), listeners: new Map(), ...none });
    },
    receive(key, message, handle) {
      return receive(seats.get(key), { message, handle }, { listen, stopListening, accepted, refused });
    },
    join(key, slot) {
      const seat = seats.get(key);
      if (seat !== undefined) seat.slot = slot;
      rotate(key, true);
    },
    leave: (key) => rotate(key, false),
    takeBack(key) {
      const seat = seats.get(key);
      if (seat === undefined) return;
      rotate(key, false);
      takeAllBack(seat);
    },
    remove(key) {
      const seat = seats.get(key);
      if (seat === undefined) return;
      seats.delete(key);
      neighbours.gone(seat.member);
      for (const listener of seat.listeners.values()) listener.unask(key);
      takeAllBack(seat);
      review();
    },
    connect,
    serving: () => [...seats.values()].filter(isServing).length,
    isServing: (key) => isServing(seats.get(key)),
    pause(isOn) {
      for (const listener of sockets.all()) listener.pause(isOn);
    },
    isQuiet: () =>
      sockets.all().every((listener) => listener.held() === 0) && [...seats.values()].every(({ handoff }) => handoff.load() === 0),
    sockets: () => sockets.all().map(({ address, socket }) => ({ address, fd: socket.fd })),
    close() {
      sockets.closeAll();
      for (const { member, listeners } of seats.values()) {
        // A copy of the socket keeps it listening: clients would wait in its queue instead of being refused.
        if (listeners.size > 0) member.send({ cmd: CMD, act: 'release' });
        listeners.clear();
      }
    },
  };
}

/** What is on its way into one that ends. */
function takeAllBack({ handoff, listeners }: Seat): void {
  const left = handoff.takeAllBack();
  for (const connection of left) connection.outlived += 1;
  giveBack(left);
  for (const listener of listeners.values()) listener.pump();
}

/** The first of them is to be the first again, hence backwards. */
function giveBack(connections: readonly Connection[]): void {
  for (const connection of connections.toReversed()) connection.home.takeAgain(connection);
}

interface Answers {
  listen(seat: Seat, request: ListenRequest): void;
  stopListening(seat: Seat, id: number): void;
  accepted(seat: Seat, seqs: readonly number[]): void;
  refused(seat: Seat, seqs: readonly number[]): void;
}

/** What a member that is gone still says is the balancer's business too, and is without effect. */
function receive(
  seat: Seat | undefined,
  { message, handle }: { message: FromPreload; handle: RawSocket | undefined },
  on: Answers,
): boolean {
  switch (message.act) {
    case 'listen':
      if (seat) on.listen(seat, message);
      return true;
    case 'close':
      if (seat) on.stopListening(seat, message.id);
      return true;
    case 'copy': {
      const listener = seat?.listeners.get(message.id);
      if (listener === undefined) handle?.close();
      else if (handle !== undefined) listener.gotCopy(handle);
      return true;
    }
    case 'took':
      seat?.listeners.get(message.id)?.tookBaton(seat.member.key);
      return true;
    case 'declined':
      seat?.listeners.get(message.id)?.declinedBaton(seat.member.key);
      return true;
    case 'withdrawn':
      seat?.listeners.get(message.id)?.gaveUpBatons(seat.member.key);
      return true;
    case 'accepted':
      if (seat) on.accepted(seat, message.seqs);
      return true;
    case 'refused':
      if (seat) on.refused(seat, message.seqs);
      return true;
    case 'open':
      seat?.handoff.counted(message.count);
      return true;
    case 'drained':
    case 'uncaught':
    case 'exiting':
    case 'hello':
    case 'unsupported':
    case 'dropped':
    case 'beat':
    case 'unsent':
    case 'listens':
      return false;
    default:
      return message satisfies never;
  }
}
