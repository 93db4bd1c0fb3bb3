// Published events: what happened, when, to whom. The one table of their texts serves every output.
import type { Exit, FinishReason, GiveUpReason } from './instance.ts';
import type { Overlap, RolloutAction, RolloutCause, RolloutFailure } from './rollout.ts';
import { printDuration, printSize } from './units.ts';
import type { Bytes, Ms } from './units.ts';

/** How many of an app's instances get traffic. */
export interface Rotation {
  readonly serving: number;
  readonly of: number;
}

/** What a drain did: every connection that was open is counted once, by how it ended. */
export interface DrainReport {
  /** Nothing was asked on it while the drain lasted. */
  readonly idleClosed: number;
  /** Something was under way, or came, and went to its end. */
  readonly finished: number;
  /** Not at its end when the time was over. */
  readonly cut: number;
  /** WebSockets that were told to go away; they are counted above too, by how they ended. */
  readonly toldToGo: number;
  readonly tookMs: Ms;
}

/** What an instance waited for in vain: its ready message, its first listen, or its readiness probe. */
export type WaitedFor = 'ready' | 'listen' | 'probe';

export type EventBody =
  | { readonly kind: 'waits'; readonly for: string; readonly limitMs: Ms }
  | { readonly kind: 'not-started'; readonly reason: string }
  | { readonly kind: 'not-waited'; readonly reason: string }
  | { readonly kind: 'starting'; readonly command: string }
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'online'; readonly rotation: Rotation | null }
  | { readonly kind: 'listening'; readonly address: string; readonly rotation: Rotation }
  | { readonly kind: 'not-ready'; readonly afterMs: Ms; readonly waitedFor: WaitedFor; readonly outcome: 'accepted' | 'failed' }
  | { readonly kind: 'healthy'; readonly aliveMs: Ms }
  | { readonly kind: 'exited'; readonly exit: Exit; readonly pid: number | null }
  | { readonly kind: 'out-of-rotation'; readonly rotation: Rotation }
  /** One that stood by has come in. */
  | { readonly kind: 'stepped-in'; readonly rotation: Rotation | null }
  | { readonly kind: 'will-restart'; readonly delayMs: Ms; readonly crash: number; readonly of: number }
  | { readonly kind: 'finished'; readonly reason: FinishReason }
  | {
      readonly kind: 'errored';
      readonly reason: GiveUpReason;
      readonly crashes: number;
      readonly spanMs: Ms;
      readonly maxRestarts: number;
      /** Where it gets a second chance: after so long. */
      readonly retryMs?: Ms;
    }
  | { readonly kind: 'second-chance'; readonly afterMs: Ms }
  | { readonly kind: 'draining' }
  | { readonly kind: 'drained'; readonly report: DrainReport }
  | { readonly kind: 'stopping'; readonly how: string; readonly killTimeoutMs: Ms }
  /** `unheard`: it was told by a message, which it may not listen for. */
  | { readonly kind: 'kill-timeout'; readonly afterMs: Ms; readonly unheard?: true }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'memory-over'; readonly bytes: Bytes; readonly limitBytes: Bytes }
  | { readonly kind: 'replaced'; readonly bytes: Bytes }
  | { readonly kind: 'replace-failed'; readonly reason: string }
  | {
      readonly kind: 'rollout-started';
      readonly cause: RolloutCause;
      readonly release: number;
      readonly slots: number;
      readonly overlap: Overlap;
    }
  | { readonly kind: 'rollout-step'; readonly action: RolloutAction; readonly tookMs: Ms }
  | { readonly kind: 'rollout-done'; readonly cause: RolloutCause; readonly slots: number; readonly tookMs: Ms }
  | { readonly kind: 'rollout-undoing'; readonly slots: number }
  | {
      readonly kind: 'rollout-failed';
      readonly cause: RolloutCause;
      readonly reason: RolloutFailure;
      readonly text: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'release-vanished'; readonly path: string; readonly instead: string }
  | {
      readonly kind: 'readiness-failed';
      readonly check: string;
      readonly reason: string;
      readonly times: number;
      readonly rotation: Rotation | null;
      readonly kept: boolean;
    }
  | { readonly kind: 'readiness-passed'; readonly check: string; readonly rotation: Rotation | null }
  | { readonly kind: 'liveness-failed'; readonly check: string; readonly reason: string; readonly times: number }
  | { readonly kind: 'loop-blocked'; readonly forMs: Ms; readonly limitMs: Ms }
  /** A door into the app, which stays open as long as the process lives. */
  | { readonly kind: 'inspector-opened'; readonly pid: number; readonly address: string }
  | { readonly kind: 'port-busy'; readonly address: string; readonly holder: string | null }
  | { readonly kind: 'node-vanished'; readonly path: string; readonly instead: string }
  | { readonly kind: 'log-failed'; readonly file: string; readonly reason: string }
  | {
      readonly kind: 'log-recovered' | 'log-given-up';
      readonly file: string;
      readonly lost: { readonly lines: number; readonly bytes: Bytes };
    }
  | { readonly kind: 'log-not-rotated'; readonly file: string; readonly reason: string }
  | { readonly kind: 'output-dropped'; readonly bytes: Bytes }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'schedule-due'; readonly pattern: string; readonly action: 'start' | 'restart' | 'reload' }
  | { readonly kind: 'schedule-skipped'; readonly pattern: string; readonly reason: 'still-running' | 'busy' }
  | { readonly kind: 'schedule-failed'; readonly pattern: string; readonly reason: string }
  /** `files` are the first of those that changed, relative to the app's folder where they are in it; `count` is of all. */
  | { readonly kind: 'watch-changed'; readonly files: readonly string[]; readonly count: number; readonly action: 'restart' | 'reload' }
  | { readonly kind: 'watch-refused'; readonly files: readonly string[]; readonly count: number; readonly reason: string }
  | { readonly kind: 'watch-loop'; readonly file: string; readonly restarts: number }
  | { readonly kind: 'watch-missing'; readonly path: string }
  /** `advice` completes "or": what makes it work. */
  | { readonly kind: 'watch-failed'; readonly reason: string; readonly advice: string | null }
  | { readonly kind: 'daemon-started'; readonly version: string; readonly pid: number; readonly adopted: number }
  | { readonly kind: 'daemon-leaving' | 'daemon-ending' }
  | { readonly kind: 'host-gone'; readonly host: string; readonly pid: number; readonly serving: number }
  | {
      readonly kind: 'host-took-over';
      readonly host: string;
      readonly pid: number;
      readonly dead: number;
      readonly living: number;
      readonly gaveWay: boolean;
    }
  | { readonly kind: 'host-started'; readonly host: string; readonly pid: number }
  | { readonly kind: 'facts-missed'; readonly host: string; readonly missed: number }
  /** Only to a reader of the stream of events who was too slow for it. */
  | { readonly kind: 'left-out'; readonly count: number }
  | { readonly kind: 'host-failed'; readonly host: string; readonly reason: string }
  | { readonly kind: 'state-moved-aside'; readonly file: string; readonly reason: string }
  | { readonly kind: 'state-not-saved'; readonly file: string; readonly reason: string };

export type EventKind = EventBody['kind'];
export type EventLevel = 'info' | 'warn' | 'error' | 'alert';

/** One published event. `app` and `slot` are null for events of the manager itself. */
export type HoldfastEvent = EventBody & {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly app: string | null;
  readonly slot: number | null;
};

const LEVELS: Readonly<Partial<Record<EventKind, EventLevel>>> = {
  'not-started': 'error',
  'not-waited': 'warn',
  exited: 'warn',
  'out-of-rotation': 'warn',
  'not-ready': 'warn',
  'kill-timeout': 'warn',
  'memory-over': 'warn',
  'replace-failed': 'error',
  'rollout-undoing': 'error',
  'rollout-failed': 'alert',
  'release-vanished': 'error',
  'readiness-failed': 'warn',
  'liveness-failed': 'warn',
  'loop-blocked': 'error',
  'inspector-opened': 'warn',
  'port-busy': 'error',
  'node-vanished': 'warn',
  'log-failed': 'error',
  'log-given-up': 'error',
  'log-not-rotated': 'warn',
  'output-dropped': 'warn',
  unsupported: 'warn',
  errored: 'alert',
  'host-gone': 'alert',
  'facts-missed': 'warn',
  'left-out': 'warn',
  'schedule-skipped': 'warn',
  'schedule-failed': 'error',
  'watch-refused': 'error',
  'watch-loop': 'alert',
  'watch-missing': 'warn',
  'watch-failed': 'alert',
  'host-failed': 'alert',
  'state-moved-aside': 'error',
  'state-not-saved': 'error',
};

/** The weight of an event; `alert` events also stand under `ls` while they hold. */
export function levelOf(body: EventBody): EventLevel {
  // Whoever gave the command that took it over knows.
  if (body.kind === 'rollout-failed' && body.reason === 'taken-over') return 'warn';
  return LEVELS[body.kind] ?? 'info';
}

/** `code [1] (pid 7; uncaught TypeError: ...)`, `signal [SIGKILL] (pid 7)`. */
export function printExit(exit: Exit, pid: number | null): string {
  const how =
    exit.signal !== null ? `by signal [${exit.signal}]` : exit.code !== null ? `with code [${exit.code}]` : 'with exit code unknown';
  const details = [
    exit.unknown === 'host-died' ? 'its host had died' : null,
    pid === null ? null : `pid ${pid}`,
    exit.error === null ? null : `uncaught ${exit.error}`,
  ].filter((part) => part !== null);
  return details.length === 0 ? `exited ${how}` : `exited ${how} (${details.join('; ')})`;
}

const CAUSES: Readonly<Record<RolloutCause, string>> = {
  reload: 'reload',
  config: 'reload with new settings',
  rollback: 'rollback',
  scale: 'scale',
  memory: 'replacement for its memory',
  liveness: 'replacement of what is not alive',
  takeover: 'replacement under a new host',
};

const OVERLAPS: Readonly<Record<Overlap, string>> = {
  balanced: 'each new one ready before the old one leaves',
  'shares-port': 'each new one ready before the old one leaves (the app shares its port)',
  'listens-not': 'each new one ready before the old one leaves (the app listens on nothing)',
  none: 'with a short gap each: in fork mode two instances cannot share its port',
};

/** What a rollout does with the old instances, in words. */
export function printOverlap(overlap: Overlap): string {
  return OVERLAPS[overlap];
}

const STEPS: Readonly<Record<RolloutAction, string>> = {
  'start-successor': 'successor launched',
  start: 'launched',
  'await-ready': 'successor ready',
  bake: 'successor proven',
  join: 'successor in rotation',
  leave: 'predecessor out of rotation',
  drain: 'predecessor drained',
  stop: 'predecessor stopped',
};

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

type NotReady = Extract<EventBody, { kind: 'not-ready' }>;

/** `not listening after 30 s`. */
export function printMissingSign({ afterMs, waitedFor }: NotReady): string {
  const missing = { ready: 'no ready signal', listen: 'not listening', probe: 'its readiness probe has not passed' };
  return `${missing[waitedFor]} after ${printDuration(afterMs)}`;
}

function printNotReady(event: NotReady): string {
  if (event.outcome === 'failed') return `${printMissingSign(event)} (listen_timeout): it counts as a crash`;
  const accepted = {
    ready: 'taken as online; is wait_ready right?',
    listen: 'taken as online; it gets traffic once it listens',
    probe: 'taken as online; it gets traffic once the probe passes',
  };
  return `${printMissingSign(event)}, ${accepted[event.waitedFor]}`;
}

const UNHEARD = ". It got no signal but the message 'shutdown' (shutdown_with_message): does it listen for that?";
function printLoss({ lines, bytes }: { readonly lines: number; readonly bytes: Bytes }): string {
  return bytes === 0 ? 'nothing was lost' : `${countOf(lines, 'line')} (${printSize(bytes)}) ${lines === 1 ? 'was' : 'were'} lost`;
}

/** `errored: 10 crashes in 47 s, not restarting again (max_restarts 10)`: what there is to say where nobody can restart it. */
export function printGivenUp({ crashes, spanMs, maxRestarts, retryMs }: Extract<EventBody, { kind: 'errored' }>): string {
  const what = `errored: ${crashes} crash${crashes === 1 ? '' : 'es'} in ${printDuration(spanMs)}`;
  if (retryMs === undefined) return `${what}, not restarting again (max_restarts ${maxRestarts})`;
  return `${what} (max_restarts ${maxRestarts}), second chance in ${printDuration(retryMs)} (errored_retry)`;
}

function printErrored(event: Extract<HoldfastEvent, { kind: 'errored' }>): string {
  const command = `holdfast restart ${event.app ?? ''}`.trimEnd();
  const advice = event.retryMs === undefined ? `. Manual intervention required: fix it, then ${command}` : `; at once: ${command}`;
  return `${printGivenUp(event)}${advice}`;
}

/** What a process had read and not written when it was killed nobody can know. */
function printTakeover({ host, pid, dead, living, gaveWay }: Extract<EventBody, { kind: 'host-took-over' }>): string {
  if (gaveWay) return `host ${host} (pid ${pid}) goes on for the one before (pid ${dead})`;
  const lost = living === 0 ? '' : '; of their output, what the dead one had in hand may be missing';
  return `host ${host} (pid ${pid}) took over from the dead one (pid ${dead}): ${countOf(living, 'instance')} went on without it${lost}`;
}

/** `src/a.js, src/b.js and 3 more`. */
function printFiles({ files, count }: { readonly files: readonly string[]; readonly count: number }): string {
  return `${files.join(', ')}${count > files.length ? ` and ${count - files.length} more` : ''}`;
}

/** What stands in the log when it is found, and under the list while it holds. */
export function printWatchLoop(app: string | null, { file, restarts }: { readonly file: string; readonly restarts: number }): string {
  return `restarts itself in a circle: ${restarts} times in a row ${file} changed soon after its start. Watch is paused; put ${file} into ignore_watch, then: holdfast restart ${app ?? ''}`.trimEnd();
}

/** The same for what cannot be watched. */
export function printWatchFailed({ reason, advice }: { readonly reason: string; readonly advice: string | null }): string {
  return `cannot watch all of its files: ${reason}${advice === null ? '' : `; ${advice}`}`;
}

/** The text of an event, without its time and subject. The only place where these sentences stand. */
export function printEvent(event: HoldfastEvent): string {
  const traffic = (rotation: Rotation): string => `traffic to ${rotation.serving} of ${rotation.of}`;
  switch (event.kind) {
    case 'waits':
      return `waits for ${event.for} (at most ${printDuration(event.limitMs)})`;
    case 'not-started':
      return `not started: ${event.reason}`;
    case 'not-waited':
      return `started all the same, for it was up before: ${event.reason}`;
    case 'starting':
      return `starting: ${event.command}`;
    case 'started':
      return `started (pid ${event.pid})`;
    case 'online':
      return event.rotation === null ? 'online' : `online: ${traffic(event.rotation)}`;
    case 'listening':
      return `listening on ${event.address}: ${traffic(event.rotation)}`;
    case 'not-ready':
      return printNotReady(event);
    case 'healthy':
      return `healthy (alive ${printDuration(event.aliveMs)})`;
    case 'exited':
      return event.exit.launchError === null ? printExit(event.exit, event.pid) : `cannot be started: ${event.exit.launchError}`;
    case 'out-of-rotation':
      return `out of rotation: ${traffic(event.rotation)}`;
    case 'stepped-in':
      return `stepped in${event.rotation === null ? '' : `: ${traffic(event.rotation)}`}`;
    case 'will-restart':
      return event.crash === 0
        ? `will restart in ${event.delayMs}ms`
        : `will restart in ${event.delayMs}ms (crash ${event.crash} of ${event.of})`;
    case 'finished':
      return event.reason === 'autorestart-off' ? 'stopped: autorestart is false' : 'stopped: the exit code is one of stop_exit_codes';
    case 'errored':
      return printErrored(event);
    case 'second-chance':
      return `second chance after ${printDuration(event.afterMs)} (errored_retry)`;
    case 'draining':
      return 'draining: finishing open requests';
    case 'drained':
      return `drained in ${printDuration(event.report.tookMs)}: ${event.report.finished} finished, ${event.report.idleClosed} idle closed, ${event.report.cut} cut off${event.report.toldToGo === 0 ? '' : `; ${event.report.toldToGo} WebSockets told to go away`}`;
    case 'stopping':
      return `stopping with ${event.how} (SIGKILL after ${printDuration(event.killTimeoutMs)})`;
    case 'kill-timeout':
      return `still alive after ${printDuration(event.afterMs)}: SIGKILL to its process tree${event.unheard === true ? UNHEARD : ''}`;
    case 'stopped':
      return 'stopped';
    case 'memory-over':
      return `memory ${printSize(event.bytes)} over the limit ${printSize(event.limitBytes)}: replacing gracefully`;
    case 'replaced':
      return `replaced: ${printSize(event.bytes)}`;
    case 'replace-failed':
      return `could not be replaced, the old one goes on: ${event.reason}`;
    case 'rollout-started':
      if (event.cause === 'scale') return `scale: ${countOf(event.slots, 'instance')} to be started or stopped`;
      return `${CAUSES[event.cause]}: ${countOf(event.slots, 'instance')} to release ${event.release}, ${OVERLAPS[event.overlap]}`;
    case 'rollout-step':
      return `${STEPS[event.action]} (${event.tookMs}ms)`;
    case 'rollout-done':
      return `${CAUSES[event.cause]} done: ${countOf(event.slots, 'instance')} in ${printDuration(event.tookMs)}`;
    case 'rollout-undoing':
      return `going back: ${countOf(event.slots, 'instance')} to the release before`;
    case 'rollout-failed':
      if (event.reason === 'taken-over') return `${CAUSES[event.cause]} ended: ${event.text}`;
      return `deploy failed (${CAUSES[event.cause]}): ${event.reason}: ${event.text}; the old version goes on`;
    case 'release-vanished':
      return `${event.path} of its release is gone, using ${event.instead}`;
    case 'readiness-failed':
      return event.kept
        ? `not ready (${event.check}: ${event.reason}, ${countOf(event.times, 'time')}), but nobody else is: it stays in rotation`
        : `not ready (${event.check}: ${event.reason}, ${countOf(event.times, 'time')}): out of rotation${event.rotation === null ? '' : `, ${traffic(event.rotation)}`}`;
    case 'readiness-passed':
      return `ready again (${event.check})${event.rotation === null ? '' : `: ${traffic(event.rotation)}`}`;
    case 'liveness-failed':
      return `not alive (${event.check}: ${event.reason}, ${countOf(event.times, 'time')}): replacing it`;
    case 'loop-blocked':
      return `event loop blocked for ${printDuration(event.forMs)} (max_loop_block ${printDuration(event.limitMs)}): killing it; its error log says what it was doing, where that could be had`;
    case 'inspector-opened':
      return `open to debuggers on ${event.address} until it ends (pid ${event.pid}): who connects there commands it`;
    case 'port-busy':
      return `${event.address} is already in use${event.holder === null ? '' : ` by ${event.holder}`}`;
    case 'node-vanished':
      return `${event.path} is gone, using ${event.instead}`;
    case 'log-failed':
      return `cannot write ${event.file}: ${event.reason}`;
    case 'log-recovered':
      return `writing ${event.file} again, ${printLoss(event.lost)}`;
    case 'log-given-up':
      return `writing ${event.file} given up, ${printLoss(event.lost)}`;
    case 'log-not-rotated':
      return `cannot put ${event.file} aside: ${event.reason}; it grows on`;
    case 'output-dropped':
      return `${countOf(event.bytes, 'byte')} of its output thrown away: for too long no host was there to read it`;
    case 'unsupported':
      return event.what;
    case 'schedule-due':
      return `${event.action} by its schedule (cron_restart ${event.pattern})`;
    case 'schedule-skipped':
      return `its schedule is due (cron_restart ${event.pattern}), left out: ${event.reason === 'busy' ? 'something else is being done to it' : 'the run before has not ended'}`;
    case 'schedule-failed':
      return `its schedule is due (cron_restart ${event.pattern}): ${event.reason}`;
    case 'watch-changed':
      return `changed: ${printFiles(event)}, ${event.action === 'reload' ? 'reloading' : 'restarting'}`;
    case 'watch-refused':
      return `changed: ${printFiles(event)}, and nothing can be done: ${event.reason}`;
    case 'watch-loop':
      return printWatchLoop(event.app, event);
    case 'watch-missing':
      return `watch: ${event.path} is not there; its changes count once it is`;
    case 'watch-failed':
      return printWatchFailed(event);
    case 'daemon-started':
      return `daemon ${event.version} started (pid ${event.pid}), ${event.adopted} running ${event.adopted === 1 ? 'instance' : 'instances'} adopted`;
    case 'daemon-leaving':
      return 'daemon leaving, apps stay';
    case 'daemon-ending':
      return 'daemon ending, no app is left (kill)';
    case 'host-gone':
      return `host ${event.host} (pid ${event.pid}) died; ${countOf(event.serving, 'instance')} ${event.serving === 1 ? 'goes' : 'go'} on without it`;
    case 'host-took-over':
      return printTakeover(event);
    case 'host-started':
      return `host ${event.host} started (pid ${event.pid})`;
    case 'facts-missed':
      return `${event.missed} events of host ${event.host} were lost while no daemon listened`;
    case 'left-out':
      return `${countOf(event.count, 'event')} left out here: the reader is too slow`;
    case 'host-failed':
      return `host ${event.host} cannot be started: ${event.reason}`;
    case 'state-not-saved':
      return `cannot write ${event.file}: ${event.reason}; what was asked for is known only until the daemon ends`;
    case 'state-moved-aside':
      return `cannot read ${event.file}: ${event.reason}; it was moved aside`;
  }
}

/** `App [track-backend:0]`, or `Holdfast` for the manager itself. */
export function printSubject(event: Pick<HoldfastEvent, 'app' | 'slot'>): string {
  if (event.app === null) return 'Holdfast';
  return event.slot === null ? `App [${event.app}]` : `App [${event.app}:${event.slot}]`;
}
