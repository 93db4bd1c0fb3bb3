// A program that speaks to PM2's sockets by the library that such programs use.
import { createRequire } from 'node:module';
import path from 'node:path';
import { installed } from './installed.ts';

/** What is used of that library. */
interface Axon {
  socket(kind: 'req'): { connect(path: string): void; send(order: object, answered: (reply: unknown) => void): void; close(): void };
  socket(kind: 'sub-emitter'): { connect(path: string): void; on(topic: string, heard: (...told: unknown[]) => void): void; close(): void };
}

/** A connection to each of the two sockets in a home directory. */
export interface WireClient {
  /** `{ args: [result] }`, or `{ error }`. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown>;
  /** What was told so far: topic and payload. */
  readonly heard: readonly (readonly [string, Heard])[];
  close(): void;
}

/** What these tests read of payloads. */
export interface Heard {
  readonly event?: string;
  readonly data?: unknown;
  readonly process?: { readonly name: string; readonly pm_id: number };
}

/** Connects to the sockets of a home, as soon as they are there. */
export async function createWireClient(name: string, home: string): Promise<WireClient> {
  const modules = await installed(name, ['pm2-axon@4']);
  const axon = createRequire(path.join(modules, 'x.cjs'))('pm2-axon') as Axon;
  const [req, sub] = [axon.socket('req'), axon.socket('sub-emitter')];
  const heard: (readonly [string, Heard])[] = [];
  sub.on('*', (topic, payload) => void heard.push([String(topic), payload as Heard]));
  req.connect(`${home}/rpc.sock`);
  sub.connect(`${home}/pub.sock`);
  return {
    call: (method, ...args) => new Promise((resolve) => req.send({ type: 'call', method, args }, resolve)),
    heard,
    close() {
      req.close();
      sub.close();
    },
  };
}
