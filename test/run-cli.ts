// The command line in the test's own process, with the real client: what it prints and how it ends.
import { existsSync } from 'node:fs';
import { createClient } from '../src/client/client.ts';
import type { CommandEntry } from '../src/cli/command.ts';
import { createCommandTable } from '../src/cli/command-table.ts';
import type { Shell } from '../src/cli/context.ts';
import { main } from '../src/cli/main.ts';
import { createLogReader } from '../src/log/reader.ts';
import { homeAt } from '../src/model/home.ts';
import type { AppsReply } from '../src/model/view.ts';
import { systemClock } from '../src/platform/clock.ts';

/** How the process around the command line looks; a pipe without colours where nothing is said. */
export interface Surroundings extends Partial<
  Pick<
    Shell,
    | 'out'
    | 'isTTY'
    | 'errIsTTY'
    | 'columns'
    | 'rows'
    | 'cwd'
    | 'env'
    | 'readInput'
    | 'signal'
    | 'lines'
    | 'edit'
    | 'runProgram'
    | 'openTerminal'
    | 'clock'
    | 'isAlive'
    | 'endDaemon'
    | 'daemonVersion'
    | 'foreground'
    | 'uid'
    | 'userName'
    | 'versionOf'
    | 'machine'
    | 'programPath'
    | 'asPm2'
  >
> {
  /** Home directory. Without one, nothing may touch it. */
  readonly home?: string;
  /** The commands there are; all of them where nothing is said. */
  readonly entries?: readonly CommandEntry[];
}

/** What a command line did. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The moment at which all tests of the command line take place. */
export const NOW = new Date(2026, 10, 22, 19, 30, 0).getTime();

async function* noLines(): AsyncGenerator<string> {}

/** Runs `holdfast ...argv`. */
export async function runCli(argv: readonly string[], surroundings: Surroundings = {}): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const { home: root, entries = allCommands(), ...rest } = surroundings;
  const home = (): ReturnType<typeof homeAt> => {
    if (root === undefined) throw new Error('the home directory was touched');
    return homeAt(root);
  };
  const shell: Shell = {
    out: (text) => void (written.stdout += typeof text === 'string' ? text : Buffer.from(text).toString()),
    err: (text) => void (written.stderr += text),
    isTTY: false,
    errIsTTY: false,
    columns: 80,
    rows: 24,
    cwd: '/',
    env: {},
    readInput: () => Promise.reject(new Error('nobody writes to it')),
    uid: process.getuid!(),
    userName: () => 'me',
    versionOf: () => '1.2.3',
    machine: () => ({ load: 0.31, processors: 2, memoryUsed: 0.518 }),
    nodePath: process.execPath,
    staticServer: () => '/dist/serve.cjs',
    programPath: '/usr/local/bin/holdfast',
    asPm2: false,
    clock: { epochMs: () => NOW, setTimer: () => () => undefined },
    isAlive: () => false,
    endDaemon: () => undefined,
    daemonVersion: () => null,
    lines: () => noLines(),
    edit: () => Promise.reject(new Error('an editor was opened')),
    runProgram: () => Promise.reject(new Error('another program was started')),
    openTerminal: () => Promise.reject(new Error('the terminal was taken')),
    signal: new AbortController().signal,
    openLogReader: (request, notice) => Promise.resolve(createLogReader({ request, notice, clock: systemClock })),
    home,
    mayHaveDaemon: () => root !== undefined && existsSync(homeAt(root).socket),
    client: () => createClient({ socketPath: home().socket }),
    foreground: () => Promise.reject(new Error('apps were to run in the foreground')),
    ...rest,
  };
  const code = await main(argv, shell, entries);
  return { code, ...written };
}

/** Every command, with what knows PM2's shapes left out. */
export function allCommands(): readonly CommandEntry[] {
  const print = (reply: AppsReply): Promise<string> => Promise.resolve(`${reply.apps.length} apps`);
  return createCommandTable({
    printJlist: print,
    printPrettylist: print,
    printMiniList: (_reply, _ctx, ids) => Promise.resolve(`${ids.join(' ')}\n`),
    measureMachine: () => Promise.resolve({ 'CPU Usage': { value: 1.5, type: 'metric', unit: '%', historic: true } }),
    dumps: () =>
      Promise.resolve({
        read: () => Promise.reject(new Error('a file of saved apps was read')),
        pm2Behind: () => null,
        newer: () => null,
        mirror: () => Promise.resolve(),
      }),
  });
}
