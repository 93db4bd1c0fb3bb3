// What programs ask PM2's daemon about itself: a profile in a file that they name, and what a report of a bug needs.
import fs from 'node:fs';
import path from 'node:path';
import type { Ms } from '../model/units.ts';
import type { ApiWorld } from './api-world.ts';

/** As PM2's: where nothing is said. */
const USUAL_PROFILE_MS: Ms = 5000;

/** `pwd` is the file, whatever its name says. */
export interface ProfileWish {
  readonly pwd: string;
  readonly timeout?: number;
}

/** PM2 says what went wrong in the answer. */
export type ProfileAnswer = { readonly file: string } | { readonly error: string };

/** What PM2 reports of its daemon, without the variables that it was started with: they are nobody's business. */
export interface DaemonReport {
  readonly pm2_version: string;
  readonly node_version: string;
  readonly node_path: string;
  readonly argv0: string;
  readonly argv: readonly string[];
  readonly uid: number;
  readonly gid: number;
  readonly env: Readonly<Record<string, never>>;
  readonly managed_apps: number;
  /** Epoch milliseconds. */
  readonly started_at: number;
}

/** Writes a profile of the daemon into a new file of an absolute path. */
export async function profileInto(world: ApiWorld, kind: 'cpu' | 'mem', wish: ProfileWish): Promise<ProfileAnswer> {
  try {
    const { pwd: file, timeout: durationMs = USUAL_PROFILE_MS } = wish;
    if (typeof file !== 'string' || !path.isAbsolute(file))
      throw new Error(`pwd is ${JSON.stringify(file)}: it is the absolute path of the file`);
    if (fs.existsSync(file)) throw new Error(`${file} is there already`);
    const { profile } = await world.client().profile({ kind, durationMs });
    fs.writeFileSync(file, JSON.stringify(profile), { flag: 'wx', mode: 0o600 });
    return { file };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Rejects where there is no daemon. */
export async function reportOf(world: ApiWorld): Promise<DaemonReport> {
  const [{ version, daemon }, { apps }] = await Promise.all([world.client().manager(), world.client().apps()]);
  return {
    pm2_version: version,
    node_version: process.versions.node,
    node_path: world.nodePath,
    argv0: world.nodePath,
    argv: [world.nodePath],
    uid: world.uid,
    gid: process.getgid!(),
    env: {},
    managed_apps: apps.reduce((count, { instances }) => count + instances.length, 0),
    started_at: Date.now() - daemon.uptimeMs,
  };
}
