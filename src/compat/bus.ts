// PM2's bus, made from our streams of log lines and of events: the same topics and payloads, for programs that subscribe by pattern.
import { EventEmitter } from 'node:events';
import type { Client } from '../client/client.ts';
import { printEvent } from '../model/event.ts';
import type { HoldfastEvent } from '../model/event.ts';
import { toBusEvents } from './bus-events.ts';
import type { BusEvent, Courses } from './bus-events.ts';
import { toBusMessage } from './bus-messages.ts';
import type { JlistEntry } from './jlist.ts';
import { toBusLog } from './pm2-log.ts';
import type { Bus } from './pm2-types.ts';

/** `list` asks for the list as it is now. */
export interface BusSource {
  readonly client: Client;
  list(): Promise<readonly JlistEntry[]>;
}

/** How often a daemon that has gone is looked for. */
const AGAIN_MS = 500;

/** Opens the bus; resolves when nothing more is missed. It goes on over the end of a daemon, as soon as there is another one. */
export async function openBus(source: BusSource): Promise<Bus> {
  let handlers: { readonly pattern: string; readonly handler: (...args: never[]) => void }[] = [];
  const closing = new AbortController();
  let isOpen = false;
  const sock = Object.assign(new EventEmitter(), { close });
  const emit = (topic: string, payload: unknown): void => {
    for (const { pattern, handler } of handlers) {
      const match = patternOf(pattern).exec(topic);
      if (match !== null) process.nextTick(handler, ...match.slice(1), payload);
    }
  };

  function close(): void {
    if (closing.signal.aborted) return;
    closing.abort();
    sock.emit('close');
  }

  await new Promise<void>((resolve, reject) => {
    const failed = (error: unknown): void => {
      reject(error);
      if (!isOpen) close();
    };
    const opened = (): void => {
      isOpen = true;
      resolve();
    };
    void followAll(source, { emit, signal: closing.signal, opened, failed, sock });
  });
  return {
    on: (pattern: string, handler: (...args: never[]) => void) => void handlers.push({ pattern, handler }),
    off: (pattern) => void (handlers = handlers.filter((one) => one.pattern !== pattern)),
    close,
    sock,
  };
}

/** `*` in a pattern is handed to the handler first. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('(.+)')}$`);
}

interface Following {
  emit(topic: string, payload: unknown): void;
  readonly signal: AbortSignal;
  opened(): void;
  failed(error: unknown): void;
  readonly sock: EventEmitter;
}

async function followAll(source: BusSource, following: Following): Promise<void> {
  const { signal, sock } = following;
  while (!signal.aborted) {
    // Where one of them ends, all begin anew: in a moment, for where the daemon ends the others still have something to tell, of that too.
    const round = new AbortController();
    const end = (): void => round.abort();
    const endSoon = (): void => void setTimeout(end, AGAIN_MS);
    signal.addEventListener('abort', end);
    let missing = 3;
    const query = {
      follow: true,
      signal: round.signal,
      opened: () => {
        missing -= 1;
        if (missing === 0) following.opened();
      },
    };
    const namespaceOf = createNamespaces(source);
    const streams = [
      followLines(source, { ...query, namespaceOf }, following),
      followMessages(source, { ...query, namespaceOf }, following),
      followEvents(source, query, following),
    ];
    await Promise.all(streams.map((stream) => stream.catch(following.failed).finally(endSoon)));
    signal.removeEventListener('abort', end);
    if (!signal.aborted) sock.emit('reconnect attempt');
    while (!signal.aborted && !(await source.client.isRunning().catch(() => false)))
      await new Promise<void>((resolve) => void setTimeout(resolve, AGAIN_MS));
  }
}

interface Query {
  readonly follow: boolean;
  readonly signal: AbortSignal;
  readonly opened: () => void;
}

type NamespaceOf = (app: string) => Promise<string>;

/** The list is asked for an app that was not seen before, and no oftener. */
function createNamespaces({ list }: BusSource): NamespaceOf {
  const namespaces = new Map<string, string>();
  return async (app) => {
    if (!namespaces.has(app)) for (const entry of await list()) namespaces.set(entry.name, entry.pm2_env.namespace);
    return namespaces.get(app) ?? 'default';
  };
}

type NamedQuery = Query & { readonly namespaceOf: NamespaceOf };

async function followLines({ client }: BusSource, { namespaceOf, ...query }: NamedQuery, { emit }: Following): Promise<void> {
  for await (const { stream, at, app, id, text } of client.logs({ ...query, lines: 0 })) {
    if (stream === 'event' || app === null) continue;
    const process = { pm_id: id, name: app, rev: null, namespace: await namespaceOf(app) };
    emit(`log:${stream}`, { process, at, data: `${text}\n` });
  }
}

async function followMessages({ client }: BusSource, { namespaceOf, ...query }: NamedQuery, { emit }: Following): Promise<void> {
  for await (const update of client.messages(query)) {
    if (update.type === 'left-out') {
      emit('holdfast:left-out', { at: Date.now(), count: update.count });
      continue;
    }
    const { app, id } = update.message;
    const { topic, payload } = toBusMessage(update.message, { pm_id: id, name: app, namespace: await namespaceOf(app) });
    emit(topic, payload);
  }
}

async function followEvents({ client, list }: BusSource, query: Query, { emit }: Following): Promise<void> {
  const courses: Courses = new Map();
  let known: readonly JlistEntry[] = await list();
  for await (const event of client.events({ ...query, last: 0 })) {
    const happened = toBusEvents(event, courses);
    if (happened.length > 0 || event.kind === 'starting') {
      // The daemon may be gone already.
      const now = await list().catch(() => known);
      // One that was deleted is shown as it was.
      known = [...now, ...known.filter((old) => !now.some((entry) => entry.pm_id === old.pm_id))];
    }
    const [subject] = event.slot === null ? [] : meant(event, known);
    emit('log:PM2', toBusLog(event, subject?.pm_id ?? null));
    for (const one of happened) for (const entry of meant(one, known)) emit('process:event', payloadOf(one, entry, event.at));
    if (event.kind === 'daemon-ending') emit('pm2:kill', { status: 'killed', msg: printEvent(event) });
  }
}

function meant({ app, slot }: Pick<HoldfastEvent, 'app' | 'slot'>, entries: readonly JlistEntry[]): readonly JlistEntry[] {
  const ofApp = entries.filter(({ name }) => name === app);
  return slot === null ? ofApp : ofApp.filter(({ pm2_env: env }) => env[String(env['instance_var'])] === slot).slice(0, 1);
}

function payloadOf({ event, manually, status }: BusEvent, entry: JlistEntry, at: number): object {
  const shown = Object.fromEntries(Object.entries(entry.pm2_env).filter(([key]) => key !== 'env'));
  return { event, manually, process: { ...shown, status: status ?? entry.pm2_env.status }, at };
}
