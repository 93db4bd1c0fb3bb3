// What an operation would roll out, step by step, without beginning it: the answer to --dry-run.
import type { OperationRequest } from '../model/api.ts';
import { HoldfastError } from '../model/errors.ts';
import type { RolloutPlanView, RolloutPlansReply } from '../model/view.ts';
import { hasToBake, planRollout } from '../policy/rollout.ts';
import type { DaemonContext } from './context.ts';
import { checkApply, wayToApply } from './operations/apply.ts';
import type { ApplyRequest } from './operations/apply.ts';
import { findApp } from './operations/plan.ts';
import { chooseReload, restartedText, wayToReload } from './operations/reload.ts';
import { wayToRollBack } from './operations/rollback.ts';
import { checkScale, targetCount, wayToScale } from './operations/scale.ts';
import type { Draft, Way } from './operations/ways.ts';
import { overlapOf } from './overlap.ts';

/** Refuses what the operation itself would refuse, and what is no rollout. */
export function planRollouts(context: DaemonContext, request: OperationRequest): RolloutPlansReply {
  const found = stepsOf(context, request);
  return {
    plans: found.flatMap(({ way }) => (way !== null && way !== 'restart' && way.kind === 'rollout' ? [viewPlan(context, way.draft)] : [])),
    notes: found.flatMap(({ name, way }) => noteOf(name, way)),
  };
}

/** `way` is null for an app that is not there, `restart` where that was asked for. */
interface Step {
  readonly name: string;
  readonly way: Way | 'restart' | null;
}

function stepsOf(context: DaemonContext, request: OperationRequest): readonly Step[] {
  switch (request.action) {
    case 'reload':
      return chooseReload(context, request).map(({ app, slots }) => ({
        name: app,
        way: wayToReload(context, context.store.get(app)!, { slots, manner: request }),
      }));
    case 'rollback': {
      const app = findApp(context, 'roll back', request.app);
      return [{ name: request.app, way: wayToRollBack(context, app, request) }];
    }
    case 'scale': {
      const app = checkScale(context, request);
      return [{ name: request.app, way: wayToScale(context, app, targetCount(app, request)) }];
    }
    case 'apply':
      return stepsOfApply(context, request);
    case 'start':
    case 'stop':
    case 'restart':
    case 'delete':
    case 'reset':
    case 'watch':
    case 'signal':
    case 'update':
    case 'clear-dump':
    case 'save':
    case 'resurrect':
    case 'kill':
      throw new HoldfastError('USAGE', `Cannot plan ${request.action}: only apply, reload, rollback and scale roll something out.`);
    default:
      return request satisfies never;
  }
}

function stepsOfApply(context: DaemonContext, request: ApplyRequest): readonly Step[] {
  return checkApply(context, request).map((one) => {
    const way = wayToApply(context, one, request);
    return { name: one.spec.name, way: way === null || request.existing === 'reload' ? way : 'restart' };
  });
}

function noteOf(name: string, way: Step['way']): readonly string[] {
  if (way === null) return [`${name} is not in the list: it is started.`];
  if (way === 'restart') return [`${name} is restarted.`];
  if (way.kind === 'rollout') return [];
  return [way.why === null ? `${name} does not run: it is started.` : restartedText(name, way.why)];
}

function viewPlan({ registry }: DaemonContext, draft: Draft): RolloutPlanView {
  const { app, cause, release, replace, add, remove, parallel, surge } = draft;
  const overlap = overlapOf(release.spec.mode, registry.rows(app.spec.name), replace);
  const { waves } = planRollout({
    replace,
    add,
    remove,
    parallel,
    surge,
    overlap: overlap !== 'none',
    bakes: hasToBake(cause, release.spec),
  });
  return { app: app.spec.name, cause, overlap, waves };
}
