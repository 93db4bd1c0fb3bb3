// How a rollout ended, as lines: what was reached; or why not, what the new version said last, who serves, and what to type next. Pure.
import type { AppRolloutView, AppView } from '../../model/view.ts';
import { printDuration } from '../../model/units.ts';
import type { Palette } from './colour.ts';
import type { OperationText } from './operation.ts';
import { shellWord } from './operation.ts';
import { DONE_TO } from './rollout-words.ts';
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
    const done = `${printable(app)}: ${count(rollout.slots.length, 'instance')} ${DONE_TO[cause]} in ${took}, release ${release}`;
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
    `  ${printServing(app, cause === 'scale', style.apps)}`,
    `${errPalette.dim('  Next:')} holdfast logs ${shellWord(app)}`,
    `        ${style.again}`,
  ];
  return { out: '', err: `${lines.join('\n')}\n` };
}

/** Who serves after a rollout that failed. Instances without a balancer serve while they are online. */
function printServing(name: string, isScaling: boolean, apps: readonly AppView[]): string {
  const current = apps.find((app) => app.name === name)?.instances.filter((instance) => instance.role === 'current') ?? [];
  const serving = current.filter(({ status, inRotation }) => status === 'online' && inRotation !== false).length;
  const share = `${serving} of ${current.length}`;
  if (serving === 0) return 'Nothing of it is serving now.';
  return isScaling ? `What was there goes on serving (${share}).` : `The old version goes on serving (${share}).`;
}
