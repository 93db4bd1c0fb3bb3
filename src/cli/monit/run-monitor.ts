// The monitor at work: keys and news go into its steps, what comes out is drawn and done. Decides nothing by itself.
import { createClient } from '../../client/client.ts';
import type { Client } from '../../client/client.ts';
import type { Context, Terminal } from '../context.ts';
import { carryOut } from './carry-out.ts';
import { startFeed } from './feed.ts';
import type { Feed } from './feed.ts';
import { keysIn, readKeys } from './keys.ts';
import { createMonitor } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import { drawMonitor } from './picture.ts';
import { createScreen, ENTER, LEAVE } from './screen.ts';
import type { Screen } from './screen.ts';
import { hear, press } from './step.ts';
import type { Effect, News } from './step.ts';

/** Shows it until a key or a signal ends it; resolves to the exit code. A daemon is started where there is none, as by `ls`. */
export async function runMonitor(ctx: Context): Promise<number> {
  const reply = await ctx.client().apps();
  const running = new RunningMonitor(ctx);
  return running.run({ kind: 'listed', reply, at: ctx.clock.epochMs() });
}

/** News are drawn so often; keys at once. */
const FRAME_MS = 33;
/** So long after an Escape it is the key, and not the beginning of what another key sends. */
const ESCAPE_MS = 50;

class RunningMonitor {
  readonly #ctx: Context;
  /** Starts no daemon: one that was told to leave must not come back because it is looked at. */
  readonly #client: Client;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;
  readonly #screen: Screen;
  #monitor: Monitor;
  #terminal: Terminal | null = null;
  #feed: Feed | null = null;
  #end: (exitCode: number) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #isDrawDue = false;
  #typed = '';
  #cancelEscape: () => void = () => undefined;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#client = createClient({ socketPath: ctx.home().socket });
    this.#signal = AbortSignal.any([ctx.signal, this.#leaving.signal]);
    this.#screen = createScreen((text) => ctx.out(text));
    this.#monitor = createMonitor({ columns: ctx.columns, rows: ctx.rows });
  }

  async run(first: News): Promise<number> {
    const { clock, signal: interrupted } = this.#ctx;
    const ended = new Promise<number>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    interrupted.addEventListener('abort', () => this.#end(0));
    if (interrupted.aborted) this.#end(0);
    this.#terminal = await this.#ctx.openTerminal({
      enter: ENTER,
      leave: LEAVE,
      typed: (text) => this.#guard(() => this.#type(text)),
      resized: () => this.#guard(() => this.#resize()),
      ended: (exitCode) => this.#end(exitCode),
    });
    try {
      this.#guard(() => {
        this.#resize();
        this.#hear(first);
        this.#draw();
      });
      this.#feed = startFeed({ client: this.#client, clock, signal: this.#signal, heard: (news) => this.#guard(() => this.#hear(news)) });
      this.#follow();
      this.#feed.ended.catch(this.#fail);
      return await ended;
    } finally {
      this.#leaving.abort();
      this.#terminal.close();
    }
  }

  #type(text: string): void {
    this.#cancelEscape();
    const { keys, rest } = readKeys(this.#typed + text);
    this.#typed = rest;
    if (rest !== '') this.#cancelEscape = this.#ctx.clock.setTimer(ESCAPE_MS, () => this.#guard(() => this.#endSequence()));
    this.#press(keys);
  }

  #endSequence(): void {
    const keys = keysIn(this.#typed);
    this.#typed = '';
    this.#press(keys);
  }

  #press(keys: readonly string[]): void {
    for (const key of keys) {
      const { next, effect } = press(this.#monitor, key);
      this.#monitor = next;
      if (effect !== null) this.#do(effect);
      // What comes in one piece with it is not the answer, but a paste into a terminal that does not tell.
      if (effect === null && next.question !== null) break;
    }
    if (keys.length > 0) this.#draw();
    this.#follow();
  }

  #do(effect: Effect): void {
    switch (effect.kind) {
      case 'leave':
        return this.#end(0);
      case 'suspend':
        return this.#terminal!.suspend();
      case 'carry-out':
        carryOut(this.#client, effect, { signal: this.#signal, tell: (notice) => this.#hear({ kind: 'told', notice }) }).catch(this.#fail);
        return undefined;
      default:
        return effect satisfies never;
    }
  }

  #resize(): void {
    this.#screen.forget();
    this.#hear({ kind: 'resized', size: this.#terminal!.size() });
  }

  #hear(news: News): void {
    this.#monitor = hear(this.#monitor, news);
    this.#follow();
    if (this.#isDrawDue) return;
    this.#isDrawDue = true;
    this.#ctx.clock.setTimer(FRAME_MS, () => this.#guard(() => this.#draw()));
  }

  #follow(): void {
    this.#feed?.follow(this.#monitor.log.app);
  }

  #draw(): void {
    this.#isDrawDue = false;
    if (!this.#signal.aborted) this.#screen.draw(drawMonitor(this.#monitor, this.#ctx.palette));
  }

  /** What fails in a callback ends the monitor, so that the terminal is given back first. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }
}
