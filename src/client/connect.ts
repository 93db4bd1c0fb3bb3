// Reaching the daemon: connects to its socket and has it started where none listens.
import { HoldfastError } from '../model/errors.ts';
import type { Dial, Wire } from './wire.ts';

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
  /** A connection, or DAEMON_UNREACHABLE. Starts a daemon where there is none. */
  open(): Promise<Wire>;
  /** An answer was given by a daemon of this version. */
  met(version: string | null): void;
  /** Whether a daemon listens; starts none. */
  isListening(): Promise<boolean>;
}

/** Makes a connector. */
export function createConnector(dial: Dial, options: ConnectorOptions): Connector {
  const { socketPath, launch } = options;
  return {
    socketPath,
    async open() {
      const first = await dial(socketPath);
      if (first.kind === 'connected') return first.wire;
      if (first.kind === 'failed' || launch === undefined) throw unreachable(socketPath, first.error);
      await launch();
      const second = await dial(socketPath);
      if (second.kind === 'connected') return second.wire;
      throw unreachable(socketPath, second.error);
    },
    met: (version) => (version === null ? undefined : options.met?.(version)),
    async isListening() {
      const result = await dial(socketPath);
      if (result.kind === 'failed') throw unreachable(socketPath, result.error);
      if (result.kind === 'connected') result.wire.close();
      return result.kind === 'connected';
    },
  };
}

/** The error for a daemon that cannot be talked to. */
export function unreachable(socketPath: string, cause: Error): HoldfastError {
  return new HoldfastError('DAEMON_UNREACHABLE', `Cannot reach the daemon at ${socketPath}: ${cause.message}.`, {
    hint: 'holdfast ping',
    cause,
  });
}
