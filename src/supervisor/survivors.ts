// The lines of instances that outlived their host to this one. They dial in when they have found it; what is said to one before that waits for it.
import type { FromPreload, SurvivorHello, ToPreload } from '../model/preload-protocol.ts';
import type { ProcessId } from '../model/protocol.ts';
import type { LineEvents, LineSocket } from '../platform/line-socket.ts';

export interface Survivors {
  /** Hears what a survivor says, and returns how to speak to it: false when it does not live any more. */
  speakTo(survivor: ProcessId, heard: (message: FromPreload) => void): (message: ToPreload) => boolean;
  /** Somebody has said hello. */
  accept(hello: SurvivorHello, socket: LineSocket): LineEvents;
}

export interface SurvivorsOptions {
  readonly identify: (pid: number) => ProcessId | null;
  readonly isAlive: (process: ProcessId) => boolean;
  /** Somebody whom no record names; what it says from now on is heard by what this returns. */
  readonly unknown: (process: ProcessId, app: string, socket: LineSocket) => LineEvents;
}

interface Line {
  readonly heard: (message: FromPreload) => void;
  readonly waiting: ToPreload[];
  socket: LineSocket | null;
}

/** It has ended already. */
const NOBODY: LineEvents = { message: () => {}, closed: () => {} };

export function createSurvivors({ identify, isAlive, unknown }: SurvivorsOptions): Survivors {
  const lines = new Map<string, Line>();

  return {
    speakTo(survivor, heard) {
      const line: Line = { heard, waiting: [], socket: null };
      lines.set(nameOf(survivor), line);
      return (message) => {
        if (!isAlive(survivor)) return !lines.delete(nameOf(survivor)) && false;
        if (line.socket === null) line.waiting.push(message);
        else line.socket.send(message);
        return true;
      };
    },
    accept({ pid, app }, socket) {
      const process = identify(pid);
      const line = process === null ? undefined : lines.get(nameOf(process));
      if (process === null) return NOBODY;
      if (line === undefined) return unknown(process, app, socket);
      line.socket = socket;
      for (const message of line.waiting.splice(0)) socket.send(message);
      return {
        message: (message) => line.heard(message as FromPreload),
        closed() {
          if (line.socket === socket) line.socket = null;
        },
      };
    },
  };
}

function nameOf({ pid, startTime }: ProcessId): string {
  return `${pid} ${startTime}`;
}
