// The foreground runtime in the process of the command line: wires supervisors to real processes, to its own output and to signals; decides nothing.
import { fork } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import tty from 'node:tty';
import { printJsonLine, printKeyValueLine } from '../src/compat/runtime-lines.ts';
import { createApps } from '../src/foreground/apps.ts';
import type { Apps, Draft } from '../src/foreground/apps.ts';
import { createBrake } from '../src/foreground/brake.ts';
import type { Brake } from '../src/foreground/brake.ts';
import { createDestination } from '../src/foreground/destination.ts';
import type { Destination } from '../src/foreground/destination.ts';
import { createOutput } from '../src/foreground/output.ts';
import type { Output } from '../src/foreground/output.ts';
import { createRuntime } from '../src/foreground/runtime.ts';
import type { Runtime } from '../src/foreground/runtime.ts';
import type { ForegroundRequest, Named } from '../src/model/foreground.ts';
import { createCompression } from '../src/log/compression.ts';
import { createLogFiles } from '../src/log/files.ts';
import type { LogFiles } from '../src/log/files.ts';
import { systemClock } from '../src/platform/clock.ts';
import { isSameFile, openDescriptor } from '../src/platform/descriptor.ts';
import { NO_EARS } from '../src/supervisor/ears.ts';
import { createRealWorld } from '../src/supervisor/real-world.ts';
import type { World } from '../src/supervisor/world.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/** Where a terminal hangs up, SIGHUP is the end of it; elsewhere it is how daemons are told to read their configuration again. */
const hasTerminal = [STDIN, STDOUT, STDERR].some((fd) => tty.isatty(fd));

/** Runs what was named until it has ended or a signal ends it; resolves to the exit code. `dist` is where the other bundles are. */
export async function runForeground(request: ForegroundRequest, dist: string): Promise<number> {
  const reading = readDrafts(request.named, dist);
  listen({ stop: reading.giveUp, reload: () => {} });
  const first = await reading.answer;
  if (typeof first === 'number') return first;
  process.title = 'holdfast: run';

  const signals: Readonly<Record<string, number>> = os.constants.signals;
  const signalNumber = (signal: string): number | undefined => signals[signal];
  const brake = createBrake();
  const { compress } = createCompression(path.join(dist, 'compress.cjs'));
  const files = createLogFiles({ clock: systemClock, compress });
  const destinations = openDestinations({
    hold: brake.hold,
    dropped: (name, lines) => output.say(`${lines} lines were dropped: ${name} was not read in time`, 'warn'),
    gone: () => runtime.readerGone(),
  });
  const output: Output = createOutput({
    ...destinations,
    clock: systemClock,
    style: () => request.style ?? (apps.all().length > 1 ? 'prefixed' : 'plain'),
    isAlone: () => apps.all().reduce((sum, { slots }) => sum + slots.length, 0) === 1,
    dateFormatOf: (name) => apps.all().find(({ spec }) => spec.name === name)?.spec.logDateFormat ?? null,
    silent: request.named.silent,
    paint: request.paint,
    print: { json: printJsonLine, 'key-value': printKeyValueLine },
  });
  const apps: Apps = createApps({
    createWorld: (publish) => createWorld({ output, brake, files, dist, publish }),
    event: output.event,
    say: output.say,
    signalNumber,
    changed: () => {
      void schedules.review();
      void watches.review();
    },
    over: (exitCode) => runtime.over(exitCode),
  });
  const schedules = createLazy(
    () => apps.all().some(({ spec }) => spec.schedule !== null),
    async () => (await import('../src/foreground/schedules.ts')).scheduleApps(apps, systemClock),
  );
  const watches = createLazy(
    () => apps.all().some(({ spec }) => spec.watch.isOn),
    async () => (await import('../src/foreground/watches.ts')).watchApps(apps, systemClock),
  );
  const runtime: Runtime = createRuntime({
    clock: systemClock,
    apps,
    say: output.say,
    read: async () => draftsOf(await readDrafts(request.named, dist).answer),
    isFlushed: () => destinations.out.isDrained() && destinations.err.isDrained() && files.isSettled(),
    autoExit: request.autoExit,
    stopTimeoutMs: request.stopTimeoutMs,
    signalNumber,
  });
  listen(runtime);
  endureMishaps(output);
  systemClock.setTimer(request.delayMs, () => runtime.start(first));
  return runtime.ended;
}

/** An exit code where there was something wrong, which has been said. */
type Reading = readonly Draft[] | number;

/** The code in config files runs in a process of its own: this one stays small, and a reload finds no module that is loaded already. */
function readDrafts(named: Named, dist: string): { readonly answer: Promise<Reading>; giveUp(): void } {
  // What a config file prints is no output of an app.
  const child = fork(path.join(dist, 'read-specs.cjs'), { execArgv: [], stdio: ['inherit', STDERR, STDERR, 'ipc'] });
  let answer: Reading | null = null;
  child.once('message', (drafts) => (answer = drafts as readonly Draft[]));
  child.send(named);
  return {
    giveUp: () => {
      answer = 0;
      child.kill('SIGKILL');
    },
    answer: new Promise((resolve) => child.once('close', (code) => resolve(answer ?? (code || 1)))),
  };
}

function draftsOf(reading: Reading): readonly Draft[] | null {
  return typeof reading === 'number' ? null : reading;
}

interface DestinationNews {
  readonly hold: Brake['hold'];
  readonly dropped: (name: string, lines: number) => void;
  /** Standard output has no reader any more. */
  readonly gone: () => void;
}

/** One for both where they lead to the same place, so that neither cuts the other's lines. */
function openDestinations({ hold, dropped, gone }: DestinationNews): { readonly out: Destination; readonly err: Destination } {
  const open = (fd: number, name: string, onGone: () => void): Destination => {
    const who = {};
    return createDestination({
      clock: systemClock,
      open: (on) => openDescriptor(fd, on),
      hold: (isOn) => hold(who, isOn),
      dropped: (lines) => dropped(name, lines),
      gone: onGone,
    });
  };
  const out = open(STDOUT, 'standard output', gone);
  return { out, err: isSameFile(STDOUT, STDERR) ? out : open(STDERR, 'standard error', () => {}) };
}

/** What few apps have is loaded for those only. */
function createLazy(isNeeded: () => boolean, load: () => Promise<Reviewed>): { review(): Promise<void> } {
  let loaded: Promise<Reviewed> | null = null;
  return {
    async review() {
      if (loaded === null && !isNeeded()) return;
      loaded ??= load();
      (await loaded).review();
    },
  };
}

interface Reviewed {
  review(): void;
}

interface WorldParts {
  readonly output: Output;
  readonly brake: Brake;
  readonly files: LogFiles;
  readonly dist: string;
  readonly publish: World['publish'];
}

function createWorld({ output, brake, files, dist, publish }: WorldParts): World {
  const world = createRealWorld({
    preloads: { cluster: path.join(dist, 'preload-cluster.cjs'), fork: path.join(dist, 'preload-fork.cjs') },
    fifos: null,
    files,
    feed: output,
    random: Math.random,
    // Nobody follows this process: its instances end with it.
    speakTo: () => () => false,
    succession: () => null,
    ears: NO_EARS,
    publish,
  });
  return {
    ...world,
    processes: brake.under(world.processes),
    // Ctrl-C reaches everybody in the terminal's session, and nobody is to leave before he has been drained.
    plan: (spec, instance) => ({ ...world.plan(spec, instance), outlivesHost: false, ...(hasTerminal ? { joinsSession: false } : {}) }),
  };
}

/** In place of whoever listened before. */
function listen({ stop, reload }: Pick<Runtime, 'stop' | 'reload'>): void {
  const on = (signal: NodeJS.Signals, act: (signal: string) => void): void => {
    process.removeAllListeners(signal);
    process.on(signal, () => act(signal));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) on(signal, stop);
  on('SIGHUP', hasTerminal ? stop : reload);
  on('SIGUSR2', reload);
}

/** A defect of ours must not end the apps. */
function endureMishaps(output: Output): void {
  const endure = (error: unknown): void =>
    output.say(`a defect of Holdfast itself: ${error instanceof Error ? error.stack : String(error)}`, 'error');
  process.on('uncaughtException', endure);
  process.on('unhandledRejection', endure);
}
