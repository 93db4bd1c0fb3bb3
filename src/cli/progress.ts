// What is shown of an operation while it is waited for: one line, a block of lines for rollouts, or in a pipe a line a step.
import { printEvent, printSubject } from '../model/event.ts';
import type { HoldfastEvent } from '../model/event.ts';
import type { AppRolloutView, OperationUpdate, OperationView } from '../model/view.ts';
import type { Context } from './context.ts';
import { startLiveBlock } from './live-block.ts';
import type { LiveBlock } from './live-block.ts';
import { startLiveLine } from './live-line.ts';
import { eventsBetween, isTelling, isTrouble } from './render/rollout-events.ts';
import { renderFrame } from './render/rollout-frame.ts';
import { printClock } from './render/text.ts';
import { widthOf } from './render/wide.ts';
import { printable } from './render/width.ts';

/** Told of every update; ended before anything else is printed. */
export interface Progress {
  show(update: OperationUpdate): void;
  end(): void;
}

/** `title` says what is done: `reloading api`. */
export function startProgress(ctx: Context, title: string): Progress {
  if (ctx.silent) return { show: () => undefined, end: () => undefined };
  return ctx.isTTY && ctx.env['TERM'] !== 'dumb' ? showOnTerminal(ctx, title) : printSteps(ctx, title);
}

function showOnTerminal(ctx: Context, title: string): Progress {
  const startedAt = ctx.clock.epochMs();
  const line = startLiveLine(ctx, title);
  let block: LiveBlock | null = null;
  let rollouts: readonly AppRolloutView[] = [];
  let note: string | null = null;
  const frame = (): readonly string[] => renderFrame({ title, startedAt, rollouts, note }, { ...ctx, widthOf, nowMs: ctx.clock.epochMs() });
  const showRollouts = (operation: OperationView): void => {
    rollouts = operation.rollouts;
    if (block === null) {
      line.clear();
      block = startLiveBlock(ctx, frame);
    } else block.draw();
  };
  return {
    show(update) {
      if (update.type === 'operation') {
        if (update.operation.rollouts.length > 0) showRollouts(update.operation);
        else if (update.operation.waitsFor !== null) line.show(`waits for ${update.operation.waitsFor}`);
      } else if (block === null) line.show(textOf(update.event));
      else if (isTrouble(update.event, rolloutOf(rollouts, update.event))) {
        note = textOf(update.event);
        block.draw();
      }
    },
    end: () => (block ?? line).clear(),
  };
}

/** Nothing of operations without a rollout but what is waited for: they are over soon, and tell how they went. */
function printSteps(ctx: Context, title: string): Progress {
  let rollouts: readonly AppRolloutView[] = [];
  let isWaiting = false;
  const print = (event: HoldfastEvent): void => ctx.say(`${printClock(event.at)} ${textOf(event)}\n`);
  return {
    show(update) {
      if (update.type === 'event') {
        const rollout = rolloutOf(rollouts, update.event);
        if (update.event.kind === 'waits' || (rollout !== undefined && isTelling(update.event, rollout))) print(update.event);
        return;
      }
      const { operation } = update;
      const at = ctx.clock.epochMs();
      if (operation.waitsFor !== null && !isWaiting) ctx.say(`${printClock(at)} ${title}: waits for ${printable(operation.waitsFor)}\n`);
      isWaiting = operation.waitsFor !== null;
      for (const { app, rollout } of operation.rollouts) {
        const before = rollouts.find((known) => known.app === app)?.rollout;
        for (const event of eventsBetween(app, { before, after: rollout, at })) print(event);
      }
      rollouts = operation.rollouts;
    },
    end: () => undefined,
  };
}

function rolloutOf(rollouts: readonly AppRolloutView[], event: HoldfastEvent): AppRolloutView['rollout'] | undefined {
  return rollouts.find(({ app }) => app === event.app)?.rollout;
}

function textOf(event: HoldfastEvent): string {
  return printable(`${printSubject(event)} ${printEvent(event)}`);
}
