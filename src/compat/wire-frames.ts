// The frames of PM2's sockets, which are AMP's (version 1): a byte with the version and the number of parts, then each part behind its length. Pure.

/** The parts of a frame as they came. */
export type Frame = readonly Buffer[];

const VERSION = 1;
const MAX_PARTS = 15;
/** What PM2's programs send is an order with the environment of an app in it, which is some kilobytes. */
export const MAX_FRAME_BYTES = 2 ** 18;

const LENGTH_BYTES = 4;

/** A frame of at most 15 parts. */
export function encodeFrame(parts: Frame): Buffer {
  return Buffer.concat([Buffer.of((VERSION << 4) | parts.length), ...parts.flatMap((part) => [lengthOf(part), part])]);
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(part.length);
  return length;
}

/** A part that is a text. */
export function textPart(text: string): Buffer {
  return Buffer.from(`s:${text}`);
}

/** A part that is a JSON value. */
export function jsonPart(value: unknown): Buffer {
  return Buffer.from(`j:${JSON.stringify(value)}`);
}

/** The JSON value in a part; undefined where it is none. */
export function jsonOf(part: Buffer): unknown {
  if (part.toString('latin1', 0, 2) !== 'j:') return undefined;
  try {
    return JSON.parse(part.toString('utf8', 2)) as unknown;
  } catch {
    return undefined; // what is wrong with it matters to nobody: it is not ours
  }
}

/** Takes bytes as they come. */
export interface FrameReader {
  /** The frames that these bytes complete; null once they can be no frames: then nothing more is read. */
  read(bytes: Buffer): readonly Frame[] | null;
}

/** Makes a reader. It keeps less than MAX_FRAME_BYTES, and refuses what is longer as soon as it says so. */
export function createFrameReader(): FrameReader {
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** Fewer than these are no frame: bytes that come one by one are not looked through again and again. */
  let wantedBytes = 1;
  let isBroken = false;
  return {
    read(bytes) {
      if (isBroken) return null;
      held.push(bytes);
      heldBytes += bytes.length;
      const frames: Frame[] = [];
      while (heldBytes >= wantedBytes) {
        const all = held.length === 1 ? held[0]! : Buffer.concat(held);
        const found = takeFrame(all);
        if (found.kind === 'garbage') {
          isBroken = true;
          held = [];
          return null;
        }
        const rest = found.kind === 'frame' ? all.subarray(found.endsAt) : all;
        if (found.kind === 'frame') frames.push(found.parts);
        held = [rest];
        heldBytes = rest.length;
        wantedBytes = found.kind === 'frame' ? 1 : found.bytes;
      }
      return frames;
    },
  };
}

type Taken =
  | { readonly kind: 'frame'; readonly parts: Frame; readonly endsAt: number }
  /** So many bytes at least are in it. */
  | { readonly kind: 'wanted'; readonly bytes: number }
  | { readonly kind: 'garbage' };

function takeFrame(bytes: Buffer): Taken {
  const count = bytes[0]! & MAX_PARTS;
  if (bytes[0]! >> 4 !== VERSION || count === 0) return { kind: 'garbage' };
  const parts: Buffer[] = [];
  let at = 1;
  while (parts.length < count) {
    if (bytes.length < at + LENGTH_BYTES) return { kind: 'wanted', bytes: at + LENGTH_BYTES };
    const endsAt = at + LENGTH_BYTES + bytes.readUInt32BE(at);
    if (endsAt > MAX_FRAME_BYTES) return { kind: 'garbage' };
    if (bytes.length < endsAt) return { kind: 'wanted', bytes: endsAt };
    parts.push(bytes.subarray(at + LENGTH_BYTES, endsAt));
    at = endsAt;
  }
  return { kind: 'frame', parts, endsAt: at };
}
