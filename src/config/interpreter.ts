// Decides what runs a script: what the app says, else its extension, else its content.
import { realpathSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { isNodeInterpreter } from '../model/interpreter.ts';
import { DEFAULT_PATH, expandHome, findInPath, isExecutable, isFile } from './lookup.ts';
import { compareVersions, installedIn, isOfVersion, nodeStores } from './node-versions.ts';
import type { Report } from './report.ts';
import { sniff } from './sniff.ts';

/** Where programs are looked up. */
export interface Surroundings {
  readonly cwd: string;
  /** Second place for relative paths: the config file's folder, or the caller's. */
  readonly otherFolder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly nodePath: string;
  /** Of that Node: `v22.3.0`. */
  readonly nodeVersion: string;
  readonly typeStripping: TypeStripping;
  /** Absolute path of the program that the script `serve` means. */
  readonly staticServer: string;
}

/** Whether a Node runs TypeScript: by itself, with --experimental-strip-types (22.6 to 22.17, 23.0 to 23.5), or not at all. */
export type TypeStripping = 'on' | 'with-flag' | 'none';

/** What `version` (`v22.3.0`) can do; `isOn` as `process.features.typescript` says. */
export function typeStrippingOf(version: string, isOn: boolean): TypeStripping {
  if (isOn) return 'on';
  return compareVersions(version.slice(1), '22.6.0') >= 0 ? 'with-flag' : 'none';
}

/** The interpreter that the app names, as an absolute path, a bare name in PATH, or `none`; null after reporting that it is missing. */
export function findNamedInterpreter(named: string, around: Surroundings, report: Report): string | null {
  const wanted = expandHome(named.trim(), around.env);
  if (wanted === 'none') return wanted;
  if (wanted === 'node' || wanted === 'nodejs') return around.nodePath;
  if (/^node@/.test(wanted)) return findNodeVersion(wanted.slice('node@'.length), around, report);
  if (wanted.includes('/')) return findInterpreterFile(wanted, around, report);
  if (pathHas(wanted, around)) return wanted;
  const local = findBeside(wanted, around, report);
  if (local !== null) return local;
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
  if (around.typeStripping !== 'none' && !extension.endsWith('x')) return around.nodePath;
  for (const name of ['bun', 'tsx']) {
    const runner = pathHas(name, around) ? name : findBeside(name, around, report);
    if (runner !== null) return runner;
  }
  report.error(
    `script ${script} is TypeScript, which this Node does not run by itself, and neither bun nor tsx is in PATH or node_modules`,
    {
      key: 'script',
      found: script,
      accepted: extension.endsWith('x')
        ? 'bun or tsx in PATH, or an interpreter that runs it'
        : 'Node >= 22.18, bun or tsx in PATH, or an interpreter that runs it',
      suggestion: 'npm install --save-dev tsx',
    },
  );
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

/** The newest that fits, where version managers keep theirs, or the Node of the CLI; one that is not there is said, never installed. */
function findNodeVersion(version: string, around: Surroundings, report: Report): string | null {
  const wanted = version.replace(/^v/, '');
  if (!/^\d+(\.\d+){0,2}$/.test(wanted)) {
    report.error(`interpreter node@${version} names no version`, {
      key: 'interpreter',
      found: `node@${version}`,
      accepted: 'node@22, node@22.3 or node@22.3.0',
    });
    return null;
  }
  const own = { version: around.nodeVersion.slice(1), file: around.nodePath };
  const stores = nodeStores(around.env).map((store) => ({ ...store, versions: installedIn(store) }));
  const fitting = [own, ...stores.flatMap(({ versions }) => versions)].filter((one) => isOfVersion(one.version, wanted));
  const newest = fitting.sort((a, b) => compareVersions(b.version, a.version))[0];
  if (newest !== undefined) return newest.file;
  const present = stores.filter(({ versions }) => versions.length > 0);
  const owners = present.map(({ name, versions }) => `${name} has ${versions.map((one) => one.version).join(', ')}`);
  const where = owners.length === 0 ? `none of ${stores.map(({ name }) => name).join(', ')} has one` : owners.join('; ');
  report.error(`interpreter node@${version} is not installed: ${where}; this is ${around.nodeVersion}`, {
    key: 'interpreter',
    found: `node@${version}`,
    suggestion: (present[0] ?? stores[0]!).install(wanted),
  });
  return null;
}

/** What a package of the app brings: node_modules/.bin of its folder or one above, as npm has it in PATH while it runs a script. */
function findBeside(name: string, { cwd }: Surroundings, report: Report): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', '.bin', name);
    if (isExecutable(file)) {
      report.note(`interpreter ${name} is taken from ${dirname(file)}: it is not in PATH`, { key: 'interpreter' });
      return file;
    }
    if (folder === dirname(folder)) return null;
  }
}

function pathHas(name: string, around: Surroundings): boolean {
  return findInPath(name, around.env['PATH'] ?? DEFAULT_PATH, around.cwd) !== null;
}

function hintFor(name: string, around: Surroundings): string | null {
  if (/\s/.test(name)) return 'Options for it go into interpreter_args.';
  if (name === 'python' && pathHas('python3', around)) return 'Did you mean python3?';
  return null;
}
