// Starts the child of an instance and turns what happens to it into messages for the mailbox.
import type { FromPreload } from '../model/preload-protocol.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import type { ChildEvents } from '../platform/child.ts';
import type { Live, Run } from './live.ts';
import type { World } from './world.ts';

/** What can happen to a child. */
export type ChildFact =
  | { readonly kind: 'launched'; readonly pid: number }
  | { readonly kind: 'launch-failed'; readonly reason: string }
  | { readonly kind: 'said'; readonly message: FromPreload; readonly handle: unknown }
  | { readonly kind: 'told'; readonly message: unknown }
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }
  /** The child and all that it started are gone. */
  | { readonly kind: 'departed' };

/** Launches `plan` for the given generation. Output goes straight to the log; all else becomes a fact. */
export function launch(
  live: Live,
  { generation, plan, world, happened }: { generation: number; plan: LaunchPlan; world: World; happened: (fact: ChildFact) => void },
): Run {
  const { sink } = live.log!;
  const run: Run = {
    generation,
    child: null,
    process: null,
    uncaught: null,
    lastExit: null,
    listens: null,
    found: { place: null },
    listeners: new Set(),
  };
  const on: ChildEvents = {
    launched: (pid) => happened({ kind: 'launched', pid }),
    launchFailed: (reason) => happened({ kind: 'launch-failed', reason }),
    output: (stream, chunk) => sink.write(stream, chunk),
    internal: (message, handle) => happened({ kind: 'said', message, handle }),
    message(message) {
      for (const listener of run.listeners) listener(message);
      happened({ kind: 'told', message });
    },
    exited: ({ code, signal }) => happened({ kind: 'ended', code, signal }),
    outputEnded: () => sink.end(),
  };
  live.run = run;
  run.child = world.processes.launch(plan, on);
  return run;
}
