// Turns script, args and interpreter into what is executed: a file, a command found in PATH, or a shell line.
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { isNodeInterpreter } from '../model/interpreter.ts';
import { chooseInterpreter, findNamedInterpreter } from './interpreter.ts';
import type { Surroundings } from './interpreter.ts';
import { DEFAULT_PATH, expandHome, findInPath, isExecutable, isFile, isFolder } from './lookup.ts';
import type { Report } from './report.ts';
import type { Settings } from './schema.ts';
import { STATIC_SERVER_WORD } from '../model/static-site.ts';
import { joinWords } from './words.ts';

/** What is executed. `origin` says how the script was found: commands in PATH and shell lines are never clustered. */
export interface Program {
  readonly origin: 'file' | 'command' | 'shell';
  readonly script: string;
  readonly args: readonly string[];
  /** Absolute path, bare name in PATH, or `none`. */
  readonly interpreter: string;
  readonly interpreterArgs: readonly string[];
  /** A Node interpreter runs it. */
  readonly runsNode: boolean;
}

/** Finds the program of an app; null after reporting why there is none. */
export function findProgram(settings: Settings, around: Surroundings, report: Report): Program | null {
  const script = expandHome(settings.script?.trim() ?? '', around.env);
  if (script === '') {
    // What is no string was reported as such.
    if (!('script' in settings))
      report.error('script is missing: there is nothing to run', { key: 'script', accepted: 'script: "server.js"' });
    return null;
  }
  if (script === STATIC_SERVER_WORD)
    return withInterpreter({ origin: 'file', script: around.staticServer, settings: { interpreter: 'node', ...settings }, around }, report);
  const file = findScriptFile(script, around, report);
  if (file !== null) return withInterpreter({ origin: 'file', script: file, settings, around }, report);
  if (/\s/.test(script)) return shellLine(script, settings, around, report);
  const command = findInPath(script, around.env['PATH'] ?? DEFAULT_PATH, around.cwd);
  if (command !== null) return withInterpreter({ origin: 'command', script: command, settings, around }, report);
  reportMissing(script, around, report);
  return null;
}

interface Found {
  readonly origin: 'file' | 'command';
  readonly script: string;
  readonly settings: Settings;
  readonly around: Surroundings;
}

/** In the working folder, else in the config file's folder; a folder stands for its main module. */
function findScriptFile(script: string, around: Surroundings, report: Report): string | null {
  for (const folder of new Set([around.cwd, around.otherFolder])) {
    const path = resolve(folder, script);
    const file = isFile(path) ? path : isFolder(path) && script.includes('/') ? mainOf(path) : null;
    if (file === null) continue;
    if (folder !== around.cwd) report.note(`script ${script} is taken from ${folder}: ${around.cwd} has none`, { key: 'script' });
    return file;
  }
  return null;
}

/** What `node FOLDER` would run, or null. */
function mainOf(folder: string): string | null {
  try {
    return createRequire(join(folder, 'x.js')).resolve(folder);
  } catch {
    return null; // no main module: the folder cannot be run, which is reported as a missing script
  }
}

function withInterpreter({ origin, script, settings, around }: Found, report: Report): Program | null {
  const named = settings.interpreter;
  const interpreter = named === undefined ? chooseInterpreter(script, around, report) : findNamedInterpreter(named, around, report);
  if (interpreter === null) return null;
  if (interpreter === 'none' && !isExecutable(script)) {
    report.error(`script ${script} is to be executed itself (interpreter none) and may not be`, {
      key: 'script',
      found: script,
      suggestion: `chmod +x ${script}`,
    });
    return null;
  }
  const runsNode = isNodeInterpreter(interpreter) || interpreter === around.nodePath;
  const given = usableArgs(settings.node_args ?? [], interpreter, runsNode, report);
  const interpreterArgs = completeArgs(given, { script, interpreter, around }, report);
  return interpreterArgs === null ? null : { origin, script, args: settings.args ?? [], interpreter, interpreterArgs, runsNode };
}

/** What an interpreter needs said before it runs such a script; null after reporting that it cannot. */
function completeArgs(
  given: readonly string[],
  { script, interpreter, around }: { readonly script: string; readonly interpreter: string; readonly around: Surroundings },
  report: Report,
): readonly string[] | null {
  if (basename(interpreter) === 'deno') return denoArgs(given, report);
  const isTyped = /\.[cm]?tsx?$/.test(script);
  if (!isTyped || interpreter !== around.nodePath || given.some((word) => LOADS_TYPES.test(word))) return given;
  if (around.typeStripping === 'on') return given;
  if (around.typeStripping === 'with-flag') return ['--experimental-strip-types', ...given];
  report.error(`script ${script} is TypeScript, which this Node (${around.nodeVersion}) does not run by itself`, {
    key: 'interpreter',
    found: script,
    accepted: 'Node >= 22.18, interpreter: "tsx" or "bun", or node_args: "--import tsx"',
  });
  return null;
}

const LOADS_TYPES = /^(-r|--require|--import|--loader|--experimental-(loader|strip-types|transform-types))(=|$)/;

/** Its options follow a subcommand; and it gives a script no rights of which nobody spoke. */
function denoArgs(given: readonly string[], report: Report): readonly string[] {
  const hasCommand = given.some((word) => !word.startsWith('-'));
  if (!given.some((word) => /^(-A|-P|--allow-|--permission)/.test(word)))
    report.note('deno gives it no rights, not even to listen or to read a variable', {
      key: 'interpreter_args',
      suggestion: 'Write interpreter_args: "run --allow-net --allow-env".',
    });
  return hasCommand ? given : ['run', ...given];
}

/** Executed by bash, or sh where there is no bash; args are appended to the line. */
function shellLine(line: string, settings: Settings, around: Surroundings, report: Report): Program | null {
  const path = around.env['PATH'] ?? DEFAULT_PATH;
  const shell = findInPath('bash', path, around.cwd) ?? findInPath('sh', path, around.cwd);
  if (shell === null) {
    report.error(`script ${JSON.stringify(line)} is a shell line, and neither bash nor sh is in PATH`, { key: 'script', found: line });
    return null;
  }
  const named = settings.interpreter;
  if (named !== undefined && !['none', 'bash', 'sh'].includes(basename(named)))
    report.warn(`interpreter ${named} has no effect: script is a shell line, run by ${basename(shell)}`, {
      key: 'interpreter',
      found: named,
    });
  usableArgs(settings.node_args ?? [], 'none', false, report);
  const args = settings.args ?? [];
  return {
    origin: 'shell',
    script: shell,
    args: ['-c', args.length === 0 ? line : `${line} ${joinWords(args)}`],
    interpreter: 'none',
    interpreterArgs: [],
    runsNode: false,
  };
}

const NODE_OPTION =
  /^--(max[-_]|inspect|harmony|expose[-_]gc|require$|require=|import|loader|experimental|trace|enable-source-maps|stack[-_]size|optimize)/;
const TAKES_NODE_OPTIONS = /^(bun|tsx|ts-node.*|deno|babel-node|coffee)$/;

/** Options for Node are kept from other interpreters, which would refuse them; nobody takes any where the script is executed itself. */
function usableArgs(args: readonly string[], interpreter: string, runsNode: boolean, report: Report): readonly string[] {
  if (args.length === 0 || runsNode || TAKES_NODE_OPTIONS.test(basename(interpreter))) return args;
  const isForNode = args.some((word) => NODE_OPTION.test(word));
  if (interpreter !== 'none' && !isForNode) return args;
  const why = interpreter === 'none' ? 'no interpreter runs it' : `the interpreter is ${basename(interpreter)}`;
  report.warn(`node_args has no effect: ${why}`, { key: 'node_args', found: joinWords(args).slice(0, 60) });
  return [];
}

function reportMissing(script: string, around: Surroundings, report: Report): void {
  const path = resolve(around.cwd, script);
  if (isFolder(path)) report.error(`script ${path} is a folder without a main module`, { key: 'script', found: script });
  else if (script.includes('/') || /\.\w+$/.test(script)) report.error(`script ${path} does not exist`, { key: 'script', found: script });
  else report.error(`script ${script} is neither a file (${path}) nor a command in PATH`, { key: 'script', found: script });
}
