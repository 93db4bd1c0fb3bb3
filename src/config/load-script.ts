// Evaluates a config file that is code (.js .cjs .mjs .ts), with Node where Node can, else with jiti. The CLI runs it, never the daemon.
import { pathToFileURL } from 'node:url';
import type { createJiti } from 'jiti';
import { systemClock } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import { importModule } from './import-module.ts';

const LOAD_LIMIT_MS = 30_000;

/** Evaluates `file` (absolute) and gives what it exports; what it prints goes to stderr, so that `--json` stays clean. Throws what the file throws. */
export async function loadScript(file: string, clock: Clock = systemClock): Promise<unknown> {
  const restoreStdout = divertStdout();
  try {
    return await withinLimit(importConfig(file), clock);
  } finally {
    restoreStdout();
  }
}

async function importConfig(file: string): Promise<unknown> {
  if (/\.[cm]?tsx?$/.test(file) && !stripsTypes()) return importWithJiti(file);
  try {
    return await importModule(pathToFileURL(file).href);
  } catch (error) {
    if (!isBeyondNode(error)) throw error;
    return importAgain(file, error);
  }
}

/** Where a module is missing for jiti too, Node's message is the better one. */
async function importAgain(file: string, first: unknown): Promise<unknown> {
  try {
    return await importWithJiti(file);
  } catch (second) {
    throw String(codeOf(second)).endsWith('MODULE_NOT_FOUND') && String(codeOf(first)).endsWith('MODULE_NOT_FOUND') ? first : second;
  }
}

/** Node's own type stripping (process.features.typescript: Node >= 22.10, on by default since 22.18). */
export function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

/** jiti's file cache stays off: its folder under /tmp has a known name, and another user could put code there. */
async function importWithJiti(file: string): Promise<unknown> {
  const jiti = (await importModule('jiti')) as { readonly createJiti: typeof createJiti };
  return jiti.createJiti(file, { fsCache: false, interopDefault: false }).import(file);
}

const BEYOND_NODE_CODES: ReadonlySet<unknown> = new Set([
  'ERR_MODULE_NOT_FOUND', // an import without its extension
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNKNOWN_FILE_EXTENSION', // a .ts file imported by a .js one
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', // enum, namespace
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

/** Errors that mean "not the kind of module Node took it for", not a mistake of the user: jiti takes any mixture. */
function isBeyondNode(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (BEYOND_NODE_CODES.has(codeOf(error))) return true;
  if (error instanceof ReferenceError) return /^(module|exports|require|__dirname|__filename) is not defined/.test(error.message);
  return (
    error instanceof SyntaxError &&
    /^(Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import.meta' outside a module)/.test(
      error.message,
    )
  );
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}

/** Puts stdout's writes on stderr; returns the way back. */
function divertStdout(): () => void {
  const { stdout, stderr } = process;
  const original = stdout.write;
  stdout.write = stderr.write.bind(stderr);
  return () => {
    stdout.write = original;
  };
}

/** A top-level await that never ends would otherwise end the CLI without a word. */
function withinLimit<T>(loading: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(LOAD_LIMIT_MS, () => reject(new Error(`it did not finish within ${LOAD_LIMIT_MS / 1000} s`)));
    loading.then(resolve, reject).finally(cancel);
  });
}
