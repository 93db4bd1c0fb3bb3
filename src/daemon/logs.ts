// What `holdfast logs` shows: the last lines of apps, the manager's events about them, and then, if wanted, what comes. It sends nothing itself.
import type { HoldfastEvent } from '../model/event.ts';
import type { LogLine } from '../model/protocol.ts';
import type { LogEntry } from '../model/view.ts';
import { selectEach } from '../policy/select.ts';
import type { DaemonContext } from './context.ts';
import type { LineHub } from './hub.ts';
import { eventEntry, lineEntry, withId } from './log-entries.ts';
import { lastEntries } from './log-tail.ts';
import type { TailRequest } from './log-tail.ts';

/** The last lines, and with `follow` all that come. */
export interface LogsRequest extends TailRequest {
  readonly follow: boolean;
}

/** Gets entries in order; returns after the last ones when it does not follow. */
export interface LogReader {
  entry(entry: LogEntry): void;
  /** Lines that are missing here because somebody on the way was too slow. */
  missed(count: number): void;
}

/** Where entries come from. */
export interface LogSources {
  readonly context: DaemonContext;
  readonly hub: LineHub;
}

/** Reads until `signal` is aborted, or to the end of what there is when it does not follow. */
export async function readLogs(
  { context, hub }: LogSources,
  request: LogsRequest,
  reader: { readonly to: LogReader; readonly signal: AbortSignal },
): Promise<void> {
  const { to, signal } = reader;
  if (!request.follow) {
    for (const entry of await lastEntries(context, request)) to.entry(entry);
    return;
  }
  const live = new LiveEntries(context, request.targets, to);
  const ends = [context.events.subscribe((event) => live.event(event)), hub.follow((lines, dropped) => live.lines(lines, dropped))];
  try {
    live.open(await lastEntries(context, request));
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    for (const end of ends) end();
  }
}

/** Holds back what comes while the last lines are being collected, so that nothing is shown twice or in the wrong order. */
export class LiveEntries {
  readonly #context: DaemonContext;
  readonly #targets: readonly string[] | null;
  readonly #to: LogReader;
  readonly #matches = new Map<string, boolean>();
  #held: LogEntry[] | null = [];
  #shown = new Set<string>();

  constructor(context: DaemonContext, targets: readonly string[] | null, to: LogReader) {
    this.#context = context;
    this.#targets = targets;
    this.#to = to;
  }

  open(last: readonly LogEntry[]): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const entry of last) this.#to.entry(entry);
    this.#shown = new Set(last.filter((entry) => entry.at !== null).map(identity));
    for (const entry of held) this.#pass(entry);
  }

  event(event: HoldfastEvent): void {
    const entry = eventEntry(event);
    if (this.#isWanted(entry.app, entry.slot)) this.#pass(withId(this.#context, entry));
  }

  lines(lines: readonly LogLine[], dropped: number): void {
    if (dropped > 0) this.#to.missed(dropped);
    for (const line of lines) if (this.#isWanted(line.app, line.slot)) this.#pass(lineEntry(line));
  }

  #pass(entry: LogEntry): void {
    if (this.#held !== null) this.#held.push(entry);
    // A host may have put a line into its answer and into its stream.
    else if (!this.#shown.delete(identity(entry))) this.#to.entry(entry);
  }

  #isWanted(app: string | null, slot: number | null): boolean {
    if (this.#targets === null) return true;
    if (app === null) return false;
    const key = `${slot} ${app}`;
    const known = this.#matches.get(key) ?? this.#select(app, slot);
    this.#matches.set(key, known);
    return known;
  }

  /** Apps and instances come into being while somebody reads. */
  #select(app: string, slot: number | null): boolean {
    const stored = this.#context.store.get(app) ?? this.#context.departing.get(app);
    const among = (stored?.slots ?? [])
      .filter((one) => slot === null || one.slot === slot)
      .map((one) => ({ id: one.id, name: app, namespace: stored!.spec.namespace }));
    // A target that means nothing among these may mean something elsewhere.
    return this.#targets!.some((target) => selectEach([target], among).kind === 'matched');
  }
}

function identity(entry: LogEntry): string {
  return `${entry.at} ${entry.id} ${entry.stream} ${entry.app} ${entry.text}`;
}
