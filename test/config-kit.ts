// A folder of config files and scripts for a test, and reading it as the CLI does: here, or in a process of its own with Node's real import().
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { printProblem } from '../src/config/problem.ts';
import { readSpecs } from '../src/config/specs.ts';
import type { SpecRequest, SpecsResult } from '../src/config/specs.ts';
import type { AppSpec } from '../src/model/app-spec.ts';

/** What a read found, with its problems as they are printed. */
export interface Read {
  readonly specs: readonly AppSpec[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** A temporary folder. `bin` is its folder of programs, the only one in PATH. */
export interface ConfigFolder {
  readonly root: string;
  write(name: string, text: string, mode?: number): string;
  link(name: string, target: string): void;
  read(target: string, request?: Partial<SpecRequest>): Promise<Read>;
  remove(): void;
}

export const NODE = process.execPath;

export function createConfigFolder(): ConfigFolder {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-config-')));
  const write = (name: string, text: string, mode = 0o644): string => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    fs.chmodSync(file, mode);
    return file;
  };
  const link = (name: string, target: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.symlinkSync(target, path.join(root, name));
  };
  const read = async (target: string, request: Partial<SpecRequest> = {}): Promise<Read> =>
    print(await readSpecs({ ...requestIn(root, target), ...request }));
  return { root, write, link, read, remove: () => fs.rmSync(root, { recursive: true, force: true }) };
}

/** Reads one app, written to app.json, in which nothing may be wrong. */
export async function readApp(
  folder: ConfigFolder,
  app: unknown,
  request: Partial<SpecRequest> = {},
): Promise<Read & { readonly spec: AppSpec }> {
  folder.write('app.json', JSON.stringify({ apps: [app] }));
  const read = await folder.read('app.json', request);
  const [spec] = read.specs;
  if (read.errors.length > 0 || spec === undefined) throw new Error(`no spec: ${read.errors.join(' ')}`);
  return { ...read, spec };
}

/** A request with nothing but a PATH in the environment and four cores. */
export function requestIn(root: string, target: string): SpecRequest {
  return {
    targets: [target],
    flags: {},
    scriptArgs: [],
    callerCwd: root,
    callerEnv: { PATH: `${root}/bin`, HOME: `${root}/home` },
    callerUid: process.getuid!(),
    readInput: () => Promise.reject(new Error('nobody writes to it')),
    logsFolder: '/logs',
    pidsFolder: null,
    moduleSettings: {},
    nodePath: NODE,
    cpuCount: 4,
    staticServer: '/dist/serve.cjs',
  };
}

function print({ specs, errors, warnings, notes }: SpecsResult): Read {
  return { specs, errors: errors.map(printProblem), warnings: warnings.map(printProblem), notes: notes.map(printProblem) };
}

/** Reads in processes of their own. The test runner would transform a config file on its way; Node takes it as it stands. */
export interface ConfigProcess {
  /** Also what the process printed. `env` is the whole environment of the process. */
  read(
    folder: ConfigFolder,
    target: string,
    env?: Readonly<Record<string, string>>,
  ): Read & { readonly stdout: string; readonly stderr: string };
  remove(): void;
}

/** Bundles the config stage as the build does: CommonJS, jiti left out. */
export async function createConfigProcess(): Promise<ConfigProcess> {
  const cache = path.resolve('node_modules/.cache');
  fs.mkdirSync(cache, { recursive: true });
  const folder = fs.mkdtempSync(path.join(cache, 'hf-config-'));
  const outfile = path.join(folder, 'read.cjs');
  const contents = `import fs from 'node:fs';
    import { readSpecs } from './src/config/specs.ts';
    import { printProblem } from './src/config/problem.ts';
    const request = JSON.parse(process.argv[2]);
    readSpecs({ ...request, callerEnv: process.env, readInput: () => Promise.resolve('') }).then(({ specs, ...found }) => {
      const printed = Object.fromEntries(Object.entries(found).map(([kind, problems]) => [kind, problems.map(printProblem)]));
      fs.writeFileSync(process.argv[3], JSON.stringify({ specs, ...printed }));
      process.exit();
    });`;
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['jiti'],
    logLevel: 'error',
  });
  const read: ConfigProcess['read'] = ({ root }, target, env = {}) => {
    const answer = path.join(folder, 'answer.json');
    const child = spawnSync(NODE, [outfile, JSON.stringify(requestIn(root, target)), answer], {
      cwd: root,
      env: { PATH: path.join(root, 'bin'), ...testMark(), ...env },
      encoding: 'utf8',
      timeout: 20_000,
    });
    const text = fs.existsSync(answer)
      ? fs.readFileSync(answer, 'utf8')
      : JSON.stringify({ specs: [], errors: [`the process ended with ${child.status}: ${child.stderr}`], warnings: [], notes: [] });
    fs.rmSync(answer, { force: true });
    return { ...(JSON.parse(text) as Read), stdout: child.stdout, stderr: child.stderr };
  };
  return { read, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

function testMark(): Record<string, string> {
  const mark = process.env['HOLDFAST_TEST_RUN'];
  return mark === undefined ? {} : { HOLDFAST_TEST_RUN: mark };
}
