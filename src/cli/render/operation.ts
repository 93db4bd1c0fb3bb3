// How an operation went, as lines: what was reached, and what was not, with the reason and what to type next. Pure.
import type { OperationView, OutcomeView } from '../../model/view.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Palette } from './colour.ts';
import { count } from './text.ts';
import { printable } from './width.ts';

/** What goes to standard output and to standard error. */
export interface OperationText {
  readonly out: string;
  readonly err: string;
}

/** `verb` is what was asked for, as in `Cannot <verb> api:1`. */
export function renderOperation(
  operation: OperationView,
  verb: string,
  { palette, errPalette }: { palette: Palette; errPalette: Palette },
): OperationText {
  const outcomes = operation.outcomes.filter((outcome) => !isToldByRollout(outcome, operation));
  const reached = outcomes.filter((outcome) => outcome.ok);
  const missed = outcomes.filter((outcome) => !outcome.ok);
  const tag = palette.green('[holdfast]');
  const out = groupOutcomes(reached).map(
    (group) => `${tag} ${printable(group.app)}: ${count(group.slots.length, 'instance')} ${group.text}\n`,
  );
  const err = [
    ...operation.warnings.map((warning) => renderWarning(warning, errPalette)),
    ...groupOutcomes(missed).map((group) => renderMissed(group, verb, errPalette)),
    ...(operation.error === null || isOfRollout(operation.error, operation)
      ? []
      : [`${errPalette.red('[holdfast]')} ${asSentence(operation.error, verb)}\n`]),
  ];
  const apps = [...new Set(missed.map((outcome) => outcome.app))];
  const next = apps.map((app) => `${errPalette.dim('  Next:')} holdfast logs ${shellWord(app)}\n`);
  return { out: out.join(''), err: [...err, ...next].join('') };
}

/** A warning as a line. */
export function renderWarning(text: string, palette: Palette): string {
  return `${palette.yellow('[holdfast] Warning:')} ${text.replaceAll('\n', '\n  ')}\n`;
}

/** A rollout that has ended tells itself what became of its slots. */
function isToldByRollout({ app, slot }: OutcomeView, { rollouts }: OperationView): boolean {
  const rollout = rollouts.find((one) => one.app === app)?.rollout;
  return rollout !== undefined && rollout.endedAt !== null && rollout.slots.some((one) => one.slot === slot);
}

function isOfRollout(error: string, { rollouts }: OperationView): boolean {
  return rollouts.some(({ rollout }) => rollout.failure !== null && error.includes(rollout.failure.text));
}

interface OutcomeGroup {
  readonly app: string;
  readonly text: string;
  readonly slots: number[];
}

/** Instances of an app that fared alike, in the order in which they first appear. */
function groupOutcomes(outcomes: readonly OutcomeView[]): OutcomeGroup[] {
  const groups = new Map<string, OutcomeGroup>();
  for (const { app, text, slot } of outcomes) {
    const key = JSON.stringify([app, withoutPid(text)]);
    const group = groups.get(key) ?? { app, text, slots: [] };
    groups.set(key, group);
    group.slots.push(slot);
  }
  return [...groups.values()];
}

/** Instances that failed alike differ in their pids only. */
function withoutPid(text: string): string {
  return text.replaceAll(/\bpid \d+\b/g, 'pid');
}

function renderMissed(group: OutcomeGroup, verb: string, palette: Palette): string {
  const others = group.slots.length > 1 ? `, and ${group.slots.slice(1).join(', ')} alike` : '';
  return `${palette.red('[holdfast]')} Cannot ${verb} ${printable(`${group.app}:${group.slots[0]}`)}${others}: ${printable(group.text).replace(/\.?$/, '.')}\n`;
}

function asSentence(error: string, verb: string): string {
  return /^Cannot /.test(error) ? error : `Cannot ${verb}: ${error.replace(/\.?$/, '.')}`;
}
