// One child process of a host: its launch, its output, its messages and its end, as plain facts. It decides nothing.
import { spawn } from 'node:child_process';
import type { ChildProcess, SendHandle } from 'node:child_process';
import type { Exit } from '../model/instance.ts';
import type { FromPreload, ToPreload } from '../model/preload-protocol.ts';
import { isFromPreload, nodeAcknowledgement } from './child-messages.ts';
import { watchExit } from './child-exit.ts';
import { readOutput, streamsOf } from './child-output.ts';
import type { OutputReader } from './child-output.ts';
import { explainErrno } from './errno.ts';
import type { Fifos, FreshFifos, InputOutcome, ReadEnds } from './fifos.ts';
import { openLane } from './handle-lane.ts';
import { explainLaunchFailure } from './launch-failure.ts';

/** What to execute. `env` is the whole environment of the child; `file` is a path or a name to be found in that environment's PATH. */
export interface LaunchOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly argv0?: string;
  /** Whose rights it gets; only root can give them away. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /**
   * Stay in this process's session instead of leading a session and process group of one's own. Linux shares the processor out between sessions
   * (sched(7), autogroups): who hands connections on every request should compete with its instances as one group, not against them.
   */
  readonly joinsSession?: boolean;
  /** Whatever becomes of this process, it goes on, and another one can read its output on. */
  readonly outlivesHost?: boolean;
  /** Lines can be written to its standard input; only where it is to outlive this process. */
  readonly takesInput?: boolean;
}

/** `unknown` only where another process had launched it. */
export type ChildEnd = Pick<Exit, 'code' | 'signal' | 'unknown'>;

/**
 * The facts of a child's life. Either `launched` and at the end `exited` then `outputEnded`, or `launchFailed` and nothing else.
 * None of them is called before `launchChild` has returned.
 */
export interface ChildEvents {
  launched(pid: number): void;
  /** Why there is no process, in plain words naming the file or folder at fault. */
  launchFailed(reason: string): void;
  output(stream: 'out' | 'err', chunk: Buffer): void;
  /** A message of our preload, and the handle that came along. */
  internal(message: FromPreload, handle: unknown): void;
  /** A message of the app itself. */
  message(message: unknown): void;
  /** After the last message of the child. Death by signal: code null. */
  exited(exit: ChildEnd): void;
  /** All output has been read, or 500 ms passed after the exit while a grandchild held the pipe; no `output` follows. */
  outputEnded(): void;
}

/** A launched child. Both `send` return false when its channel is closed or the message cannot be sent, and never throw; true says nothing about arrival. */
export interface Child {
  /** Null when the launch failed. Kept after the exit. */
  readonly pid: number | null;
  /** Why it cannot outlive this process although it should; null where it can, or need not. */
  readonly bound: string | null;
  sendInternal(message: ToPreload, handle?: unknown): boolean;
  sendToApp(message: unknown): boolean;
  /** Writes a line to its standard input, whole or not at all. `closed` also where it was launched without one. */
  input(line: Buffer): InputOutcome;
  /** Its output is not read while this is on, so that it waits once its pipes are full. Its exit ends that. */
  holdOutput(isOn: boolean): void;
  /** As `OutputReader.letGo`: for the time after this process. */
  letGoOutput(): void;
}

/**
 * Starts a child, by default in a session and process group of its own (so that a terminal's Ctrl-C does not reach it and a group signal does), with
 * Node's IPC channel. Where it is to outlive this process it gets FIFOs for its output and, if it takes some, its input; else no input and pipes. It inherits the descriptor
 * limit of this process, which Node raises to the hard limit at its start.
 */
export function launchChild(options: LaunchOptions, on: ChildEvents, fifos: Fifos | null = null): Child {
  const { file, args, cwd, env, argv0, user } = options;
  const { fresh, bound } = openFifos(options, fifos);
  const fail = (error: unknown): void => on.launchFailed(explainLaunchFailure(error, options));
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd,
      env,
      ...(argv0 === undefined ? {} : { argv0 }),
      ...user,
      detached: options.joinsSession !== true,
      stdio: [...(fresh?.childEnds ?? (['ignore', 'pipe', 'pipe'] as const)), 'ipc'],
      serialization: 'json',
    });
  } catch (error) {
    fresh?.drop();
    // Node throws for E2BIG, a NUL byte in an argument and the like; what can be seen only later comes as an 'error' event.
    process.nextTick(fail, error);
    return {
      pid: null,
      bound,
      sendInternal: () => false,
      sendToApp: () => false,
      input: () => 'closed',
      holdOutput: () => {},
      letGoOutput: () => {},
    };
  }
  const pid = child.pid ?? null;
  if (pid === null) fresh?.drop();
  else fresh?.handOver(pid);
  // Also emitted when a message or a signal could not be sent: the exit tells all that is worth knowing then.
  child.on('error', (error) => {
    if (pid !== null) return;
    closeEverything(child);
    fail(error);
  });
  const lane = pid === null ? null : openLane(child);
  const own = fresh === null ? null : { ends: fresh, remove: () => fifos!.remove(pid!) };
  const output = pid === null ? null : follow(child, pid, { on, output: own });
  return {
    pid,
    bound,
    sendInternal(message, handle) {
      const isSent = typeof handle === 'object' && handle !== null && lane?.send(message, handle) === true;
      return isSent || trySend(child, message, handle);
    },
    sendToApp: (message) => trySend(child, message, undefined),
    input: (line) => (fresh === null || pid === null ? 'closed' : fifos!.write(pid, line)),
    holdOutput: (isOn) => output?.hold(isOn),
    letGoOutput: () => output?.letGo(),
  };
}

type Opened = { readonly fresh: FreshFifos | null; readonly bound: string | null };

function openFifos({ outlivesHost, takesInput, user }: LaunchOptions, fifos: Fifos | null): Opened {
  if (outlivesHost !== true || fifos === null) return { fresh: null, bound: null };
  try {
    return { fresh: fifos.create(takesInput === true, user ?? null), bound: null };
  } catch (error) {
    return { fresh: null, bound: explainErrno(error) };
  }
}

interface Followed {
  readonly on: ChildEvents;
  readonly output: { readonly ends: ReadEnds; remove(): void } | null;
}

function follow(child: ChildProcess, pid: number, { on, output: own }: Followed): OutputReader {
  const streams = own === null ? { out: child.stdout, err: child.stderr } : streamsOf(own.ends);
  const output = readOutput(streams, {
    output: (stream, chunk) => on.output(stream, chunk),
    outputEnded() {
      own?.remove();
      on.outputEnded();
    },
  });
  child.on('spawn', () => on.launched(pid));
  child.on('message', (message) => on.message(message));
  // Messages whose `cmd` begins with NODE_ come here and not to 'message' (Node: child_process, "subprocess.send", the NODE_ prefix).
  child.on('internalMessage', (message: unknown, handle: unknown) => {
    const acknowledgement = nodeAcknowledgement(message);
    if (acknowledgement !== null) trySend(child, acknowledgement, undefined);
    else if (isFromPreload(message)) on.internal(message, handle);
  });
  watchExit(child, (exit) => {
    on.exited(exit);
    output.endSoon();
  });
  return output;
}

function trySend(child: ChildProcess, message: unknown, handle: unknown): boolean {
  if (!child.connected) return false;
  try {
    // The callback takes EPIPE and ECONNRESET of a child that is dying: its exit follows and is the fact that counts.
    child.send(message as object, handle as SendHandle | undefined, () => undefined);
    return true;
  } catch {
    return false; // The channel closed meanwhile, the handle was closed by its peer, or the message has no JSON form.
  }
}

function closeEverything(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.connected) child.disconnect();
}
