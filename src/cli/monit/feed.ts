// News of the daemon for the monitor. A daemon that is gone is asked for until it is back; none is started.
import type { Client } from '../../client/client.ts';
import type { Clock } from '../context.ts';
import { isHoldfastError } from '../errors.ts';
import { pause } from '../pause.ts';
import { followLog } from './feed-log.ts';
import type { News } from './step.ts';

/** What the feed needs. `heard` is told of all news. */
export interface FeedOptions {
  readonly client: Pick<Client, 'apps' | 'events' | 'logs'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly heard: (news: News) => void;
}

export interface Feed {
  /** Of this app everything is asked for, and its log is followed; null for none. */
  follow(app: string | null): void;
  /** Rejects at a defect, else settles after the signal was aborted. */
  readonly ended: Promise<void>;
}

const LIST_MS = 1000;
/** However much happens, nothing is asked for more often. */
const SPACING_MS = 100;
const RETRY_MS = 1000;
/** A daemon that is there and says nothing for so long is as good as gone. */
const PATIENCE_MS = 3000;

/** Starts at once. */
export function startFeed(options: FeedOptions): Feed {
  return new RunningFeed(options);
}

class RunningFeed implements Feed {
  readonly ended: Promise<void>;
  readonly #options: FeedOptions;
  #app: string | null = null;
  #leaveLog: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** Ends the waiting for the next second. */
  #wake: () => void = () => undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#leaveLog());
    const failed = new Promise<never>((_, reject) => void (this.#fail = reject));
    this.ended = Promise.race([failed, Promise.all([this.#watchList(), this.#watchEvents()]).then(() => undefined)]);
  }

  follow(app: string | null): void {
    if (app === this.#app) return;
    this.#leaveLog();
    const isFirst = this.#app === null;
    this.#app = app;
    this.#wake();
    if (app === null) return;
    const leaving = new AbortController();
    this.#leaveLog = () => leaving.abort();
    followLog({ ...this.#options, signal: leaving.signal }, { app, isFirst }).catch(this.#fail);
  }

  /** The list every second and whenever something happens, the app that is followed in full. */
  async #watchList(): Promise<void> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      const waking = new AbortController();
      this.#wake = () => waking.abort();
      await this.#look();
      await pause(clock, SPACING_MS, signal);
      await pause(clock, LIST_MS - SPACING_MS, signal, waking.signal);
    }
  }

  async #look(): Promise<void> {
    const { client, clock, heard } = this.#options;
    try {
      const reply = await this.#inTime(client.apps());
      if (reply === null) return;
      heard({ kind: 'listed', reply, at: clock.epochMs() });
      const name = this.#app;
      const full = name === null ? null : await this.#inTime(client.apps({ targets: [name], full: true }));
      const app = full?.apps.find((one) => one.name === name);
      if (app !== undefined) heard({ kind: 'described', app });
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Null where the daemon took too long, which is told. */
  async #inTime<T>(reply: Promise<T>): Promise<T | null> {
    const { clock, signal, heard } = this.#options;
    const waiting = new AbortController();
    const late = pause(clock, PATIENCE_MS, signal, waiting.signal).then(() => null);
    try {
      const answer = await Promise.race([reply, late]);
      if (answer === null && !signal.aborted) heard({ kind: 'lost' });
      return answer;
    } finally {
      waiting.abort();
    }
  }

  #tell(error: unknown): void {
    if (!isHoldfastError(error)) throw error;
    if (error.code === 'DAEMON_UNREACHABLE') this.#options.heard({ kind: 'lost' });
    // An app that has just been deleted is gone from the next list.
    else if (error.code !== 'TARGET_NOT_FOUND') this.#options.heard({ kind: 'told', notice: { text: error.message, tone: 'bad' } });
  }

  /** What happened is seen in the list; that the stream has ended, too. */
  async #watchEvents(): Promise<void> {
    const { client, clock, signal } = this.#options;
    while (!signal.aborted) {
      try {
        for await (const _ of client.events({ last: 0, follow: true, signal })) this.#wake();
      } catch (error) {
        if (!isHoldfastError(error)) throw error;
      }
      this.#wake();
      await pause(clock, RETRY_MS, signal);
    }
  }
}
