// What `holdfast logs` needs of the daemon: which files to read, and what stands in none of them. It reads no file itself, however much is asked for.
import type { EventFileView, LogSourceUpdate } from '../model/view.ts';
import type { DaemonContext } from './context.ts';
import { lineEntry } from './log-entries.ts';
import { isStored, logFilesOf } from './log-files.ts';
import { recentLines } from './log-tail.ts';
import { LiveEntries } from './logs.ts';
import type { LogReader, LogSources } from './logs.ts';
import type { AppSlots } from './operations/plan.ts';
import { allSlots, selectSlots } from './operations/plan.ts';

/** `targets` null: all apps, and the manager's own events. `lines`: how many of the last ones of what is in no file. */
export interface SourcesRequest {
  readonly targets: readonly string[] | null;
  readonly lines: number;
  readonly follow: boolean;
}

type FilesUpdate = Extract<LogSourceUpdate, { type: 'files' }>;

/** Gets the files before anything else. */
export interface SourcesReader extends LogReader {
  files(update: FilesUpdate): void;
}

/** The slots that are meant now. Throws TARGET_NOT_FOUND. */
export function chooseSlots(context: DaemonContext, targets: readonly string[] | null): readonly AppSlots[] {
  return targets === null
    ? context.store.apps().map((app) => ({ app: app.spec.name, slots: allSlots(app) }))
    : selectSlots(context, 'show the logs of', targets);
}

/** Sends the files, and with `follow` goes on until `signal` is aborted. */
export async function readSources(
  { context, hub }: LogSources,
  { targets, lines, follow }: SourcesRequest,
  reader: { readonly to: SourcesReader; readonly signal: AbortSignal },
): Promise<void> {
  const { to, signal } = reader;
  const live = new LiveEntries(context, targets, to);
  const ends: (() => void)[] = [];
  let chosen = chooseSlots(context, targets);
  let sent = '';
  let isHearing = false;

  /** Hosts cut lines for nobody but those who cannot read them in a file. */
  const hear = (): void => {
    if (isHearing || !follow || !chosen.some(({ app }) => !isStored(context, app, 'out') || !isStored(context, app, 'err'))) return;
    isHearing = true;
    ends.push(
      hub.follow((all, dropped) =>
        live.lines(
          all.filter(({ app, stream }) => !isStored(context, app, stream)),
          dropped,
        ),
      ),
    );
  };
  const look = (): void => {
    const update = filesUpdate(context, targets, chosen);
    const text = JSON.stringify(update);
    if (text !== sent) to.files(update);
    sent = text;
    hear();
  };
  look();
  for (const event of context.events.unwritten()) live.event(event);
  if (follow) {
    ends.push(
      context.events.subscribe((event) => {
        chosen = choiceOr(context, targets, chosen);
        look();
        live.event(event);
      }),
    );
  }
  try {
    live.open(await unstoredLines(context, chosen, lines));
    if (follow && !signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    for (const end of ends) end();
  }
}

/** An app that was meant may be deleted meanwhile: what is known of it stays as it was. */
function choiceOr(context: DaemonContext, targets: readonly string[] | null, before: readonly AppSlots[]): readonly AppSlots[] {
  try {
    return chooseSlots(context, targets);
  } catch {
    return before;
  }
}

function filesUpdate(context: DaemonContext, targets: readonly string[] | null, chosen: readonly AppSlots[]): FilesUpdate {
  const apps = chosen.map(({ app, slots }): EventFileView['apps'][number] => ({
    name: app,
    slots: (context.store.get(app)?.slots ?? []).filter(({ slot }) => slots.includes(slot)).map(({ slot, id }) => ({ slot, id })),
  }));
  return { type: 'files', files: logFilesOf(context, chosen), events: { path: context.home.log, apps, own: targets === null } };
}

async function unstoredLines(context: DaemonContext, chosen: readonly AppSlots[], lines: number): Promise<ReturnType<typeof lineEntry>[]> {
  if (lines === 0) return [];
  const some = chosen.filter(({ app }) => !isStored(context, app, 'out') || !isStored(context, app, 'err'));
  const found = await Promise.all(some.map((one) => recentLines(context, one, lines)));
  return found
    .flat()
    .filter(({ app, stream }) => !isStored(context, app, stream))
    .map(lineEntry);
}
