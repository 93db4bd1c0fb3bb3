// What the steps of a replacement do to the instances of an app and to their traffic.
import type { Instances } from './instances.ts';
import type { Live } from './live.ts';
import type { ReplacementActions, ReplacementOutcome } from './replacement.ts';
import type { Traffic } from './traffic.ts';

export interface ReplacementContext {
  readonly old: Live;
  readonly instances: Instances;
  readonly traffic: Traffic;
  readonly tell: (live: Live, command: 'start' | 'stop' | 'restart') => void;
  readonly changed: (live: Live) => void;
  readonly ended: (outcome: ReplacementOutcome) => void;
}

export function createReplacementActions({ old, instances, traffic, tell, changed, ended }: ReplacementContext): ReplacementActions {
  const didServe = traffic.isServing(old) === true;
  return {
    createSuccessor(of) {
      const successor = instances.createSuccessor(of);
      tell(successor, 'start');
      return successor;
    },
    promote(successor, predecessor) {
      successor.role = 'current';
      predecessor.role = 'leaving';
      changed(predecessor);
      changed(successor);
    },
    retire(live) {
      live.forget = true;
      tell(live, 'stop');
    },
    restart: (live) => tell(live, 'restart'),
    // One that is taken as online without listening would take the place of one that did.
    isProven: (fresh) => fresh.machine.phase.kind === 'online' && (!didServe || traffic.isServing(fresh) === true),
    ended,
  };
}
