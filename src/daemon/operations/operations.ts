// All operations: begins them, keeps them in order, remembers them for a while. What each does is in its own file.
import type { OperationRequest } from '../../model/api.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { HoldfastEvent } from '../../model/event.ts';
import type { OperationUpdate, OperationView } from '../../model/view.ts';
import { adoptRelease } from '../adoption.ts';
import type { DaemonContext } from '../context.ts';
import { meetHost } from '../next-host.ts';
import { actionOf, isUnderWay } from '../rollouts.ts';
import type { Turns } from '../turns.ts';
import { planApply } from './apply.ts';
import { planDelete } from './delete.ts';
import { planFollow } from './follow.ts';
import { planGoOn } from './go-on.ts';
import { planKill } from './kill.ts';
import type { Plan } from './plan.ts';
import { planReload } from './reload.ts';
import { planReset } from './reset.ts';
import { planRestart } from './restart.ts';
import { planResurrect } from './resurrect.ts';
import { planRollback } from './rollback.ts';
import { planClearDump, planSave } from './save.ts';
import { planSignal } from './signal.ts';
import { planScale } from './scale.ts';
import { planStart } from './start.ts';
import { planStop } from './stop.ts';
import { Task } from './task.ts';
import { planUpdate } from './update.ts';
import { planWatch } from './watch.ts';
import { hasOrphans } from './wishes.ts';

/** Finished operations that can still be asked for. */
const MAX_REMEMBERED = 100;
/** What somebody asks for who wants an app as it is now: its files are watched again. */
const RESUMING: ReadonlySet<OperationRequest['action']> = new Set(['start', 'restart', 'reload', 'apply', 'rollback', 'watch']);

/** What is to cost no request: only a host can do that, and one that has died is followed by another before anything is decided. */
const GRADUAL: ReadonlySet<string> = new Set(['apply', 'reload', 'rollback', 'scale']);

export interface Operations {
  /** Begins an operation. Throws a HoldfastError when it is refused; nothing has changed then. */
  submit(request: OperationRequest): OperationView;
  /** The same where nobody has asked: a schedule, or a changed file. What is paused until somebody acts stays so. */
  submitByItself(request: OperationRequest): OperationView;
  /** These wait for others, and no operation waits with them: it goes on as one. */
  goOn(apps: readonly string[]): void;
  /** A rollout is under way that no operation waits for: it becomes one, and what is asked of the app waits behind it. */
  follow(app: string): void;
  get(id: string): OperationView | null;
  /** Passes on what was and what comes, last of all the final operation. Null for an unknown id. Returns the function that ends it. */
  watch(id: string, listener: (update: OperationUpdate) => void): (() => void) | null;
  /** The registry has taken in a fact of this app: of one slot, or, where that is null, perhaps of all. */
  noticed(app: string, event: HoldfastEvent | null, slot: number | null): void;
  /** Nothing more can be known of this app for now: its host died. */
  giveUp(app: string, reason: string): void;
}

export interface OperationsOptions {
  readonly context: DaemonContext;
  readonly turns: Turns;
  /** `kill` begins: nothing that ends now is to be brought back. */
  readonly killing: () => void;
  /** `kill` has done its work: the daemon goes too. */
  readonly killed: (id: string) => void;
  /** `kill` has failed: the daemon stays. */
  readonly notKilled: () => void;
  /** An operation on these apps has ended. */
  readonly ended: (apps: readonly string[]) => void;
}

/** None yet. */
export function createOperations(options: OperationsOptions): Operations {
  const { context, turns } = options;
  const tasks = new Map<string, Task>();
  let count = 0;
  let isEnding = false;
  context.events.subscribe((event) => running().forEach((task) => task.heard(event)));

  function running(): Task[] {
    return [...tasks.values()].filter((task) => !task.isFinal);
  }

  function submit(request: OperationRequest): OperationView {
    const view = submitByItself(request);
    if (RESUMING.has(request.action)) for (const app of tasks.get(view.id)!.apps) context.store.pauseWatch(app, null);
    return view;
  }

  function submitByItself(request: OperationRequest): OperationView {
    if (isEnding)
      throw new HoldfastError('DAEMON_UNREACHABLE', `Cannot ${request.action}: the daemon is being ended.`, { hint: 'holdfast ping' });
    const plan = planFor(context, request);
    const task = createTask(plan, request.action);
    if (request.action === 'kill') {
      isEnding = true;
      options.killing();
    }
    void carryOut(plan, task, request.action);
    return task.view();
  }

  function createTask(plan: Plan, action: string): Task {
    count += 1;
    const id = `${context.clock.epochMs().toString(36)}-${count}`;
    const before = running();
    for (const { app, slots } of plan.hurries) for (const other of before) other.hurry(app, slots);
    const { clock, registry } = context;
    const ahead = (): string | null => nameOfFirst(before, plan.apps);
    const { rows, rollout } = registry;
    const task = new Task({ id, action, apps: plan.apps, clock, rows, rollout, ahead });
    tasks.set(id, task);
    return task;
  }

  async function carryOut(plan: Plan, task: Task, action: string): Promise<void> {
    const work = async (): Promise<void> => {
      task.begin();
      if (GRADUAL.has(action)) await Promise.all(plan.apps.map((app) => meetHost(context, app)));
      // A rollout that it did not wait for may have ended just now.
      for (const app of plan.apps) adoptRelease(context, app);
      await plan.run(task);
      await task.settled();
    };
    try {
      await turns.take({ apps: plan.apps, work });
    } catch (error) {
      task.fail(
        error instanceof HoldfastError ? error.message : `This is a defect of Holdfast: ${(error as Error).stack ?? String(error)}`,
      );
    }
    warnOfUnsupervised(task);
    task.end();
    options.ended(task.apps);
    // Others may have waited for what has become of its apps.
    for (const app of task.apps) for (const other of running()) other.noticed(app, null, null);
    forgetOldest();
    if (action !== 'kill') return;
    isEnding = task.view().state === 'done';
    if (!isEnding) return options.notKilled();
    context.events.publish({ kind: 'daemon-ending' });
    options.killed(task.id);
  }

  function warnOfUnsupervised(task: Task): void {
    for (const name of task.apps) {
      const app = context.store.get(name);
      if (app !== null && hasOrphans(context, app))
        task.warn(`${name} runs without supervision: its host died. holdfast restart ${name} puts a new one in place.`);
    }
  }

  function forgetOldest(): void {
    const finished = [...tasks.values()].filter((task) => task.isFinal);
    for (const task of finished.slice(0, Math.max(0, finished.length - MAX_REMEMBERED))) tasks.delete(task.id);
  }

  return {
    submit,
    submitByItself,
    goOn(apps) {
      if (apps.length === 0) return;
      const plan = planGoOn(context, apps);
      void carryOut(plan, createTask(plan, 'start'), 'start');
    },
    follow(app) {
      const rollout = context.registry.rollout(app);
      if (rollout === null || !isUnderWay(rollout) || running().some((task) => task.rollsOut(app))) return;
      const plan = planFollow(app, rollout.cause);
      void carryOut(plan, createTask(plan, actionOf(rollout.cause)), actionOf(rollout.cause));
    },
    get: (id) => tasks.get(id)?.view() ?? null,
    watch: (id, listener) => tasks.get(id)?.watch(listener) ?? null,
    noticed: (app, event, slot) => running().forEach((task) => task.noticed(app, event, slot)),
    giveUp: (app, reason) => running().forEach((task) => task.giveUp(app, reason)),
  };
}

/** `reload of api`: the first of these that is not over and has one of the apps in hand. */
function nameOfFirst(tasks: readonly Task[], apps: readonly string[]): string | null {
  const first = tasks.find((task) => !task.isFinal && task.apps.some((app) => apps.includes(app)));
  return first === undefined ? null : `${first.action} of ${first.apps.join(', ')}`;
}

function planFor(context: DaemonContext, request: OperationRequest): Plan {
  switch (request.action) {
    case 'apply':
      return planApply(context, request);
    case 'start':
      return planStart(context, request.targets);
    case 'stop':
      return planStop(context, request);
    case 'restart':
      return planRestart(context, request);
    case 'delete':
      return planDelete(context, request.targets);
    case 'reset':
      return planReset(context, request.targets);
    case 'watch':
      return planWatch(context, request);
    case 'scale':
      return planScale(context, request);
    case 'reload':
      return planReload(context, request);
    case 'rollback':
      return planRollback(context, request);
    case 'save':
      return planSave(context, request.force ?? false);
    case 'update':
      return planUpdate(context, request.all ?? false);
    case 'clear-dump':
      return planClearDump(context);
    case 'signal':
      return planSignal(context, request);
    case 'resurrect':
      return planResurrect(context, request.apps ?? null);
    case 'kill':
      return planKill(context);
    default:
      return request satisfies never;
  }
}
