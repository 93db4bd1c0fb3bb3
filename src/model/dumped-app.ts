// An app as it was saved: its spec, and which of its instances were wanted. It crosses the API and stands in dump.json.
import * as v from 'valibot';
import { appSpecSchema } from './app-spec.ts';

/** Ids and releases are not kept: they are made anew. */
export const dumpedAppSchema = v.object({
  spec: appSpecSchema,
  slots: v.pipe(
    v.array(
      v.object({
        slot: v.pipe(v.number(), v.integer(), v.minValue(0)),
        goal: v.picklist(['up', 'down']),
        waits: v.optional(v.boolean()),
      }),
    ),
    v.minLength(1),
  ),
});

/** See the first line of this file. */
export type DumpedApp = v.InferOutput<typeof dumpedAppSchema>;
