// A child of a process that is dead, minded by this one: its output is read on, its end is noticed by looking. How it ended nobody can know.
import type { ProcessId } from '../model/protocol.ts';
import type { Ms } from '../model/units.ts';
import type { Child, ChildEvents } from './child.ts';
import { readOutput, streamsOf } from './child-output.ts';
import { systemClock } from './clock.ts';
import type { Fifos } from './fifos.ts';
import { isSameProcess, startTimeOf } from './proc-stat.ts';

/** Its parent is told of its end, which we are not. */
const LOOK_EVERY_MS: Ms = 500;
/** When its output is at its end it ends too, most likely. */
const FIRST_LOOK_MS: Ms = 5;

/** The facts that are left of a child's life: `exited` then `outputEnded`, neither before `adoptChild` has returned. */
export type AdoptedEvents = Pick<ChildEvents, 'output' | 'exited' | 'outputEnded'>;

/** Minds a living process, known to be `id`. There is no channel to it; without FIFOs it has no output and no input either. */
export function adoptChild(id: ProcessId, fifos: Fifos | null, on: AdoptedEvents): Child {
  const { pid } = id;
  const ends = fifos?.reopen(pid) ?? null;
  const streams = ends === null ? { out: null, err: null } : streamsOf(ends);
  const output = readOutput(
    streams,
    {
      output: on.output,
      outputEnded() {
        fifos?.remove(pid);
        on.outputEnded();
      },
    },
    () => look(FIRST_LOOK_MS),
  );
  let cancel = systemClock.setTimer(LOOK_EVERY_MS, () => look(LOOK_EVERY_MS));

  function look(nextMs: Ms): void {
    cancel();
    if (isSameProcess(id)) {
      cancel = systemClock.setTimer(nextMs, () => look(Math.min(nextMs * 2, LOOK_EVERY_MS)));
      return;
    }
    on.exited({ code: null, signal: null, unknown: 'host-died' });
    output.endSoon();
  }

  return {
    pid,
    bound: null,
    sendInternal: () => false,
    sendToApp: () => false,
    input: (line) => (ends === null ? 'closed' : fifos!.write(pid, line)),
    holdOutput: (isOn) => output.hold(isOn),
    letGoOutput: () => output.letGo(),
  };
}

/** Reads what a process writes that is to end soon, so that it need not wait, and throws it away. */
export function discardOutput(pid: number, fifos: Fifos): void {
  const ends = fifos.reopen(pid);
  if (ends === null) return;
  const reader = readOutput(streamsOf(ends), { output: () => {}, outputEnded: () => {} }, () => fifos.remove(pid));
  // A FIFO that nobody has held open since it was opened here has no end either (Linux: fs/pipe.c, pipe_poll).
  if (startTimeOf(pid) !== null) return;
  reader.letGo();
  fifos.remove(pid);
}
