// Writes something that changes often: one write at a time, changes in between go into the next. It does not know what it writes.

/** Coalesces saves. */
export interface Saver {
  /** Something is newer than what is on disk: it is written soon. */
  changed(): void;
  /** Resolves when every change so far is on disk; rejects when that write failed. A later call tries again. */
  saved(): Promise<void>;
}

/** `save` writes the present content as a whole and is never called twice at the same time; `failed` hears of every failure. */
export function createSaver(save: () => Promise<void>, failed: (error: Error) => void): Saver {
  let dirty = false;
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  async function write(previous: Promise<void>): Promise<void> {
    await previous.catch(() => {
      // `failed` has heard of it; this write contains what that one should have.
    });
    next = null;
    dirty = false;
    writing = save();
    try {
      await writing;
    } catch (error) {
      dirty = true;
      failed(error as Error);
      throw error;
    }
  }

  function schedule(): Promise<void> {
    if (next === null) {
      next = write(writing);
      next.catch(() => {
        // Reported by `failed`, and to those who wait in `saved`.
      });
    }
    return next;
  }

  return {
    changed() {
      dirty = true;
      void schedule();
    },
    saved: () => next ?? (dirty ? schedule() : writing),
  };
}
