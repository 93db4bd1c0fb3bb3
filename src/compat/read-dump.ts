// Reads what was saved, in our form or in PM2's, into apps that the daemon can bring back. The file itself is read by the caller, and left as it is.
import type { Problem } from '../config/problem.ts';
import { printProblem } from '../config/problem.ts';
import { readSpecs } from '../config/specs.ts';
import type { SpecRequest } from '../config/specs.ts';
import { parseDump } from '../daemon/dump.ts';
import type { AppSpec } from '../model/app-spec.ts';
import type { DumpedApp } from '../model/dumped-app.ts';
import { HoldfastError } from '../model/errors.ts';
import type { SavedApps } from '../model/saved-apps.ts';
import { readPm2Dump } from './pm2-dump.ts';
import type { Pm2App } from './pm2-dump.ts';

/** What reading an app needs of its surroundings. */
export type Surroundings = Pick<
  SpecRequest,
  'callerEnv' | 'callerUid' | 'logsFolder' | 'pidsFolder' | 'moduleSettings' | 'nodePath' | 'cpuCount' | 'staticServer'
>;

/** Reads the content of `file`. Throws CONFIG_INVALID for what is neither form. */
export async function readSavedApps(file: string, value: unknown, surroundings: Surroundings): Promise<SavedApps> {
  if (Array.isArray(value)) return readPm2Apps(file, value, surroundings);
  const parsed = parseDump(value);
  if (parsed.kind === 'apps') return { apps: parsed.apps, warnings: [], leftOut: [], isPm2: false };
  throw new HoldfastError('CONFIG_INVALID', `Cannot resurrect from ${file}: ${parsed.reason}. It was left as it is.`, {
    hint: 'name a dump.pm2 of PM2, or a dump.json of Holdfast',
  });
}

/** One by one: what is wrong with an app keeps no other from coming back. */
async function readPm2Apps(file: string, entries: readonly unknown[], surroundings: Surroundings): Promise<SavedApps> {
  const dump = readPm2Dump(entries);
  const apps: DumpedApp[] = [];
  const warnings = [...dump.warnings];
  const leftOut = [...dump.leftOut];
  for (const app of dump.apps) {
    const { specs, ...found } = await readSpecs({
      ...surroundings,
      targets: ['-'],
      flags: {},
      scriptArgs: [],
      callerCwd: '/',
      readInput: () => Promise.resolve(JSON.stringify({ apps: [app.attributes] })),
    });
    const print = (problem: Problem): string => printProblem({ ...problem, file: null });
    warnings.push(...found.warnings.map(print));
    const [spec] = specs;
    if (spec === undefined || found.errors.length > 0) leftOut.push(...found.errors.map(print));
    else apps.push({ spec: asSaved(spec, app, file), slots: slotsOf(spec, app) });
  }
  return { apps, warnings, leftOut, isPm2: true };
}

function asSaved(spec: AppSpec, { filterEnv }: Pm2App, file: string): AppSpec {
  const isList = Array.isArray(filterEnv) && filterEnv.every((one) => typeof one === 'string');
  return {
    ...spec,
    filterEnv: isList || typeof filterEnv === 'string' || typeof filterEnv === 'boolean' ? filterEnv : false,
    envLayers: spec.envLayers.map((layer) => (layer.source === 'config' ? { ...layer, file } : layer)),
  };
}

/** PM2 runs a stopped app when its schedule says so. */
function slotsOf({ schedule }: AppSpec, { goals }: Pm2App): DumpedApp['slots'] {
  const waits = schedule === null ? {} : { waits: true };
  return goals.map((goal, slot) => (goal === 'up' ? { slot, goal } : { slot, goal, ...waits }));
}
