// Starts apps in the order of depends_on, each as soon as policy/dependencies.ts lets it. How starting is done is not its business.
import type { EventBody } from '../model/event.ts';
import { printDuration } from '../model/units.ts';
import type { Ms } from '../model/units.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import { mayStart, printAwaited, printDependency } from '../policy/dependencies.ts';
import type { DependencyState, Permission } from '../policy/dependencies.ts';
import type { Draft } from './apps.ts';

export interface StartOrderOptions {
  readonly clock: Clock;
  /** Of an app that was started, or is not there. */
  readonly stateOf: (app: string) => DependencyState;
  readonly begin: (draft: Draft) => void;
  readonly tell: (app: string, body: EventBody) => void;
}

export interface StartOrder {
  add(drafts: readonly Draft[]): void;
  /** To be called when anything has changed. */
  look(): void;
  /** Those that are not there yet are not to be started any more; of all of them, or of one. */
  forget(app?: string): void;
  isWaiting(): boolean;
  /** Whether an app was not started, because what it depends on did not come. */
  hasRefused(): boolean;
}

/** Nothing waits at first. */
export function createStartOrder({ clock, stateOf, begin, tell }: StartOrderOptions): StartOrder {
  const waiting = new Map<string, { readonly draft: Draft; readonly sinceMs: Ms }>();
  const refused = new Set<string>();
  let cancel: Cancel | null = null;

  function permit({ spec }: Draft, sinceMs: Ms): Permission {
    const permission = mayStart(spec.dependsOn, (app) =>
      waiting.has(app) ? { kind: 'waiting' } : refused.has(app) ? { kind: 'refused' } : stateOf(app),
    );
    if (permission.kind !== 'wait' || clock.monotonicMs() - sinceMs < spec.dependsTimeoutMs) return permission;
    const waited = printDuration(spec.dependsTimeoutMs);
    return { kind: 'no', reason: `it depends on ${printAwaited(permission.for)}, still after ${waited} (depends_timeout)` };
  }

  function look(): void {
    let isAgain = waiting.size > 0;
    while (isAgain) {
      isAgain = false;
      for (const [name, { draft, sinceMs }] of waiting) {
        const permission = permit(draft, sinceMs);
        if (permission.kind === 'wait') continue;
        isAgain = true;
        waiting.delete(name);
        if (permission.kind === 'yes') begin(draft);
        else refuse(name, permission.reason);
      }
    }
    watchLimits();
  }

  function refuse(name: string, reason: string): void {
    refused.add(name);
    tell(name, { kind: 'not-started', reason });
  }

  function watchLimits(): void {
    cancel?.();
    const ends = [...waiting.values()].map(({ draft, sinceMs }) => sinceMs + draft.spec.dependsTimeoutMs);
    cancel = ends.length === 0 ? null : clock.setTimer(Math.max(1, Math.min(...ends) - clock.monotonicMs()), look);
  }

  return {
    add(drafts) {
      const sinceMs = clock.monotonicMs();
      for (const draft of drafts) {
        refused.delete(draft.spec.name);
        waiting.set(draft.spec.name, { draft, sinceMs });
      }
      look();
      for (const { spec } of drafts) {
        if (!waiting.has(spec.name)) continue;
        tell(spec.name, { kind: 'waits', for: spec.dependsOn.map(printDependency).join(' and '), limitMs: spec.dependsTimeoutMs });
      }
    },
    look,
    forget(app) {
      if (app === undefined) waiting.clear();
      else waiting.delete(app);
      watchLimits();
    },
    isWaiting: () => waiting.size > 0,
    hasRefused: () => refused.size > 0,
  };
}
