// Reaching the daemon: connects to its socket and has it started where none listens.
import net from 'node:net';
import { HoldfastError } from '../model/errors.ts';

/** How to reach the daemon. `launch` starts one and resolves when it listens. */
export interface ConnectorOptions {
  readonly socketPath: string;
  readonly launch?: () => Promise<void>;
  /** Hears with every answer which version of the daemon has given it. */
  readonly met?: (version: string) => void;
}

/** Opens one connection per request. */
export interface Connector {
  readonly socketPath: string;
  /** A connected socket, or DAEMON_UNREACHABLE. Starts a daemon where there is none. */
  open(): Promise<net.Socket>;
  /** An answer was given by a daemon of this version. */
  met(version: string | null): void;
  /** Whether a daemon listens; starts none. */
  isListening(): Promise<boolean>;
}

/** Makes a connector. */
export function createConnector(options: ConnectorOptions): Connector {
  const { socketPath, launch } = options;
  return {
    socketPath,
    async open() {
      const first = await dial(socketPath);
      if (first.kind === 'connected') return first.socket;
      if (first.kind === 'failed' || launch === undefined) throw unreachable(socketPath, first.error);
      await launch();
      const second = await dial(socketPath);
      if (second.kind === 'connected') return second.socket;
      throw unreachable(socketPath, second.error);
    },
    met: (version) => (version === null ? undefined : options.met?.(version)),
    async isListening() {
      const result = await dial(socketPath);
      if (result.kind === 'failed') throw unreachable(socketPath, result.error);
      if (result.kind === 'connected') result.socket.destroy();
      return result.kind === 'connected';
    },
  };
}

/** No socket file; one that no process listens on; one whose listener is closing just now. Nothing has been sent in any of these. */
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET'];

/** `nobody`: no daemon, or one that is going. */
type Dialled = { kind: 'connected'; socket: net.Socket } | { kind: 'nobody' | 'failed'; error: NodeJS.ErrnoException };

function dial(path: string): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    const onError = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      resolve({ kind: NOBODY.includes(error.code ?? '') ? 'nobody' : 'failed', error });
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve({ kind: 'connected', socket });
    });
  });
}

/** The error for a daemon that cannot be talked to. */
export function unreachable(socketPath: string, cause: Error): HoldfastError {
  return new HoldfastError('DAEMON_UNREACHABLE', `Cannot reach the daemon at ${socketPath}: ${cause.message}.`, {
    hint: 'holdfast ping',
    cause,
  });
}
