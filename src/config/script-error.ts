// Says where in a config file an error arose, instead of a raw stack.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { frameAt } from './tolerant-json.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `TypeError: x is not a function, at /srv/ecosystem.config.js:3:7`, then that line with a caret. Runs `node --check` where a syntax error hides its place. */
export function describeScriptError(thrown: unknown, file: string, nodePath: string): string {
  if (!(thrown instanceof Error)) return `it throws ${JSON.stringify(thrown) ?? String(thrown)}`;
  const reason = `${thrown.name}: ${thrown.message.split('\n')[0]}`;
  const place = placeOf(thrown, file) ?? (thrown instanceof SyntaxError ? checkSyntax(file, nodePath) : null);
  if (place === null) return reason;
  const source = readSource(place.file);
  const frame = source === null ? '' : `\n${frameAt(source, place.line, place.column)}`;
  return `${reason}, at ${place.file}:${place.line}:${place.column}${frame}`;
}

/** The frame in the config file itself, else the first one in any file; a syntax error of CommonJS names its place before its message. */
function placeOf(error: Error, file: string): Place | null {
  const stack = error.stack ?? '';
  const places = [...stack.matchAll(/(file:\/\/\/[^\s()]+?|\/[^():\n]+):(\d+):(\d+)\)?$/gm)].map((match) =>
    toPlace(match[1]!, match[2]!, match[3]!),
  );
  const own = places.find((place) => place.file === file);
  if (error instanceof SyntaxError) return placeOfSyntaxError(stack) ?? own ?? null;
  return own ?? places.find((place) => !place.file.includes('/node_modules/')) ?? null;
}

/** `/srv/a.cjs:1`, the line, then blanks and the caret. */
function placeOfSyntaxError(text: string): Place | null {
  const match = /^(file:\/\/\/\S+|\/[^\n]+):(\d+)\n[^\n]*\n([ \t]*)\^/m.exec(text);
  return match === null ? null : toPlace(match[1]!, match[2]!, String(match[3]!.length + 1));
}

function checkSyntax(file: string, nodePath: string): Place | null {
  const { stderr } = spawnSync(nodePath, ['--check', file], { encoding: 'utf8', timeout: 5000 });
  return placeOfSyntaxError(stderr ?? '');
}

function toPlace(file: string, line: string, column: string): Place {
  return { file: file.startsWith('file:') ? fileURLToPath(file) : file, line: Number(line), column: Number(column) };
}

function readSource(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // the frame is an extra: without the file the place alone is shown
  }
}
