// How a rollout ended, as lines: what was reached; or why not, what the new version said last, who serves, and what to type next. Pure.
import type { AppRolloutView, AppView } from '../../model/view.ts';
import type { RolloutAction, RolloutSlot, RolloutState } from '../../model/rollout.ts';
import { printDuration } from '../../model/units.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Palette } from './colour.ts';
import type { OperationText } from './operation.ts';
import { REPLACED } from './rollout-words.ts';
import { count } from './text.ts';
import { printable } from './width.ts';

/** `verb` as in `Cannot reload api`; `again` is the command to type once it is fixed. `apps` as they are now. */
export interface EndStyle {
  readonly verb: string;
  readonly again: string;
  readonly apps: readonly AppView[];
  readonly palette: Palette;
  readonly errPalette: Palette;
}

/** What goes to standard output and to standard error. Nothing of a rollout that is still under way. */
export function renderRolloutEnd({ app, rollout }: AppRolloutView, style: EndStyle): OperationText {
  const { cause, failure, release, startedAt, endedAt } = rollout;
  if (rollout.phase === 'done') {
    const took = printDuration((endedAt ?? startedAt) - startedAt);
    const done = `${printable(app)}: ${printDone(rollout)} in ${took}${cause === 'scale' ? '' : `, release ${release}`}`;
    return { out: `${style.palette.green('[holdfast]')} ${done}\n`, err: '' };
  }
  if (rollout.phase !== 'failed' || failure === null) return { out: '', err: '' };
  const { errPalette } = style;
  const who = failure.slot === null ? app : `${app}:${failure.slot}`;
  const said =
    failure.lines.length === 0 ? [] : [`  ${printable(who)} said last:`, ...failure.lines.map((line) => `    ${printable(line)}`)];
  const lines = [
    `${errPalette.red('[holdfast]')} Cannot ${style.verb} ${printable(app)}: ${failure.reason}: ${printable(failure.text).replace(/\.?$/, '.')}`,
    ...said,
    `  ${printServing(app, rollout, style.apps)}`,
    `${errPalette.dim('  Next:')} holdfast logs ${shellWord(app)}`,
    `        ${style.again}`,
  ];
  return { out: '', err: `${lines.join('\n')}\n` };
}

/** `2 instances reloaded, 1 started, 1 removed`: a slot that was down or is new was only started, one that was too many only stopped. */
function printDone({ cause, slots }: RolloutState): string {
  const started = slots.filter(({ steps }) => isAmong(steps, ['start', 'start-successor']));
  const stopped = slots.filter(({ steps }) => isAmong(steps, ['stop']));
  const replaced = started.filter((slot) => stopped.includes(slot)).length;
  const groups = [
    [replaced, REPLACED[cause]],
    [started.length - replaced, 'started'],
    [stopped.length - replaced, 'removed'],
  ] as const;
  const told = groups.filter(([number]) => number > 0);
  return told.length === 0
    ? 'nothing was to be done'
    : told.map(([number, word], index) => `${index === 0 ? count(number, 'instance') : number} ${word}`).join(', ');
}

function isAmong(steps: RolloutSlot['steps'], actions: readonly RolloutAction[]): boolean {
  return steps.some(({ action }) => actions.includes(action));
}

/** Who serves after a rollout that failed. Instances without a balancer serve while they are online. */
function printServing(name: string, { cause, release, slots }: RolloutState, apps: readonly AppView[]): string {
  const current = apps.find((app) => app.name === name)?.instances.filter((instance) => instance.role === 'current') ?? [];
  const serving = current.filter(({ status, inRotation }) => status === 'online' && inRotation !== false).length;
  const share = `${serving} of ${current.length}`;
  if (serving === 0) return 'Nothing of it is serving now.';
  if (cause === 'scale') return `What was there goes on serving (${share}).`;
  // With the same release there is one set of files, and the deploy has changed them.
  const again = slots.filter((one) => isAmong(one.steps, ['stop']) && current.some(({ slot }) => slot === one.slot));
  const isSame = again.length > 0 && current.some((instance) => instance.release === release);
  const names = again.map(({ slot }) => printable(`${name}:${slot}`)).join(', ');
  const put = isSame
    ? ` ${names} had been replaced already, and ${again.length === 1 ? 'runs what its' : 'run what their'} files hold now.`
    : '';
  return `The old version goes on serving (${share}).${put}`;
}
