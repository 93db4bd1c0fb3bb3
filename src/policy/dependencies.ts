// Whether an app may be started, from how those it depends on fare: (depends_on, states) => yes, wait or no. It starts nothing and knows no clock.
import type { AppSpec } from '../model/app-spec.ts';
import type { Goal } from '../model/instance.ts';
import type { InstanceRow } from '../model/protocol.ts';

/** One line of `depends_on`. */
export type Dependency = AppSpec['dependsOn'][number];
type Condition = Dependency['condition'];

/** What an instance of a dependency is judged by. */
export interface SeenInstance extends Pick<InstanceRow, 'phase' | 'healthy' | 'readiness' | 'liveness' | 'tally'> {
  /** As the list has it: a host may not have been told yet. */
  readonly goal: Goal;
  /** A process of it is there. */
  readonly lives: boolean;
  /** A host minds it; of one that goes on without, no more can be known than that it lives. */
  readonly supervised: boolean;
}

/** How an app stands that others depend on. */
export type DependencyState =
  | { readonly kind: 'absent' }
  /** It waits itself, or is just being told to start. */
  | { readonly kind: 'waiting' }
  /** It was to be started together with the others, and was not. */
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'seen';
      readonly spec: Pick<AppSpec, 'mode' | 'waitReady' | 'readiness'>;
      /** Those that hold a slot. */
      readonly instances: readonly SeenInstance[];
    };

/** A dependency that is not there yet; `text` completes "which": `is starting`. */
export interface Awaited extends Dependency {
  readonly text: string;
}

export type Permission =
  | { readonly kind: 'yes' }
  | { readonly kind: 'wait'; readonly for: readonly Awaited[] }
  /** It cannot come about by waiting. A sentence without its full stop. */
  | { readonly kind: 'no'; readonly reason: string };

/** What a dependency, or an instance of it, has come to. `idle`: nobody wants it up. */
type Fate =
  | { readonly kind: 'met' }
  | { readonly kind: 'coming'; readonly text: string }
  | { readonly kind: 'idle' }
  | { readonly kind: 'failed'; readonly text: string };

const MET: Fate = { kind: 'met' };
const coming = (text: string): Fate => ({ kind: 'coming', text });
const failed = (text: string): Fate => ({ kind: 'failed', text });

/** Decides about one app. One dependency that has failed outweighs all that may still come. */
export function mayStart(dependsOn: readonly Dependency[], stateOf: (app: string) => DependencyState): Permission {
  const judged = dependsOn.map((dependency) => ({ dependency, fate: judgeApp(dependency.condition, stateOf(dependency.app)) }));
  const broken = judged.find(({ fate }) => fate.kind === 'failed');
  if (broken?.fate.kind === 'failed')
    return { kind: 'no', reason: `it depends on ${printDependency(broken.dependency)}, which ${broken.fate.text}` };
  const missing = judged.flatMap(({ dependency, fate }) => (fate.kind === 'coming' ? [{ ...dependency, text: fate.text }] : []));
  return missing.length === 0 ? { kind: 'yes' } : { kind: 'wait', for: missing };
}

/** `db (ready)`. */
export function printDependency({ app, condition }: Dependency): string {
  return `${app} (${condition})`;
}

/** `db (ready), which is starting, and cache (healthy), which waits itself`. */
export function printAwaited(awaited: readonly Awaited[]): string {
  return awaited.map((one) => `${printDependency(one)}, which ${one.text}`).join(', and ');
}

function judgeApp(condition: Condition, state: DependencyState): Fate {
  switch (state.kind) {
    case 'absent':
      return failed('is not in the list');
    case 'waiting':
      return coming('waits itself');
    case 'refused':
      return failed('was not brought up');
    case 'seen':
      return judgeAll(state.instances.map((one) => judgeInstance(condition, state.spec, one)));
    default:
      return state satisfies never;
  }
}

/** Every instance that is wanted has to get there; those that somebody has stopped do not count beside others. */
function judgeAll(fates: readonly Fate[]): Fate {
  const wanted = fates.filter((fate) => fate.kind !== 'idle');
  const first = wanted.find((fate) => fate.kind === 'failed') ?? wanted.find((fate) => fate.kind === 'coming');
  if (wanted.length === 0) return failed('is stopped');
  if (first === undefined) return MET;
  if (first.kind !== 'coming' || wanted.length === 1) return first;
  return coming(
    `${first.kind === 'coming' ? first.text : ''} (${wanted.filter((fate) => fate.kind === 'met').length} of ${wanted.length} are there)`,
  );
}

function judgeInstance(condition: Condition, spec: Extract<DependencyState, { kind: 'seen' }>['spec'], one: SeenInstance): Fate {
  const { phase } = one;
  switch (phase.kind) {
    case 'errored':
      return failed('is errored');
    case 'stopped':
      if (phase.finished !== null) return judgeEnd(condition, one);
      return one.goal === 'up' ? coming('is about to start') : { kind: 'idle' };
    case 'starting':
      return condition === 'started' && one.lives ? MET : coming('is starting');
    case 'online':
      return judgeOnline(condition, spec, one);
    case 'draining':
    case 'stopping':
      return one.goal === 'up' ? coming('is restarting') : { kind: 'idle' };
    case 'backoff':
      return coming('crashed and waits for its restart');
    default:
      return phase satisfies never;
  }
}

function judgeOnline(condition: Condition, spec: Pick<AppSpec, 'mode' | 'waitReady' | 'readiness'>, one: SeenInstance): Fate {
  if (condition === 'exited-ok') return coming('runs');
  if (condition === 'started' || !one.supervised) return MET;
  if (spec.readiness !== null && one.readiness?.passing !== true) return coming('is online and not ready');
  // Without any sign of readiness, having lived for min_uptime is all there is; the same as in a reload.
  const hasSign = spec.mode === 'cluster' || spec.waitReady || spec.readiness !== null;
  if (!one.healthy && (condition === 'healthy' || !hasSign)) return coming('is online, not yet for min_uptime');
  return condition === 'healthy' && one.liveness?.passing === false ? coming('fails its liveness probe') : MET;
}

/** It has ended for good: its policy let it. */
function judgeEnd(condition: Condition, { tally }: SeenInstance): Fate {
  const exit = tally.toSorted((a, b) => a.at - b.at).at(-1)?.exit ?? null;
  if (exit === null || exit.code !== 0) return failed(printEnd(exit));
  return condition === 'exited-ok' || condition === 'started' ? MET : failed('has ended');
}

function printEnd(exit: SeenInstance['tally'][number]['exit'] | null): string {
  if (exit === null || (exit.signal === null && exit.code === null)) return 'has ended, nobody knows how';
  return exit.signal === null ? `ended with code [${exit.code}]` : `was ended by ${exit.signal}`;
}
