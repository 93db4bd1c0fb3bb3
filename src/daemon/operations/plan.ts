// What an action is before it begins: checked against what there is, so that a refusal has changed nothing.
import { HoldfastError } from '../../model/errors.ts';
import { closest } from '../../policy/closest.ts';
import { printSelectProblem, selectEach } from '../../policy/select.ts';
import type { DaemonContext } from '../context.ts';
import type { StoredApp } from '../store.ts';
import type { Task } from './task.ts';

/** An action that may begin. */
export interface Plan {
  /** The apps in whose lines it waits. */
  readonly apps: readonly string[];
  /** The slots on which earlier operations need not wait for their outcome any more, because this one undoes it. */
  readonly hurries: readonly AppSlots[];
  /** Gives the commands; resolves when the hosts have taken them. */
  readonly run: (task: Task) => Promise<void>;
}

/** What every action works with. */
export interface Running {
  readonly context: DaemonContext;
  readonly task: Task;
}

/** Some slots of one app. */
export interface AppSlots {
  readonly app: string;
  readonly slots: readonly number[];
}

/** The slots that the targets mean, by app. Throws TARGET_NOT_FOUND. */
export function selectSlots(context: DaemonContext, verb: string, targets: readonly string[]): readonly AppSlots[] {
  const among = context.store
    .apps()
    .flatMap((app) => app.slots.map(({ slot, id }) => ({ slot, id, name: app.spec.name, namespace: app.spec.namespace })));
  const selection = selectEach(targets, among);
  if (selection.kind === 'problem') {
    const { problem } = selection;
    throw new HoldfastError('TARGET_NOT_FOUND', `Cannot ${verb} ${problem.target}: ${printSelectProblem(problem)}.`, {
      hint: 'holdfast ls',
    });
  }
  const names = [...new Set(selection.matched.map((one) => one.name))];
  return names.map((app) => ({ app, slots: selection.matched.filter((one) => one.name === app).map((one) => one.slot) }));
}

/** An app by its name. Throws TARGET_NOT_FOUND. */
export function findApp({ store }: DaemonContext, verb: string, name: string): StoredApp {
  const app = store.get(name);
  if (app !== null) return app;
  const near = closest(
    name,
    store.apps().map(({ spec }) => spec.name),
  );
  const meant = near === null ? '' : ` (did you mean ${near}?)`;
  throw new HoldfastError('TARGET_NOT_FOUND', `Cannot ${verb} ${name}: no app is called that${meant}.`, { hint: 'holdfast ls' });
}

/** These slots of an app as targets of a request: the app itself where they are all. */
export function targetsOf({ spec, slots }: StoredApp, meant: readonly number[]): string[] {
  if (meant.length === slots.length) return [spec.name];
  return slots.filter(({ slot }) => meant.includes(slot)).map(({ id }) => String(id));
}

/** All slots of an app. */
export function allSlots(app: StoredApp): readonly number[] {
  return app.slots.map((slot) => slot.slot);
}

/** Waits until the list is on disk. Where it cannot be written the action goes on all the same, with a warning: a full disk must not keep anybody from stopping an app. */
export async function saveState(context: DaemonContext, task: Task): Promise<void> {
  try {
    await context.store.saved();
  } catch (error) {
    task.warn(`${(error as Error).message} What was asked for is known only until the daemon ends.`);
  }
}

/** Does the same for several apps at once. An app that was deleted in the meantime, or that fails, is the operation's error; the others go on. */
export async function forEachApp(
  chosen: readonly AppSlots[],
  running: Running,
  act: (app: StoredApp, slots: readonly number[]) => Promise<void>,
): Promise<void> {
  await Promise.all(chosen.map((one) => forApp(one, running, act)));
}

/** The same for one app. Resolves to whether it was carried out. */
export async function forApp(
  { app: name, slots }: AppSlots,
  { context, task }: Running,
  act: (app: StoredApp, slots: readonly number[]) => Promise<void>,
): Promise<boolean> {
  const app = context.store.get(name);
  if (app === null) {
    task.fail(`${name} was deleted in the meantime.`);
    return false;
  }
  const left = app.slots.filter((slot) => slots.includes(slot.slot)).map((slot) => slot.slot);
  try {
    await act(app, left);
    return true;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    for (const slot of app.slots) if (left.includes(slot.slot)) task.outcome(name, slot, { ok: false, text: error.message });
    return false;
  }
}
