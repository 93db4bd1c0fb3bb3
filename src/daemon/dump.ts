// What `save` writes and `resurrect` reads: dump.json. It is the user's own snapshot of the list and is never written without being asked for.
import * as v from 'valibot';
import { dumpedAppSchema } from '../model/dumped-app.ts';
import type { DumpedApp } from '../model/dumped-app.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Home } from '../model/home.ts';
import { moveAside, readJsonFile, writeFileAtomic } from '../platform/atomic-file.ts';
import { liftState, STATE_VERSION } from './patches.ts';

const dumpSchema = v.object({ version: v.literal(STATE_VERSION), apps: v.array(dumpedAppSchema) });

/** Replaces the file, mode 0600: it carries the apps' environment. */
export async function writeDump(home: Home, apps: readonly DumpedApp[]): Promise<void> {
  await writeFileAtomic(home.dump, `${JSON.stringify({ version: STATE_VERSION, apps }, null, 1)}\n`);
}

/** Throws DUMP_MISSING, or STATE_UNREADABLE after the file was moved aside. */
export function readDump(home: Home): readonly DumpedApp[] {
  const json = readJsonFile(home.dump);
  if (json.kind === 'absent')
    throw new HoldfastError('DUMP_MISSING', `Cannot resurrect: there is no ${home.dump}.`, { hint: 'holdfast save' });
  const read = json.kind === 'value' ? parseDump(json.value) : json;
  if (read.kind === 'apps') return read.apps;
  const { reason } = read;
  throw new HoldfastError('STATE_UNREADABLE', `Cannot read ${home.dump}: ${reason}. It was moved to ${moveAside(home.dump)}.`, {
    hint: 'holdfast save',
  });
}

/** What is in a dump of ours, of any version, or why it cannot be read. */
export type ParsedDump = { kind: 'apps'; apps: readonly DumpedApp[] } | { kind: 'unreadable'; reason: string };

/** Reads the content of a dump. */
export function parseDump(value: unknown): ParsedDump {
  const lifted = liftState(value, 0);
  if (lifted.kind === 'problem') return { kind: 'unreadable', reason: lifted.reason };
  const parsed = v.safeParse(dumpSchema, lifted.state);
  if (parsed.success) return { kind: 'apps', apps: parsed.output.apps };
  const [issue] = parsed.issues;
  return { kind: 'unreadable', reason: `${v.getDotPath(issue) ?? 'its content'}: ${issue.message}` };
}
