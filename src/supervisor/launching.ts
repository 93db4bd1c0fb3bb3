// Starts the child of an instance and turns what happens to it into messages for the mailbox.
import type { FromPreload } from '../model/preload-protocol.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { ProcessId } from '../model/protocol.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import type { AdoptedEvents } from '../platform/adopted-child.ts';
import type { ChildEnd, ChildEvents } from '../platform/child.ts';
import { NO_REPORT, noteReport } from '../policy/self-report.ts';
import { takeReply } from './calls.ts';
import type { Live, Run } from './live.ts';
import type { World } from './world.ts';

/** What can happen to a child. */
export type ChildFact =
  | { readonly kind: 'launched'; readonly pid: number }
  | { readonly kind: 'launch-failed'; readonly reason: string }
  | { readonly kind: 'said'; readonly message: FromPreload; readonly handle: unknown }
  /** The app says that it is ready. */
  | { readonly kind: 'told' }
  | ({ readonly kind: 'ended' } & ChildEnd)
  /** The child and all that it started are gone. */
  | { readonly kind: 'departed' };

/** Launches `plan` for the given generation. Output goes straight to the log, and what the app says to those who hear it; all else becomes a fact. */
export function launch(
  live: Live,
  { generation, plan, world, happened }: { generation: number; plan: LaunchPlan; world: World; happened: (fact: ChildFact) => void },
): Run {
  live.words?.renew();
  const run = createRun(generation);
  live.run = run;
  run.child = world.processes.launch(plan, eventsOf(live, run, { ears: world.ears, happened }));
  if (live.log!.sink.isFull) run.child.holdOutput(true);
  return run;
}

/** The same for a process that an earlier host has launched. In cluster mode it has a line to this one, or will have. */
export function adopt(
  live: Live,
  process: ProcessId,
  { generation, mode, world, happened }: { generation: number; mode: AppSpec['mode']; world: World; happened: (fact: ChildFact) => void },
): Run {
  const run = createRun(generation);
  live.run = run;
  run.process = process;
  const child = world.processes.adopt(process, { leads: mode === 'fork' }, eventsOf(live, run, { ears: world.ears, happened }));
  const heard = (message: FromPreload): void => happened({ kind: 'said', message, handle: undefined });
  run.child = mode === 'fork' ? child : { ...child, sendInternal: world.speakTo(process, heard) };
  if (live.log!.sink.isFull) run.child.holdOutput(true);
  return run;
}

function createRun(generation: number): Run {
  return {
    generation,
    child: null,
    process: null,
    uncaught: null,
    isExiting: false,
    lastExit: null,
    listens: null,
    found: { place: null },
    listeners: new Set(),
    report: NO_REPORT,
    waiting: new Set(),
  };
}

function eventsOf(
  live: Live,
  run: Run,
  { ears, happened }: { readonly ears: World['ears']; readonly happened: (fact: ChildFact) => void },
): ChildEvents & AdoptedEvents {
  const { sink } = live.log!;
  let end: ChildFact | null = null;
  function tellEnd(): void {
    if (end !== null) happened(end);
    end = null;
  }

  return {
    launched: (pid) => happened({ kind: 'launched', pid }),
    launchFailed: (reason) => happened({ kind: 'launch-failed', reason }),
    output(stream, chunk) {
      sink.write(stream, chunk);
      live.words?.push(stream, chunk);
    },
    internal: (message, handle) => happened({ kind: 'said', message, handle }),
    message(message) {
      for (const listener of run.listeners) listener(message);
      if (message === 'ready') happened({ kind: 'told' });
      const report = noteReport(run.report, message);
      if (report !== null) return void (run.report = report);
      takeReply(message, run.waiting);
      ears.said(live, message);
    },
    exited(exit) {
      end = { kind: 'ended', ...exit };
      // The reason of a rollout's failure is told with the last lines: they come first. Nobody waits for one on trial.
      if (live.trial === null) tellEnd();
    },
    outputEnded() {
      sink.end();
      tellEnd();
    },
  };
}
