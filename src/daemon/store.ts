// Desired state: which apps there should be, their slots, ids and goals. Kept in state.json; it knows nothing of what runs.
import fs from 'node:fs';
import * as v from 'valibot';
import { appSpecSchema } from '../model/app-spec.ts';
import type { Home } from '../model/home.ts';
import type { Goal } from '../model/instance.ts';
import { moveAside, readJsonFile, writeFileAtomic } from '../platform/atomic-file.ts';
import type { DesiredApp, Memory, Orphan } from '../policy/reconcile.ts';
import { liftState, STATE_VERSION } from './patches.ts';
import type { PastRelease, ReleaseRecord } from './releases.ts';
import { createSaver } from './saver.ts';

/** An app as it is kept. Its spec is that of its current release, with as many instances as it has slots. */
export interface StoredApp extends DesiredApp {
  /** Its processes that outlived their host and have no other yet. */
  readonly orphans: readonly Orphan[];
  /** The current release: what the next command launches. */
  readonly release: ReleaseRecord;
  /** Those before it that can be returned to, oldest first. */
  readonly earlier: readonly PastRelease[];
  /** The highest number that a release was given: none is given twice. */
  readonly lastRelease: number;
  /** When the latest rollout began of which this knows the outcome, as its host said; a failed one was dealt with then. */
  readonly rolloutAt: number | null;
  /** Its changes count for nothing until it is restarted by hand, because it makes them itself: null while they do. */
  readonly watchPause: WatchPause | null;
}

/** Why, and since when, an app's files are not watched. */
export interface WatchPause {
  readonly file: string;
  readonly restarts: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The list of apps. A change is in memory at once, on disk when `saved` resolves. */
export interface Store {
  /** `lost` when the list could not be read at start: then nothing that runs is taken for deleted. */
  readonly memory: Memory;
  /** By id of the first slot, as they were created. */
  apps(): readonly StoredApp[];
  get(name: string): StoredApp | null;
  put(app: StoredApp): void;
  remove(name: string): void;
  /** By a command: what it stops does not wait for its schedule. */
  setGoals(name: string, slots: readonly number[], goal: Goal): void;
  /** It has ended by itself: it is down, and its schedule may start it. Nothing changes where a command stopped it before. */
  letRest(name: string, slot: number): void;
  /** Its files are not watched for now; null: they are again. */
  pauseWatch(name: string, pause: WatchPause | null): void;
  /** The next ids, in order of creation; they begin at 0 again when the list is empty. */
  takeIds(count: number): readonly number[];
  /** Resolves when every change so far is on disk; rejects with the reason when it cannot be written. */
  saved(): Promise<void>;
}

/** What goes wrong with the file; each becomes an event. */
export interface StoreEvents {
  movedAside(trouble: { readonly file: string; readonly reason: string }): void;
  notSaved(trouble: { readonly file: string; readonly reason: string }): void;
  /** The list is another now. */
  changed(): void;
}

const orphanSchema = v.object({
  slot: v.number(),
  id: v.number(),
  process: v.object({ pid: v.pipe(v.number(), v.integer(), v.minValue(1)), startTime: v.string() }),
});
const slotSchema = v.object({
  slot: v.pipe(v.number(), v.integer(), v.minValue(0)),
  id: v.pipe(v.number(), v.integer(), v.minValue(0)),
  goal: v.picklist(['up', 'down']),
  waits: v.optional(v.boolean()),
});
const releaseFields = {
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  createdAt: v.number(),
  healthy: v.boolean(),
  cwd: v.string(),
  script: v.string(),
};
const waitingSchema = v.object({ since: v.number(), orElse: v.picklist(['leave', 'start']) });
const appSchema = v.object({
  spec: appSpecSchema,
  slots: v.pipe(v.array(slotSchema), v.minLength(1)),
  waiting: v.nullable(waitingSchema),
  orphans: v.optional(v.array(orphanSchema), []),
  release: v.object(releaseFields),
  earlier: v.array(v.object({ ...releaseFields, spec: appSpecSchema })),
  lastRelease: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rolloutAt: v.nullable(v.number()),
  watchPause: v.nullable(v.object({ file: v.string(), restarts: v.number(), at: v.number() })),
});
const stateSchema = v.object({
  version: v.literal(STATE_VERSION),
  bootId: v.string(),
  nextId: v.pipe(v.number(), v.integer(), v.minValue(0)),
  apps: v.array(appSchema),
});
type State = v.InferOutput<typeof stateSchema>;

/** The file in which the list of an earlier boot is kept for people to look at. */
export function previousBootFile(home: Home): string {
  return home.state.replace(/\.json$/, '.previous-boot.json');
}

/** Reads the list. A file of another boot is put away and the list starts empty; one that cannot be read is moved aside and reported. */
export function openStore(options: {
  readonly home: Home;
  readonly bootId: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly on: StoreEvents;
}): Store {
  const { home, bootId } = options;
  const read = readState(home.state, options.now);
  if (read.kind === 'unreadable') options.on.movedAside({ file: home.state, reason: `${read.reason} (now ${moveAside(home.state)})` });
  const ours = read.kind === 'state' && read.state.bootId === bootId;
  if (read.kind === 'state' && !ours) fs.renameSync(home.state, previousBootFile(home));
  return createStore(ours ? read.state : { version: STATE_VERSION, bootId, nextId: 0, apps: [] }, {
    memory: ours ? 'complete' : 'lost',
    save: (text) => writeFileAtomic(home.state, text),
    failed: (error) => options.on.notSaved({ file: home.state, reason: error.message }),
    changed: options.on.changed,
  });
}

type ReadState = { kind: 'state'; state: State } | { kind: 'absent' } | { kind: 'unreadable'; reason: string };

function readState(file: string, now: number): ReadState {
  const json = readJsonFile(file);
  if (json.kind !== 'value') return json;
  const lifted = liftState(json.value, now);
  if (lifted.kind === 'problem') return { kind: 'unreadable', reason: lifted.reason };
  const parsed = v.safeParse(stateSchema, lifted.state);
  if (parsed.success) return { kind: 'state', state: parsed.output };
  const issue = parsed.issues[0];
  return { kind: 'unreadable', reason: `${v.getDotPath(issue) ?? 'it'}: ${issue.message}` };
}

function createStore(
  state: State,
  options: {
    readonly memory: Memory;
    readonly save: (text: string) => Promise<void>;
    readonly failed: (error: Error) => void;
    readonly changed: () => void;
  },
): Store {
  const apps = new Map<string, StoredApp>(state.apps.map((app) => [app.spec.name, app]));
  let nextId = Math.max(state.nextId, ...state.apps.flatMap((app) => app.slots.map((slot) => slot.id + 1)));
  const inOrder = (): readonly StoredApp[] => [...apps.values()].sort((a, b) => firstId(a) - firstId(b));
  const print = (): string => `${JSON.stringify({ version: STATE_VERSION, bootId: state.bootId, nextId, apps: inOrder() }, null, 1)}\n`;
  const saver = createSaver(() => options.save(print()), options.failed);
  const changed = (): void => {
    saver.changed();
    options.changed();
  };
  const put = (app: StoredApp): void => {
    // What nobody wants up waits for nothing.
    const isWanted = app.waiting === null || app.slots.some((slot) => slot.goal === 'up');
    apps.set(app.spec.name, isWanted ? app : { ...app, waiting: null });
    nextId = Math.max(nextId, ...app.slots.map((slot) => slot.id + 1));
    changed();
  };
  return {
    memory: options.memory,
    apps: inOrder,
    get: (name) => apps.get(name) ?? null,
    put,
    remove(name) {
      apps.delete(name);
      if (apps.size === 0) nextId = 0;
      changed();
    },
    setGoals(name, slots, goal) {
      const app = apps.get(name);
      if (app?.slots.some((slot) => slots.includes(slot.slot) && (slot.goal !== goal || slot.waits === true)))
        put({ ...app, slots: app.slots.map((slot) => (slots.includes(slot.slot) ? { slot: slot.slot, id: slot.id, goal } : slot)) });
    },
    letRest(name, slot) {
      const app = apps.get(name);
      if (app?.slots.some((one) => one.slot === slot && one.goal === 'up'))
        put({ ...app, slots: app.slots.map((one) => (one.slot === slot ? { ...one, goal: 'down', waits: true } : one)) });
    },
    pauseWatch(name, watchPause) {
      const app = apps.get(name);
      if (app !== undefined && app.watchPause !== watchPause) put({ ...app, watchPause });
    },
    takeIds(count) {
      if (apps.size === 0) nextId = 0;
      const ids = Array.from({ length: count }, (_, index) => nextId + index);
      nextId += count;
      return ids;
    },
    saved: () => saver.saved(),
  };
}

function firstId(app: DesiredApp): number {
  return Math.min(...app.slots.map((slot) => slot.id));
}
