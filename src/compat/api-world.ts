// What the programmatic API needs of its surroundings, and the two things that all of its methods do: asking the list, and carrying out.
import { complete } from '../client/complete.ts';
import type { Client } from '../client/client.ts';
import { failureOf } from '../client/failure.ts';
import type { OperationRequest } from '../model/api.ts';
import type { Home } from '../model/home.ts';
import type { OperationView } from '../model/view.ts';
import { hasCode, inPm2Words } from './api-errors.ts';
import { toJlist } from './jlist.ts';
import type { JlistEntry } from './jlist.ts';
import type { MachineFigures } from './machine-figures.ts';
import { pm2FilesIn } from './pm2-name.ts';
import type { Pm2Files } from './pm2-name.ts';
import { surroundingsOf } from './surroundings.ts';

/** `said` is all that it wrote, `printed` only its standard output. */
export interface CommandEnd {
  readonly code: number | null;
  readonly printed: string;
  readonly said: string;
}

/** One manager and the process that uses it. */
export interface ApiWorld {
  /** Where relative paths begin. */
  readonly cwd: string;
  /** `process.env` itself: what apps inherit. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly nodePath: string;
  /** Absolute path of the static file server: what the script `serve` means. */
  readonly staticServer: string;
  /** Whether it stands in for PM2: whether PM2's variables count. */
  asPm2(): boolean;
  /** The home directory, made where it is missing. Throws HOME_UNUSABLE. */
  home(): Home;
  /** The client of its daemon, which is started where none runs. */
  client(): Client;
  /** Whether a process of that number lives; a zombie does not. */
  isAlive(pid: number): boolean;
  /** In PM2's home: keeps its saved list beside ours, which was just written. */
  saved(): Promise<void>;
  /**
   * Runs a command of the command line: how it ended, what it printed, and what it said with its errors; with this on its standard input where it is
   * given, or with this program's own terminal.
   */
  command(words: readonly string[], how: 'quiet' | 'terminal' | { readonly input: string }): Promise<CommandEnd>;
  /** Figures of the machine. It takes a second: rates are between two looks. */
  machine(): Promise<MachineFigures>;
  /** Tells the program of something that it need not act upon. */
  warn(text: string): void;
}

/** Where PM2's programs find its two sockets: ours, which speaks HTTP, stands for both in a home that is not PM2's. */
export function socketsOf(world: ApiWorld): Pick<Pm2Files, 'rpc' | 'pub'> {
  const { root, socket } = world.home();
  return pm2FilesIn(root, world.env) ?? { rpc: socket, pub: socket };
}

/** The list, or the part that targets mean; rejects where they mean nothing. */
export async function listEntries(world: ApiWorld, targets: readonly string[] = []): Promise<JlistEntry[]> {
  const reply = await inPm2Words(() => world.client().apps({ targets, full: true }));
  return toJlist(reply, surroundingsOf(world.home().root));
}

/** The same, empty where the targets mean nothing. */
export async function findEntries(world: ApiWorld, targets: readonly string[]): Promise<JlistEntry[]> {
  if (targets.length === 0) return [];
  try {
    return await listEntries(world, targets);
  } catch (error) {
    if (hasCode(error, 'TARGET_NOT_FOUND')) return [];
    throw error;
  }
}

/** Carries out to the end. As in PM2, an app that does not come up is no error of `start` and its like: its status tells. */
export async function carryOut(world: ApiWorld, request: OperationRequest): Promise<OperationView> {
  const operation = await inPm2Words(() => complete(world.client(), request));
  for (const warning of operation.warnings) world.warn(warning);
  const failure = failureOf(operation, ['apply', 'start', 'restart'].includes(request.action) ? 'crashes' : 'nothing');
  if (failure !== null) throw failure;
  return operation;
}
