// PM2's `pub.sock`: whoever connects hears what the bus tells. There is a bus only while somebody does.
import type { Socket } from 'node:net';
import type { Bus } from './pm2-types.ts';
import { encodeFrame, jsonPart, textPart } from './wire-frames.ts';

/** What may wait for a subscriber that does not read; with more it is dropped. The programs connect again by themselves. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;

/** The bus hears of the end by a daemon that is ending, so that it may come too late: here who ends tells it. */
const END_TOPIC = 'pm2:kill';

/** Who hears. */
export interface Publisher {
  /** It hears all topics until it ends; what it says is not listened to. */
  subscribe(socket: Socket): void;
  /** Tells them that the daemon ends with all apps. */
  tellEnd(): void;
}

/** `open` opens the bus for the first who comes; it is closed when the last has gone. Where it cannot be opened, who waits for it is dropped. */
export function createPublisher(open: () => Promise<Pick<Bus, 'on' | 'close'>>): Publisher {
  const subscribers = new Set<Socket>();
  let bus: ReturnType<typeof open> | null = null;

  function publish(topic: string, payload: unknown): void {
    const frame = encodeFrame([textPart(topic), jsonPart(payload)]);
    for (const socket of subscribers) {
      if (socket.writableLength > MAX_WAITING_BYTES) socket.destroy();
      else if (socket.writable) socket.write(frame);
    }
  }

  async function begin(): Promise<void> {
    const mine = (bus = open());
    try {
      (await mine).on('*', (topic, payload) => {
        if (bus === mine && topic !== END_TOPIC) publish(String(topic), payload);
      });
    } catch {
      // The daemon is leaving.
      for (const socket of subscribers) socket.destroy();
    }
  }

  function end(): void {
    // One that was never open has nothing to close.
    bus?.then(
      (ending) => ending.close(),
      () => undefined,
    );
    bus = null;
  }

  return {
    subscribe(socket) {
      if (socket.destroyed) return;
      subscribers.add(socket);
      socket.resume();
      socket.once('close', () => {
        subscribers.delete(socket);
        if (subscribers.size === 0) end();
      });
      if (bus === null) void begin();
    },
    tellEnd: () => publish(END_TOPIC, { status: 'killed', msg: 'pm2 has been killed' }),
  };
}
