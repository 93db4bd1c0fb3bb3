// Lets several sources work at the same time while they are read one after the other: decompressing runs in threads of its own.

/** How many batches each may have ready: they are lines, each an object or two. */
const BATCHES = 2;

/** The items of all sources, in their order. So many at a time work, which begin before it is their turn, and are ended when the reader leaves early. */
export async function* readAhead<T>(sources: readonly (() => AsyncGenerator<T>)[], atATime: number): AsyncGenerator<T> {
  const working: Ahead<T>[] = [];
  let next = 0;
  try {
    for (;;) {
      while (working.length < atATime && next < sources.length) working.push(new Ahead(sources[next++]!()));
      const first = working[0];
      if (first === undefined) return;
      for (let item = await first.take(); item.done !== true; item = await first.take()) yield item.value;
      working.shift();
    }
  } finally {
    for (const source of working) source.stop();
  }
}

/** Pulls from a source until enough is ready. */
class Ahead<T> {
  readonly #source: AsyncGenerator<T>;
  readonly #ready: IteratorResult<T, void>[] = [];
  #failure: { readonly error: unknown } | null = null;
  #isPulling = false;
  #isStopped = false;
  #wake: (() => void) | null = null;

  constructor(source: AsyncGenerator<T>) {
    this.#source = source;
    void this.#pull();
  }

  async take(): Promise<IteratorResult<T, void>> {
    for (;;) {
      const item = this.#ready.shift();
      if (item !== undefined) {
        if (item.done !== true) void this.#pull();
        return item;
      }
      if (this.#failure !== null) throw this.#failure.error;
      await new Promise<void>((resolve) => void (this.#wake = resolve));
    }
  }

  stop(): void {
    this.#isStopped = true;
    // What it is waiting for comes first; then it closes its files.
    void this.#source.return(undefined);
  }

  async #pull(): Promise<void> {
    if (this.#isPulling) return;
    this.#isPulling = true;
    try {
      while (this.#ready.length < BATCHES && !this.#isStopped && this.#failure === null && this.#ready.at(-1)?.done !== true) {
        this.#ready.push((await this.#source.next()) as IteratorResult<T, void>);
        this.#wake?.();
      }
    } catch (error) {
      this.#failure = { error };
      this.#wake?.();
    }
    this.#isPulling = false;
  }
}
