// Renews what an app has inherited from a shell; what files say stays. Pure.
import type { AppSpec } from '../model/app-spec.ts';
import { inheritable } from './environment.ts';

/** The spec as if its app had been started from this environment. A variable that is gone there is gone here, unless something else sets it. */
export function renewInherited(spec: AppSpec, caller: Readonly<Record<string, string | undefined>>): AppSpec {
  const inherited = inheritable(caller, spec.filterEnv);
  const decides = (name: string): string | undefined => spec.envLayers.findLast(({ names }) => names.includes(name))?.source;
  const kept = Object.entries(spec.env).filter(([name]) => decides(name) !== 'shell');
  // An older state file does not say where a variable is from: then the shell wins, and nothing is taken away.
  const unknown = kept.filter(([name]) => decides(name) === undefined);
  const known = kept.filter(([name]) => decides(name) !== undefined);
  return {
    ...spec,
    env: { ...Object.fromEntries(unknown), ...inherited, ...Object.fromEntries(known) },
    envLayers: [
      { source: 'shell', file: null, key: null, names: Object.keys(inherited) },
      ...spec.envLayers.filter(({ source }) => source !== 'shell'),
    ],
  };
}
