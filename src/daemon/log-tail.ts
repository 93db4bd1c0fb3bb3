// The last lines of apps with the manager's events among them, from the hosts' memory, the log files, and daemon.log.
import { instanceLogPath, isDevicePath } from '../log/paths.ts';
import { tailFile } from '../log/tail.ts';
import type { LogLine } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { LogEntry } from '../model/view.ts';
import type { DaemonContext } from './context.ts';
import { readHistory } from './event-history.ts';
import { lineEntry, withId } from './log-entries.ts';
import type { AppSlots } from './operations/plan.ts';

/** A host that does not answer within this time is left out: its lines are in the files. */
const PATIENCE_MS: Ms = 2000;

/** `targets` null: all apps, and the manager's own events. `chosen` is what they mean now. */
export interface TailRequest {
  readonly targets: readonly string[] | null;
  readonly chosen: readonly AppSlots[];
  readonly lines: number;
}

/** Of each app its last `lines` lines and as many events. Those without a time come first, the others by their time. */
export async function lastEntries(context: DaemonContext, request: TailRequest): Promise<readonly LogEntry[]> {
  if (request.lines === 0) return [];
  const perApp = await Promise.all(request.chosen.map((chosen) => appEntries(context, chosen, request.lines)));
  const all = [...perApp.flat(), ...lastEvents(context, request)];
  const timed = all.filter((entry) => entry.at !== null).sort((a, b) => a.at! - b.at!);
  return [...all.filter((entry) => entry.at === null), ...timed];
}

async function appEntries(context: DaemonContext, chosen: AppSlots, lines: number): Promise<readonly LogEntry[]> {
  const recent = await recentLines(context, chosen, lines);
  const older = recent.length < lines ? olderLines(context, chosen, { recent, missing: lines - recent.length }) : [];
  return [...older, ...recent.map(lineEntry)];
}

/** What the app's host has in memory. */
export async function recentLines(context: DaemonContext, { app, slots }: AppSlots, lines: number): Promise<readonly LogLine[]> {
  const link = context.hosts.get(context.store.get(app)?.spec.host ?? '');
  if (link?.runs.has(app) !== true) return [];
  return new Promise((resolve) => {
    const cancel = context.clock.setTimer(PATIENCE_MS, () => resolve([]));
    const settle = (found: readonly LogLine[]): void => {
      cancel();
      resolve(found);
    };
    // A host that has just ended or refuses: the files have what was written.
    link.request({ type: 'tail', app, slots, lines }).then(
      (reply) => settle(reply.lines ?? []),
      () => settle([]),
    );
  });
}

/** From each file, without the lines that `recent` has already: the file ends with these. */
function olderLines(
  context: DaemonContext,
  chosen: AppSlots,
  { recent, missing }: { readonly recent: readonly LogLine[]; readonly missing: number },
): readonly LogEntry[] {
  return filesOf(context, chosen).flatMap((file) => {
    const known = recent.filter((line) => line.stream === file.stream && file.slots.includes(line.slot)).length;
    // Instances that share a file cannot be told apart in it.
    const [slot, id] = file.slots.length === 1 ? [file.slots[0]!, file.ids[0]!] : [null, null];
    const entry = { at: null, app: chosen.app, slot, id } as const;
    try {
      const texts = tailFile(file.path, missing + known);
      return texts
        .slice(0, Math.max(0, texts.length - known))
        .map((text): LogEntry => ({ ...entry, stream: file.stream, level: 'info', text }));
    } catch (error) {
      return [
        { ...entry, stream: 'event', level: 'warn', text: `cannot read ${file.path}: ${(error as Error).message}` } satisfies LogEntry,
      ];
    }
  });
}

interface LogFile {
  readonly path: string;
  readonly stream: 'out' | 'err';
  readonly slots: readonly number[];
  readonly ids: readonly number[];
}

function filesOf(context: DaemonContext, { app: name, slots }: AppSlots): readonly LogFile[] {
  const app = context.store.get(name);
  if (app === null) return [];
  const files = new Map<string, LogFile>();
  for (const stream of ['out', 'err'] as const) {
    for (const { slot, id } of app.slots.filter((one) => slots.includes(one.slot))) {
      const path = instanceLogPath(stream === 'out' ? app.spec.outFile : app.spec.errorFile, id, app.spec.mergeLogs);
      // Devices have no end to read from.
      if (path === null || isDevicePath(path)) continue;
      const known = files.get(`${stream} ${path}`);
      files.set(`${stream} ${path}`, { path, stream, slots: [...(known?.slots ?? []), slot], ids: [...(known?.ids ?? []), id] });
    }
  }
  return [...files.values()];
}

function lastEvents(context: DaemonContext, { targets, chosen, lines }: TailRequest): readonly LogEntry[] {
  const history = readHistory({ file: context.home.log, recent: context.events.recent(), apps: chosen.map(({ app }) => app) });
  const ofApps = chosen.flatMap(({ app, slots }) =>
    history.filter((entry) => entry.app === app && (entry.slot === null || slots.includes(entry.slot))).slice(-lines),
  );
  const own = targets === null ? history.filter((entry) => entry.app === null).slice(-lines) : [];
  return [...ofApps, ...own].map((entry) => withId(context, entry));
}
