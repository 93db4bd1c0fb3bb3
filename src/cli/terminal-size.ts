// Whether output goes to a terminal, and how large that is. node:tty and the streams of process.stdout tell it too, and take three milliseconds to load.
import type tty from 'node:tty';
import { bindingOf } from '../client/bindings.ts';

/** Columns and rows; 0 where a terminal does not say. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Of libuv, by way of Node (Node: src/tty_wrap.cc; lib/tty.js does the same). */
interface TtyWrap {
  isTTY(file: number): boolean;
  readonly TTY: new (file: number, outcome: { code?: string }) => { getWindowSize(out: [number, number]): number; close(): void };
}

/** Of standard output (1) or standard error (2); null where that is no terminal. */
export function terminalSize(file: 1 | 2): TerminalSize | null {
  const { isTTY, TTY } = bindingOf<TtyWrap>('tty_wrap') ?? {};
  if (isTTY === undefined || TTY === undefined) return askNode(file);
  if (!isTTY(file)) return null;
  const outcome: { code?: string } = {};
  const handle = new TTY(file, outcome);
  const size: [number, number] = [0, 0];
  if (outcome.code === undefined) handle.getWindowSize(size);
  handle.close();
  return { columns: size[0], rows: size[1] };
}

function askNode(file: 1 | 2): TerminalSize | null {
  // An import at the top would load it for everybody.
  const { isatty } = require('node:tty') as typeof tty;
  if (!isatty(file)) return null;
  const { columns, rows } = file === 1 ? process.stdout : process.stderr;
  return { columns: columns ?? 0, rows: rows ?? 0 };
}
