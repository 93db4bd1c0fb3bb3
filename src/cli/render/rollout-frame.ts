// What a terminal shows while rollouts run: a line for each slot with its step, its time and what is behind it. Pure.
import type { RolloutSlot, RolloutState } from '../../model/rollout.ts';
import { printDuration } from '../../model/units.ts';
import type { AppRolloutView } from '../../model/view.ts';
import type { Palette } from './colour.ts';
import { DOING } from './rollout-words.ts';
import { count } from './text.ts';
import { printable, truncate } from './width.ts';
import type { WidthOf } from './width.ts';

/** How a frame looks, and how much room there is. */
export interface FrameStyle {
  readonly palette: Palette;
  readonly widthOf: WidthOf;
  readonly columns: number;
  readonly rows: number;
  readonly nowMs: number;
}

/** A title, the rollouts, and the latest thing that went wrong or null. */
export interface Frame {
  readonly title: string;
  readonly startedAt: number;
  readonly rollouts: readonly AppRolloutView[];
  readonly note: string | null;
}

/** Lines that each fit the width and together the height. */
export function renderFrame(frame: Frame, style: FrameStyle): string[] {
  const { palette } = style;
  const slots = frame.rollouts.flatMap(({ app, rollout }) => rollout.slots.map((slot) => ({ app, rollout, slot })));
  const seconds = Math.floor((style.nowMs - frame.startedAt) / 1000);
  const undoing = frame.rollouts.some(({ rollout }) => rollout.phase === 'undoing') ? 'going back, it failed ' : '';
  const title = fit(`${frame.title} ... ${undoing}${seconds > 0 ? `${seconds} s` : ''}`.trimEnd(), style);
  const note = frame.note === null ? [] : [palette.yellow(fit(`  ${frame.note}`, style))];
  // The line that the cursor stays on, and one that may be there for a prompt.
  const room = Math.max(1, style.rows - 3 - note.length);
  const shown = slots.length <= room ? slots : [...slots].sort(byNews).slice(0, room - 1);
  const label = Math.max(0, ...shown.map(({ app, slot }) => style.widthOf(nameOf(app, slot))));
  const lines = shown.map(({ app, rollout, slot }) => {
    const name = nameOf(app, slot);
    const text = fit(`  ${name}${' '.repeat(label - style.widthOf(name))}  ${printSlot(slot, rollout, style.nowMs)}`, style);
    return isThrough(slot, rollout) ? palette.green(text) : slot.begun ? text : palette.dim(text);
  });
  const rest = slots.length - shown.length;
  return [
    palette.dim(title),
    ...lines,
    ...(rest === 0 ? [] : [palette.dim(fit(`  ... and ${count(rest, 'more instance')}`, style))]),
    ...note,
  ];
}

interface Row {
  readonly rollout: RolloutState;
  readonly slot: RolloutSlot;
}

/** What moves first, then what waits, then what is through. */
function byNews(a: Row, b: Row): number {
  const rank = ({ rollout, slot }: Row): number => (isThrough(slot, rollout) ? 2 : slot.begun ? 0 : 1);
  return rank(a) - rank(b);
}

function nameOf(app: string, { slot }: RolloutSlot): string {
  return printable(`${app}:${slot}`);
}

function isThrough({ action, begun }: RolloutSlot, { phase }: RolloutState): boolean {
  return (begun && action === null) || phase === 'done';
}

/** `✓✓✓ draining the old one  2 s`: a tick for each step that is behind it. */
function printSlot(slot: RolloutSlot, rollout: RolloutState, nowMs: number): string {
  const ticks = '✓'.repeat(slot.steps.length);
  const tookMs = slot.steps.reduce((sum, step) => sum + step.tookMs, 0);
  if (isThrough(slot, rollout)) return `${ticks} done in ${printDuration(tookMs)}`.trimStart();
  if (!slot.begun || slot.action === null) return `${ticks} waits for its turn`.trimStart();
  const seconds = slot.sinceAt === null ? 0 : Math.floor((nowMs - slot.sinceAt) / 1000);
  return `${ticks} ${DOING[slot.action]}${seconds > 0 ? `  ${seconds} s` : ''}`.trimStart();
}

/** The last column stays free: a full line would wrap. */
function fit(text: string, { columns, widthOf }: FrameStyle): string {
  return truncate(printable(text), columns - 1, widthOf);
}
