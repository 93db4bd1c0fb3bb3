// Decides what runs a script: what the app says, else its extension, else its content.
import { realpathSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { isNodeInterpreter } from '../model/interpreter.ts';
import { DEFAULT_PATH, expandHome, findInPath, isExecutable, isFile } from './lookup.ts';
import type { Report } from './report.ts';
import { sniff } from './sniff.ts';

/** Where programs are looked up. */
export interface Surroundings {
  readonly cwd: string;
  /** Second place for relative paths: the config file's folder, or the caller's. */
  readonly otherFolder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nodePath: string;
  readonly stripsTypes: boolean;
}

/** The interpreter that the app names, as an absolute path, a bare name in PATH, or `none`; null after reporting that it is missing. */
export function findNamedInterpreter(named: string, around: Surroundings, report: Report): string | null {
  const wanted = expandHome(named.trim(), around.env);
  if (wanted === 'none') return wanted;
  if (wanted === 'node' || wanted === 'nodejs') return around.nodePath;
  if (/^node@/.test(wanted)) return findNodeVersion(wanted.slice('node@'.length), around, report);
  if (wanted.includes('/')) return findInterpreterFile(wanted, around, report);
  if (pathHas(wanted, around)) return wanted;
  report.error(`interpreter ${JSON.stringify(wanted)} is not in PATH`, {
    key: 'interpreter',
    found: wanted,
    accepted: null,
    suggestion: hintFor(wanted, around),
  });
  return null;
}

/** The interpreter of a script that names none; null after reporting that there is no way to run it. */
export function chooseInterpreter(script: string, around: Surroundings, report: Report): string | null {
  const real = realpathSync(script);
  for (const extension of [extname(script), extname(real)].map((text) => text.toLowerCase())) {
    if (/^\.[cm]?jsx?$/.test(extension)) return around.nodePath;
    if (/^\.[cm]?tsx?$/.test(extension)) return chooseForTypeScript(script, extension, around, report);
    const candidates = BY_EXTENSION[extension];
    if (candidates !== undefined) return chooseInPath(script, candidates, around, report);
  }
  return chooseByContent(script, around, report);
}

const BY_EXTENSION: Readonly<Record<string, readonly string[]>> = {
  '.sh': ['bash', 'sh'],
  '.py': ['python3', 'python'],
  '.rb': ['ruby'],
  '.php': ['php'],
  '.pl': ['perl'],
  '.coffee': ['coffee'],
  '.ls': ['lsc'],
};

function chooseForTypeScript(script: string, extension: string, around: Surroundings, report: Report): string | null {
  if (around.stripsTypes && !extension.endsWith('x')) return around.nodePath;
  const runner = ['bun', 'tsx'].find((name) => pathHas(name, around));
  if (runner !== undefined) return runner;
  report.error(`script ${script} is TypeScript, which this Node does not run by itself, and neither bun nor tsx is in PATH`, {
    key: 'script',
    found: script,
    accepted: extension.endsWith('x')
      ? 'bun or tsx in PATH, or an interpreter that runs it'
      : 'Node >= 22.18, bun or tsx in PATH, or an interpreter that runs it',
    suggestion: hintFor('tsx', around),
  });
  return null;
}

function chooseInPath(script: string, candidates: readonly string[], around: Surroundings, report: Report): string | null {
  const found = candidates.find((name) => pathHas(name, around));
  if (found === undefined)
    report.error(`script ${script} needs ${candidates.join(' or ')}, which is not in PATH`, { key: 'interpreter', found: script });
  return found ?? null;
}

function chooseByContent(script: string, around: Surroundings, report: Report): string | null {
  const nature = sniff(script);
  switch (nature.kind) {
    case 'text':
      return around.nodePath;
    case 'shebang':
      if (isNodeInterpreter(nature.program)) return around.nodePath;
      if (isExecutable(script)) return 'none';
      return findNamedInterpreter(nature.program, around, report);
    case 'binary':
    case 'unreadable':
      if (isExecutable(script)) return 'none';
      report.error(`script ${script} is a program without the right to execute it`, {
        key: 'script',
        found: script,
        suggestion: `chmod +x ${script}`,
      });
      return null;
    default:
      return nature satisfies never;
  }
}

function findInterpreterFile(wanted: string, around: Surroundings, report: Report): string | null {
  const file = resolve(around.cwd, wanted);
  if (isExecutable(file)) return file;
  const other = resolve(around.otherFolder, wanted);
  if (isExecutable(other)) {
    report.note(`interpreter ${wanted} is taken from ${around.otherFolder}: ${around.cwd} has none`, { key: 'interpreter' });
    return other;
  }
  report.error(`interpreter ${file} ${isFile(file) ? 'may not be executed' : 'does not exist'}`, { key: 'interpreter', found: wanted });
  return null;
}

/** nvm keeps each version in its folder; one that is not there is said, never installed. */
function findNodeVersion(version: string, around: Surroundings, report: Report): string | null {
  const nvm = around.env['NVM_DIR'] ?? expandHome('~/.nvm', around.env);
  const file = join(nvm, 'versions', 'node', `v${version.replace(/^v/, '')}`, 'bin', 'node');
  if (isExecutable(file)) return file;
  report.error(`interpreter node@${version} is not installed: ${file} does not exist`, {
    key: 'interpreter',
    found: `node@${version}`,
    suggestion: `nvm install ${version}`,
  });
  return null;
}

function pathHas(name: string, around: Surroundings): boolean {
  return findInPath(name, around.env['PATH'] ?? DEFAULT_PATH, around.cwd) !== null;
}

function hintFor(name: string, around: Surroundings): string | null {
  if (/\s/.test(name)) return 'Options for it go into interpreter_args.';
  const local = join('node_modules', '.bin', basename(name));
  if (isFile(resolve(around.cwd, local))) return `Write interpreter: "./${local}", which exists.`;
  if (name === 'python' && pathHas('python3', around)) return 'Did you mean python3?';
  return null;
}
