// What a rollout would do, step by step: the page of --dry-run. Pure.
import { printOverlap } from '../../model/event.ts';
import type { RolloutPlanView, RolloutPlansReply } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { ROLLOUTS, TO_DO } from './rollout-words.ts';
import { count } from './text.ts';
import { printable } from './width.ts';

/** The whole page, with a newline at its end. */
export function renderPlans({ plans, notes }: RolloutPlansReply, palette: Palette): string {
  const pages = plans.map((plan) => renderPlan(plan, palette));
  return [...pages, notes.map((note) => `${printable(note)}\n`).join(''), 'Nothing has been done.\n']
    .filter((part) => part !== '')
    .join('\n');
}

function renderPlan({ app, cause, overlap, waves }: RolloutPlanView, palette: Palette): string {
  const slots = new Set(waves.flatMap((wave) => wave.map(({ slot }) => slot))).size;
  if (slots === 0) return `${palette.bold(`${ROLLOUTS[cause]} of ${printable(app)}:`)} nothing is to be done\n`;
  const title = `${ROLLOUTS[cause]} of ${printable(app)}: ${count(slots, 'instance')}`;
  const numbers = String(waves.length).length;
  let last = '';
  const lines = waves.flatMap((wave, index) =>
    groupAlike(wave).map(({ slots: alike, actions }, place) => {
      const number = place === 0 ? `${String(index + 1).padStart(numbers)}.` : ' '.repeat(numbers + 1);
      const names = alike.map((slot) => `${app}:${slot}`).join(', ');
      const steps = actions.map((action) => TO_DO[action]).join(`\n  ${' '.repeat(numbers + 4)}`);
      const isAsBefore = steps === last;
      last = steps;
      return `  ${number} ${palette.cyan(printable(names))}${isAsBefore ? ': likewise' : `\n  ${' '.repeat(numbers + 4)}${steps}`}\n`;
    }),
  );
  return `${palette.bold(title)}\n  ${printOverlap(overlap)}\n${lines.join('')}`;
}

type Wave = RolloutPlanView['waves'][number];

/** Slots of a wave with the same steps. */
function groupAlike(wave: Wave): { readonly slots: number[]; readonly actions: Wave[number]['actions'] }[] {
  const groups: { readonly slots: number[]; readonly actions: Wave[number]['actions'] }[] = [];
  for (const { slot, actions } of wave) {
    const group = groups.find((other) => other.actions.join() === actions.join());
    if (group === undefined) groups.push({ slots: [slot], actions });
    else group.slots.push(slot);
  }
  return groups;
}
