// PM2's saved list beside ours, in PM2's home: for scripts that look there, and for the way back to PM2. It is read elsewhere.
import fs from 'node:fs';
import type { Client } from '../src/client/client.ts';
import { toJlist } from '../src/compat/jlist.ts';
import { pm2FilesIn } from '../src/compat/pm2-name.ts';
import { surroundingsOf } from '../src/compat/surroundings.ts';
import type { Home } from '../src/model/home.ts';
import { readJsonFile, writeFileAtomic } from '../src/platform/atomic-file.ts';

/** Whose list was saved. */
export interface Saved {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: Home;
  readonly client: Client;
}

/**
 * Writes what was saved as PM2 would have, for scripts that look there and for the way back to PM2; the file before it becomes the backup. Nothing
 * in a home that is not PM2's. It gets the time of our own file: what is later than that, somebody else has written.
 */
export async function keepPm2Dump({ env, home, client }: Saved): Promise<void> {
  const files = pm2FilesIn(home.root, env);
  if (files === null) return;
  const ours = readJsonFile(home.dump);
  const isEmpty = ours.kind !== 'value' || (ours.value as { apps?: readonly unknown[] }).apps?.length === 0;
  const list = isEmpty ? [] : toJlist(await client.apps({ full: true }), surroundingsOf(home.root)).map((entry) => entry.pm2_env);
  if (fs.existsSync(files.dump)) {
    fs.copyFileSync(files.dump, files.backup);
    fs.chmodSync(files.backup, 0o600);
  }
  await writeFileAtomic(files.dump, `${JSON.stringify(list, null, 2)}\n`);
  const seconds = Math.floor(fs.statSync(home.dump).mtimeMs) / 1000;
  fs.utimesSync(files.dump, seconds, seconds);
}
