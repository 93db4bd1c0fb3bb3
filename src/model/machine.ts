// What the machine says of itself at one moment: counters since boot, and amounts. What becomes of it is compat's business.
import type { Bytes, Ms } from './units.ts';

/** One look. Counters only grow: two looks give a rate. */
export interface MachineReading {
  /** Of the monotonic clock. */
  readonly atMs: Ms;
  /** Clock ticks of all processors together; `busy` is the part in which they did something. */
  readonly processor: { readonly busy: number; readonly total: number };
  /** Of the hottest sensor; null where none can be read. */
  readonly degreesCelsius: number | null;
  /** `available` could be given to programs without swapping. */
  readonly memory: { readonly totalBytes: Bytes; readonly availableBytes: Bytes };
  readonly interfaces: readonly InterfaceReading[];
  /** Of all disks together. */
  readonly disks: { readonly readBytes: Bytes; readonly writtenBytes: Bytes };
  /** Those on a device, each device once. */
  readonly fileSystems: readonly FileSystemReading[];
}

/** A network interface that has an address. */
export interface InterfaceReading {
  readonly name: string;
  readonly received: TrafficReading;
  readonly sent: TrafficReading;
}

/** `errors` and `dropped` count packets. */
export interface TrafficReading {
  readonly bytes: Bytes;
  readonly errors: number;
  readonly dropped: number;
}

/** `available` is what is left for everybody but root. */
export interface FileSystemReading {
  readonly path: string;
  readonly sizeBytes: Bytes;
  readonly usedBytes: Bytes;
  readonly availableBytes: Bytes;
}
