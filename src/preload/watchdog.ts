// What the watching thread runs. It is handed over as text: nothing outside of its one function is there.
import type fs from 'node:fs';
import type inspector from 'node:inspector';

export interface WatchdogData {
  /** When the loop of the main thread last turned, by `process.hrtime.bigint()`, which both threads share. */
  readonly lastTurn: BigInt64Array;
  readonly lookAfterMs: number;
  /** How long an answer is waited for: native code cannot be interrupted. */
  readonly graceMs: number;
}

/** Writes one line to standard error when the main thread is blocked for `lookAfterMs`: where it is. */
export function watchFromOutside(load: NodeJS.Require, { lastTurn, lookAfterMs, graceMs }: WatchdogData): void {
  const { writeSync } = load('node:fs') as typeof fs;
  const { Session } = load('node:inspector') as typeof inspector;
  const MAX_FRAMES = 10;
  let looked = 0n;
  waitFor(lookAfterMs);

  function waitFor(delayMs: number): void {
    const dueMs = nowMs() + delayMs;
    setTimeout(() => {
      const turn = Atomics.load(lastTurn, 0);
      const leftMs = msOf(turn) + lookAfterMs - nowMs();
      // Who was late itself knows nothing: the whole process was stopped, and the main thread gets its moment.
      if (nowMs() - dueMs > lookAfterMs / 2) return waitFor(lookAfterMs / 4);
      if (leftMs > 0) return waitFor(leftMs);
      if (turn !== looked) look(turn);
      looked = turn;
      waitFor(lookAfterMs);
    }, delayMs);
  }

  function look(turn: bigint): void {
    const session = new Session();
    // A frame names its script by number; its `url` is empty in some versions (Chrome DevTools protocol: Debugger.CallFrame, "url", deprecated).
    const urls = new Map<string, string>();
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    session.connectToMainThread();
    const giveUp = setTimeout(() => end('in native code or a system call, which shows no stack'), graceMs);
    session.once('Debugger.paused', ({ params }) => end(`in ${printFrames(params.callFrames, urls)}`));
    session.post('Debugger.enable');
    session.post('Debugger.pause');

    function end(where: string): void {
      clearTimeout(giveUp);
      session.post('Debugger.resume');
      session.post('Debugger.disable');
      session.disconnect();
      if (Atomics.load(lastTurn, 0) !== turn) return;
      say(`holdfast: event loop blocked for ${((nowMs() - msOf(turn)) / 1000).toFixed(1)} s ${where}\n`);
    }
  }

  function printFrames(frames: readonly inspector.Debugger.CallFrame[], urls: ReadonlyMap<string, string>): string {
    const urlOf = ({ location }: inspector.Debugger.CallFrame): string => urls.get(location.scriptId) ?? '';
    const ofApp = frames.filter((frame) => !urlOf(frame).startsWith('node:'));
    const shown = ofApp.length > 0 ? ofApp : frames;
    const places = shown.slice(0, MAX_FRAMES).map((frame) => {
      const { functionName, location } = frame;
      const place = `${urlOf(frame).replace('file://', '')}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
      return `${functionName || '(anonymous)'} (${place})`;
    });
    return places.join(' < ');
  }

  function say(line: string): void {
    try {
      writeSync(2, line);
    } catch {
      // The pipe is full or nobody reads it.
    }
  }

  function msOf(moment: bigint): number {
    return Number(moment) / 1e6;
  }

  function nowMs(): number {
    return msOf(process.hrtime.bigint());
  }
}
