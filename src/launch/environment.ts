// The variables of one instance: those of its app, its numbers, and the wiring of the preload.
import type { AppSpec } from '../model/app-spec.ts';
import { instanceVariables } from '../model/instance-variables.ts';

/** `preload` is null where Node does not run the script. */
export function instanceEnvironment(
  spec: AppSpec,
  instance: { readonly slot: number; readonly id: number },
  preload: AppSpec['mode'] | null,
): Record<string, string> {
  return { ...spec.env, ...instanceVariables(spec, instance), ...wiring(spec, instance.id, preload) };
}

/** NODE_UNIQUE_ID makes `cluster.isWorker` true (Node: lib/cluster.js); ids start at 0 and Node's own at 1. */
function wiring(spec: AppSpec, id: number, preload: AppSpec['mode'] | null): Record<string, string> {
  if (preload === null) return {};
  return {
    HOLDFAST_PRELOAD: preload,
    ...(preload === 'cluster' ? { NODE_UNIQUE_ID: String(id + 1) } : {}),
    ...(spec.sourceMapSupport ? { HOLDFAST_SOURCE_MAPS: '1' } : {}),
  };
}
