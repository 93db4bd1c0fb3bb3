// hosts/NAME.json: what runs here, kept on disk for the next host, and for a daemon that has to find it without this one. Reading it is others' business.
import { RECORD_VERSION } from '../model/protocol.ts';
import type { HostLaunch, HostRecord, RecordedApp, RecordedInstance } from '../model/protocol.ts';
import type { Release } from '../model/release.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { Live } from './live.ts';
import type { SupervisedApp } from './supervisor.ts';

/** Changes within this time are written together. */
const GATHER_MS: Ms = 20;
/** How soon a write that failed is tried again where nothing changes. */
const RETRY_MS: Ms = 2000;

export interface RecordOptions {
  readonly clock: Clock;
  readonly identity: Omit<HostRecord, 'version' | 'apps'>;
  readonly apps: () => readonly SupervisedApp[];
  readonly write: (text: string) => Promise<void>;
  /** Called once for each trouble, however often the write is tried again. */
  readonly failed: (error: unknown) => void;
}

export interface RecordKeeper {
  /** Something changed: to be written soon, without anybody waiting for the disk. */
  touch(): void;
  /** Resolves when all that is so by now is on disk, or the disk has refused it. */
  written(): Promise<void>;
  /** Writes all of it once more, with how the next host is started, and nothing from then on. Rejects when the disk refuses: then as before. */
  handOver(launch: HostLaunch): Promise<void>;
  /** Nothing is written from now on; resolves when what was being written is. */
  close(): Promise<void>;
}

export function createRecordKeeper({ clock, identity, apps, write, failed }: RecordOptions): RecordKeeper {
  let pending: Cancel | null = null;
  let writing: Promise<void> | null = null;
  let isClosed = false;
  let isInTrouble = false;
  let written = '';

  function touch(): void {
    if (!isClosed) pending ??= clock.setTimer(GATHER_MS, () => void save());
  }

  async function save(): Promise<void> {
    pending = null;
    if (writing !== null) return touch();
    const text = print(identity);
    if (text === written) return;
    writing = write(text);
    try {
      await writing;
      written = text;
      isInTrouble = false;
    } catch (error) {
      if (!isInTrouble) failed(error);
      isInTrouble = true;
      // The disk may have room again though nothing changes here.
      if (!isClosed) pending ??= clock.setTimer(RETRY_MS, () => void save());
    } finally {
      writing = null;
    }
  }

  function print(known: RecordOptions['identity']): string {
    return JSON.stringify({ version: RECORD_VERSION, ...known, apps: apps().map(recordApp) } satisfies HostRecord);
  }

  async function close(): Promise<void> {
    isClosed = true;
    pending?.();
    pending = null;
    // `failed` has heard of it.
    await writing?.catch(() => undefined);
  }

  return {
    touch,
    async written() {
      // What is being written may be older.
      while (writing !== null) await writing.catch(() => undefined);
      pending?.();
      if (!isClosed) await save();
    },
    async handOver(launch) {
      await close();
      try {
        await write(print({ ...identity, launch, gaveWay: true, nextTakeoverAt: 0 }));
      } catch (error) {
        isClosed = false;
        touch();
        throw error;
      }
    },
    close,
  };
}

/** What is kept of one app. */
export function recordApp({ release, rollout, lives }: SupervisedApp): RecordedApp {
  const releases = new Map<number, Release>();
  for (const one of [...lives.flatMap((live) => [live.release, live.next]), release]) if (one !== null) releases.set(one.number, one);
  return {
    name: release.spec.name,
    release: release.number,
    releases: [...releases.values()],
    rollout,
    instances: lives.map(recordInstance),
  };
}

function recordInstance(live: Live): RecordedInstance {
  const { timer: _timer, lastToken: _lastToken, ...machine } = live.machine;
  return {
    slot: live.slot,
    id: live.id,
    role: live.role,
    forget: live.forget,
    process: live.run?.process ?? null,
    machine,
    release: live.release?.number ?? null,
    next: live.next?.number ?? null,
    createdAt: live.createdAt,
    askedAt: live.askedAt,
    startedAt: live.startedAt,
    lastDelayMs: live.lastDelayMs,
    tally: live.tally,
    nodeVersion: live.nodeVersion,
    hasListened: live.hasListened,
    listens: live.run?.listens ?? null,
  };
}
