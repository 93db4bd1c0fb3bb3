// What depends_on says of the other apps of its file: names that are there, no circle, no end that never comes. Pure.
import type { AppSpec } from '../model/app-spec.ts';
import type { Dependency } from '../policy/dependencies.ts';
import { findCycles } from '../policy/dependency-graph.ts';
import type { Draft } from './drafts.ts';
import { suggest } from './suggest.ts';

/** An app of the command with what was read of it. */
export interface Read {
  readonly draft: Draft;
  readonly spec: AppSpec;
}

/** The spec with the names of what it depends on as they are in the list: in a file they may stand without its name_prefix. */
export function withFullNames(spec: AppSpec, siblings: Draft['siblings']): AppSpec {
  const fullName = (app: string): string =>
    siblings.some(({ name }) => name === app) ? app : (siblings.find(({ written }) => written === app)?.name ?? app);
  return { ...spec, dependsOn: spec.dependsOn.map((one) => ({ ...one, app: fullName(one.app) })) };
}

/** Reports what the apps say of each other and cannot be. */
export function checkDependencies(apps: readonly Read[]): void {
  const specs = new Map(apps.map(({ spec }) => [spec.name, spec]));
  for (const one of apps) for (const dependency of one.spec.dependsOn) checkDependency(one, dependency, specs.get(dependency.app));
  const graph = new Map(apps.map(({ spec }) => [spec.name, spec.dependsOn.map(({ app }) => app)]));
  for (const cycle of findCycles(graph))
    apps
      .find(({ spec }) => spec.name === cycle[0])
      ?.draft.report.error(`depends_on goes round in a circle: ${cycle.join(' -> ')}`, { key: 'depends_on', found: cycle.join(' -> ') });
}

function checkDependency({ draft, spec }: Read, { app, condition }: Dependency, other: AppSpec | undefined): void {
  const key = 'depends_on';
  const names = draft.siblings.map(({ name }) => name);
  if (!names.includes(app)) {
    const known = names.filter((name) => name !== spec.name);
    const near = suggest(app, known);
    const there = known.length === 0 ? 'there is no other app' : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
    draft.report.error(`depends_on names ${app}, and no app of this file is called that; ${there}`, {
      key,
      found: app,
      suggestion: near === null ? null : `Did you mean ${near}?`,
    });
  } else if (other !== undefined && condition === 'exited-ok' && other.autorestart && !other.stopExitCodes.includes(0)) {
    draft.report.error(`depends_on waits for ${app} to end with code 0, and ${app} is launched again whenever it ends`, {
      key,
      found: app,
      suggestion: `Set autorestart: false in ${app}.`,
    });
  } else if (other?.autostart === false) {
    draft.report.warn(`depends_on names ${app}, which is not started with the others (autostart is false)`, {
      key,
      found: app,
      suggestion: `Start ${app} first.`,
    });
  }
}
