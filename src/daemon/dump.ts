// What `save` writes and `resurrect` reads: dump.json. It is the user's own snapshot of the list and is never written without being asked for.
import * as v from 'valibot';
import { appSpecSchema } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Home } from '../model/home.ts';
import { moveAside, readJsonFile, writeFileAtomic } from '../platform/atomic-file.ts';

const dumpSchema = v.object({
  version: v.literal(1),
  apps: v.array(
    v.object({
      spec: appSpecSchema,
      slots: v.pipe(
        v.array(v.object({ slot: v.pipe(v.number(), v.integer(), v.minValue(0)), goal: v.picklist(['up', 'down']) })),
        v.minLength(1),
      ),
    }),
  ),
});

/** An app as it was saved. Ids are not kept: they are handed out anew. */
export type DumpedApp = v.InferOutput<typeof dumpSchema>['apps'][number];

/** Replaces the file, mode 0600: it carries the apps' environment. */
export async function writeDump(home: Home, apps: readonly DumpedApp[]): Promise<void> {
  await writeFileAtomic(home.dump, `${JSON.stringify({ version: 1, apps }, null, 1)}\n`);
}

/** Throws DUMP_MISSING, or STATE_UNREADABLE after the file was moved aside. */
export function readDump(home: Home): readonly DumpedApp[] {
  const json = readJsonFile(home.dump);
  if (json.kind === 'absent')
    throw new HoldfastError('DUMP_MISSING', `Cannot resurrect: there is no ${home.dump}.`, { hint: 'holdfast save' });
  const parsed = v.safeParse(dumpSchema, json.kind === 'value' ? json.value : undefined);
  if (parsed.success) return parsed.output.apps;
  const [issue] = parsed.issues;
  const reason = json.kind === 'unreadable' ? json.reason : `${v.getDotPath(issue) ?? 'its content'}: ${issue.message}`;
  throw new HoldfastError('STATE_UNREADABLE', `Cannot read ${home.dump}: ${reason}. It was moved to ${moveAside(home.dump)}.`, {
    hint: 'holdfast save',
  });
}
