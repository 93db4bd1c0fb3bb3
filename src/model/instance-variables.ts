// The variables in which the instances of an app differ from each other. Pure.
import type { AppSpec } from './app-spec.ts';

/** Over those of the app: its id, its number, and the variable that is raised by it. */
export function instanceVariables(
  spec: Pick<AppSpec, 'env' | 'instanceVar' | 'incrementVar'>,
  instance: { readonly slot: number; readonly id: number },
): Record<string, string> {
  return { ...raised(spec, instance.slot), pm_id: String(instance.id), [spec.instanceVar]: String(instance.slot) };
}

function raised({ incrementVar, env }: Pick<AppSpec, 'env' | 'incrementVar'>, slot: number): Record<string, string> {
  const base = incrementVar === null ? undefined : env[incrementVar];
  if (incrementVar === null || base === undefined || !/^\s*-?\d+\s*$/.test(base)) return {};
  return { [incrementVar]: String(Number(base) + slot) };
}
