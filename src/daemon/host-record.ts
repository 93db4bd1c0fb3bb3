// Reads hosts/NAME.json: what a host wrote of its processes, for the time after its death. Only that: the rest is for the next host.
import fs from 'node:fs';
import * as v from 'valibot';
import { hostFiles } from '../model/home.ts';
import type { Home } from '../model/home.ts';
import { readJsonFile, removeTemporaries } from '../platform/atomic-file.ts';
import { isSameProcess } from '../platform/proc-stat.ts';
import type { Orphan } from '../policy/reconcile.ts';

const processSchema = v.object({ pid: v.pipe(v.number(), v.integer(), v.minValue(1)), startTime: v.string() });
const recordSchema = v.object({
  name: v.string(),
  bootId: v.string(),
  process: processSchema,
  nextTakeoverAt: v.optional(v.number()),
  apps: v.array(
    v.object({
      name: v.string(),
      instances: v.array(v.object({ slot: v.number(), id: v.number(), process: v.nullable(processSchema) })),
    }),
  ),
});

/** What every version of the record says of a host's processes, and since when its instances read there from which moment on they may bring up the next one. */
export type KnownProcesses = v.InferOutput<typeof recordSchema>;

/** The names of all hosts that left a file, living or dead. */
export function hostNames(home: Home): readonly string[] {
  let files: readonly string[];
  try {
    files = fs.readdirSync(home.hosts);
  } catch {
    // No folder yet: no host was ever started in this home.
    return [];
  }
  const safeNames = files.filter((file) => /\.(?:sock|json)$/.test(file)).map((file) => file.replace(/\.(?:sock|json)$/, ''));
  return [...new Set(safeNames)].flatMap(decodeName);
}

function decodeName(safe: string): readonly string[] {
  try {
    return [decodeURIComponent(safe)];
  } catch {
    // Not a name that hostFiles has made: a file of somebody else.
    return [];
  }
}

/** The record of this boot; null when there is none, or none that can be read: then nothing is known of that host's processes. */
export function readHostRecord(home: Home, name: string, bootId: string): KnownProcesses | null {
  const json = readJsonFile(hostFiles(home, name).record);
  const parsed = v.safeParse(recordSchema, json.kind === 'value' ? json.value : undefined);
  return parsed.success && parsed.output.bootId === bootId ? parsed.output : null;
}

/** Removes all that names a host. For hosts only that are dead and have left nothing that lives. */
export function removeHostFiles(home: Home, name: string): void {
  const files = hostFiles(home, name);
  for (const file of Object.values(files)) fs.rmSync(file, { recursive: true, force: true });
  removeTemporaries(files.record);
}

/** The processes of an app that the record knows and that still live. */
export function livingOrphans(record: KnownProcesses | null, app: string): readonly Orphan[] {
  const instances = record?.apps.find((one) => one.name === app)?.instances ?? [];
  return instances.flatMap(({ slot, id, process }) => (process !== null && isSameProcess(process) ? [{ slot, id, process }] : []));
}
