// Standard output or error as a place where several writers put lines: bounded, whole lines where it can be, and a word about what had to be dropped.
import { prefixLines } from '../log/prefix.ts';
import type { Bytes, Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { Descriptor, DescriptorEvents } from '../platform/descriptor.ts';

/** With more than this waiting for the reader, apps are held. */
const FULL_BYTES: Bytes = 2 ** 20;
/** However long the patience: more than this is not kept. What apps had written when they were held comes on top of the first. */
const MOST_BYTES: Bytes = 8 * 2 ** 20;
/** So long apps are held for a reader that takes nothing; what they write then is dropped until half of what waits has been taken. */
const PATIENCE_MS: Ms = 2000;
/** The same for one that takes something all the time, but too little. */
const LONGEST_HOLD_MS: Ms = 10_000;

const NEWLINE = 0x0a;
const LINE_END = Buffer.from('\n');

/** One stream of one run, or the manager itself: known by identity. */
export type Writer = object;

/** The end of a line that was cut. */
const NOBODY: Writer = {};

export interface DestinationOptions {
  readonly clock: Clock;
  readonly open: (on: DescriptorEvents) => Descriptor;
  /** Whether the apps are to wait before they write on. */
  readonly hold: (isOn: boolean) => void;
  /** So many lines were dropped, and it takes more again. */
  readonly dropped: (lines: number) => void;
  readonly gone: () => void;
}

export interface Destination {
  /** `prefix` is put before each line that begins in `bytes`. Never waits. */
  put(writer: Writer, bytes: Buffer, prefix: string | null): void;
  /** Whether all of it has been taken, or nobody is there to take it. */
  isDrained(): boolean;
}

export function createDestination(options: DestinationOptions): Destination {
  const { clock } = options;
  const skipping = new Set<Writer>();
  /** Who has written a line and not ended it. */
  let within: Writer | null = null;
  let patience: Cancel | null = null;
  let heldSinceMs: Ms = 0;
  let isDropping = false;
  let isGone = false;
  let lines = 0;
  const descriptor = options.open({ progress, gone });

  function progress(): void {
    if (descriptor.pendingBytes > FULL_BYTES / 2) return renewPatience();
    release();
    isDropping = false;
    if (lines === 0) return;
    const dropped = lines;
    lines = 0;
    options.dropped(dropped);
  }

  function gone(): void {
    release();
    isGone = true;
    options.gone();
  }

  function release(): void {
    if (patience === null) return;
    patience();
    patience = null;
    options.hold(false);
  }

  function wait(): void {
    if (patience !== null) return;
    heldSinceMs = clock.monotonicMs();
    patience = clock.setTimer(PATIENCE_MS, giveUp);
    options.hold(true);
  }

  function renewPatience(): void {
    if (patience === null || clock.monotonicMs() - heldSinceMs > LONGEST_HOLD_MS) return;
    patience();
    patience = clock.setTimer(PATIENCE_MS, giveUp);
  }

  function giveUp(): void {
    release();
    isDropping = true;
  }

  function drop(writer: Writer, bytes: Buffer): void {
    lines += countLines(bytes);
    if (endsLine(bytes)) skipping.delete(writer);
    else skipping.add(writer);
    if (within === writer) within = NOBODY;
  }

  /** Without the rest of a line whose beginning was dropped. */
  function remains(writer: Writer, bytes: Buffer): Buffer {
    if (!skipping.has(writer)) return bytes;
    const end = bytes.indexOf(NEWLINE);
    if (end === -1) return bytes.subarray(bytes.length);
    skipping.delete(writer);
    lines += 1;
    return bytes.subarray(end + 1);
  }

  return {
    put(writer, bytes, prefix) {
      if (isGone || bytes.length === 0) return;
      if (isDropping || descriptor.pendingBytes > MOST_BYTES) return drop(writer, bytes);
      const rest = remains(writer, bytes);
      if (rest.length === 0) return;
      const goesOn = within === writer;
      if (within !== null && !goesOn) descriptor.write(LINE_END);
      descriptor.write(prefix === null ? rest : prefixLines(rest, prefix, goesOn));
      within = endsLine(rest) ? null : writer;
      if (descriptor.pendingBytes > FULL_BYTES) wait();
    },
    isDrained: () => isGone || descriptor.pendingBytes === 0,
  };
}

function endsLine(bytes: Buffer): boolean {
  return bytes.at(-1) === NEWLINE;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
