// hosts/NAME.json: who runs here, kept on disk for the daemon that may have to find them without this host.
import type { HostRecord, ProcessId } from '../model/protocol.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { Live } from './live.ts';
import type { Ms } from '../model/units.ts';

/** Changes within this time are written together. */
const GATHER_MS: Ms = 20;
/** How soon a write that failed is tried again where nothing changes. */
const RETRY_MS: Ms = 2000;

export interface RecordOptions {
  readonly clock: Clock;
  readonly identity: { readonly name: string; readonly bootId: string; readonly process: ProcessId };
  readonly lives: () => readonly (readonly [app: string, lives: readonly Live[]])[];
  readonly write: (text: string) => Promise<void>;
  /** Called once for each trouble, however often the write is tried again. */
  readonly failed: (error: unknown) => void;
}

export interface RecordKeeper {
  /** Something changed: to be written soon, without anybody waiting for the disk. */
  touch(): void;
  /** Nothing is written from now on; resolves when what was being written is. */
  close(): Promise<void>;
}

export function createRecordKeeper({ clock, identity, lives, write, failed }: RecordOptions): RecordKeeper {
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
    const text = JSON.stringify(recordOf(identity, lives()));
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

  return {
    touch,
    async close() {
      isClosed = true;
      pending?.();
      pending = null;
      // `failed` has heard of it.
      await writing?.catch(() => undefined);
    },
  };
}

/** Only processes that live, or may live, are recorded. */
function recordOf(identity: RecordOptions['identity'], apps: readonly (readonly [app: string, lives: readonly Live[]])[]): HostRecord {
  return {
    version: 1,
    ...identity,
    apps: apps.map(([name, lives]) => ({
      name,
      instances: lives.flatMap((live) =>
        live.run?.process ? [{ slot: live.slot, id: live.id, process: live.run.process, restarts: live.machine.history.restarts }] : [],
      ),
    })),
  };
}
