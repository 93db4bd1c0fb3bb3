// A site under test: a home directory of its own, the built CLI, and the certainty that nothing of it is left behind.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { processesWith } from '../../../scripts/leftovers.mjs';
import { createClient } from '../../../src/client/client.ts';
import { homeAt } from '../../../src/model/home.ts';
import type { AppsReply, InstanceView, LogEntry, ManagerView } from '../../../src/model/view.ts';
import { killAll } from './processes.ts';
import { run, runBeside } from './run.ts';
import type { Running, RunResult } from './run.ts';

/** The repository's root. */
export const ROOT = path.resolve(import.meta.dirname, '../../..');
/** The built CLI. */
export const CLI = path.join(ROOT, 'dist/cli.cjs');

/** A line of daemon.log. */
export interface LoggedEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  /** `App [name:0]`, `App [name]` or `Holdfast`. */
  readonly subject: string;
  readonly text: string;
}

export interface Site {
  /** HOLDFAST_HOME. */
  readonly home: string;
  /** Where the CLI is run: an empty folder for scripts and configs. */
  readonly folder: string;
  /** What the CLI gets; a test may add to it. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs the CLI to its end. */
  run(...args: string[]): Promise<RunResult>;
  /** The same with this on its standard input. */
  pipe(stdin: string, ...args: string[]): Promise<RunResult>;
  /** The same with `--json`; rejects with its stderr when the exit code is not 0. */
  json<T>(...args: string[]): Promise<T>;
  /** Runs the CLI beside the test (`logs`). */
  follow(...args: string[]): Running;
  /** What `ls --json` prints, asked for without a process for it where a daemon answers. */
  apps(): Promise<AppsReply>;
  /** The instances of one app, in order of their ids; empty when there is no such app. */
  instances(app: string): Promise<readonly InstanceView[]>;
  /** What `info --json` prints, in the same way. */
  manager(): Promise<ManagerView>;
  /** The lines of daemon.log, of one app or of all. */
  events(app?: string): readonly LoggedEvent[];
  /** `logs APP --nostream --json`. */
  logs(app: string, lines?: number): Promise<readonly LogEntry[]>;
  /** Writes a file under `folder` and returns its absolute path. */
  write(name: string, text: string): string;
  /** Writes `ecosystem.config.json` with these apps and returns its path. */
  ecosystem(...apps: readonly object[]): string;
  /** Every living process that has this home in its environment. */
  processes(): ReturnType<typeof processesWith>;
  /** `holdfast kill`, then checks that no process is left, and removes the folders. With `force` what is left is killed without a word. */
  dispose(how?: 'check' | 'force'): Promise<void>;
}

/** The absolute path of a program under test/fixtures/apps. */
export function fixture(name: string): string {
  const file = path.join(ROOT, 'test/fixtures/apps', name);
  if (!fs.existsSync(file)) throw new Error(`There is no fixture ${name} in test/fixtures/apps.`);
  return file;
}

/** Makes an empty home and an empty working folder for the built CLI, or another copy of it. Nothing is started yet. */
export function createSite({ cli = CLI }: { cli?: string } = {}): Site {
  // Short, because socket paths under it may have 107 bytes; real, because the CLI's process.cwd() is.
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-')));
  const home = path.join(root, 'home');
  const folder = path.join(root, 'work');
  fs.mkdirSync(folder);
  const env = cleanEnvironment(home);
  // Waiting for a fact looks many times: a process for each look would be most of what the suite does. Where there is no answer it is a command line's turn.
  const client = createClient({ socketPath: homeAt(home).socket });
  const site: Site = {
    home,
    folder,
    env,
    run: (...args) => run(process.execPath, [cli, ...args], { cwd: folder, env }),
    pipe: (stdin, ...args) => run(process.execPath, [cli, ...args], { cwd: folder, env, stdin }),
    follow: (...args) => runBeside(process.execPath, [cli, ...args], { cwd: folder, env }),
    async json<T>(...args: string[]): Promise<T> {
      const result = await site.run(...args, '--json');
      if (result.code !== 0)
        throw new Error(`holdfast ${args.join(' ')} --json ended with code ${result.code}: ${result.stderr}${result.stdout}`);
      return JSON.parse(result.stdout) as T;
    },
    apps: () => client.apps().catch(() => site.json<AppsReply>('ls')),
    async instances(app) {
      const { apps } = await site.apps();
      return apps.filter(({ name }) => name === app).flatMap(({ instances }) => [...instances].sort((a, b) => a.id - b.id));
    },
    manager: () => client.manager().catch(() => site.json<ManagerView>('info')),
    events: (app) => readEvents(path.join(home, 'daemon.log'), app),
    async logs(app, lines = 1000) {
      const result = await site.run('logs', app, '--nostream', '--json', '--lines', String(lines));
      if (result.code !== 0) throw new Error(`holdfast logs ${app} ended with code ${result.code}: ${result.stderr}`);
      return result.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogEntry);
    },
    write(name, text) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      return file;
    },
    ecosystem: (...apps) => site.write('ecosystem.config.json', JSON.stringify({ apps }, null, 2)),
    processes: () => processesWith('HOLDFAST_HOME', home),
    dispose: (how = 'check') => dispose(site, root, how),
  };
  return site;
}

/** The caller's environment without what vitest and npm put into it: an app under test sees what it would see in a shell. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|npm_|NODE_|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$|FORCE_COLOR$|NO_COLOR$|PORT$)/.test(name),
  );
  return { ...Object.fromEntries(kept), HOLDFAST_HOME: home };
}

function readEvents(file: string, app: string | undefined): LoggedEvent[] {
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, at, subject, text] = /^(\S+Z) (?:(?:warn|error|alert) )?(App \[.*?\]|Holdfast) (.*)$/.exec(line) ?? [];
      return at === undefined || subject === undefined || text === undefined ? [] : [{ at: Date.parse(at), subject, text }];
    })
    .filter(({ subject }) => app === undefined || subject === `App [${app}]` || subject.startsWith(`App [${app}:`));
}

async function dispose(site: Site, root: string, how: 'check' | 'force'): Promise<void> {
  const before = site.processes();
  const killed =
    before.length === 0 ? null : await site.run('kill').catch((error: unknown) => ({ code: null, stdout: '', stderr: String(error) }));
  const left = site.processes();
  await killAll(() => site.processes());
  fs.rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  if (how === 'force' || (left.length === 0 && (killed === null || killed.code === 0))) return;
  const rows = left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n');
  throw new Error(`holdfast kill (code ${killed?.code}) left ${left.length} processes:\n${rows}\n${killed?.stdout}${killed?.stderr}`);
}
