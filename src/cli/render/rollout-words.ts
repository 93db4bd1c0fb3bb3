// The words for rollouts and their steps, as they are planned, under way and done. Pure.
import type { RolloutAction, RolloutCause } from '../../model/rollout.ts';

/** What a rollout is called, at the beginning of a line. */
export const ROLLOUTS: Readonly<Record<RolloutCause, string>> = {
  reload: 'Reload',
  config: 'Reload with new settings',
  rollback: 'Rollback',
  scale: 'Scaling',
  memory: 'Replacement for memory',
  liveness: 'Replacement for liveness',
  takeover: 'Replacement under a new host',
};

/** Done to instances that were replaced by a rollout that went well: `2 instances reloaded`. */
export const REPLACED: Readonly<Record<RolloutCause, string>> = {
  reload: 'reloaded',
  config: 'reloaded',
  rollback: 'rolled back',
  scale: 'replaced',
  memory: 'replaced',
  liveness: 'replaced',
  takeover: 'replaced',
};

/** A step that is to come: for `--dry-run`. */
export const TO_DO: Readonly<Record<RolloutAction, string>> = {
  'start-successor': 'launch the new one beside the old one',
  start: 'launch the new one',
  'await-ready': 'wait until it is ready',
  bake: 'let it live for bake_time, out of rotation',
  join: 'put it into rotation',
  leave: 'take the old one out of rotation',
  drain: 'drain the old one',
  stop: 'stop the old one',
};

/** A step under way: for a terminal. */
export const DOING: Readonly<Record<RolloutAction, string>> = {
  'start-successor': 'launching the new one',
  start: 'launching the new one',
  'await-ready': 'waiting until it is ready',
  bake: 'letting it live for bake_time',
  join: 'putting it into rotation',
  leave: 'taking the old one out of rotation',
  drain: 'draining the old one',
  stop: 'stopping the old one',
};

/** A step that is done, with the time it took behind it: `ready 412 ms`. */
export const DONE: Readonly<Record<RolloutAction, string>> = {
  'start-successor': 'launched',
  start: 'launched',
  'await-ready': 'ready',
  bake: 'baked',
  join: 'in rotation',
  leave: 'old one out',
  drain: 'drained',
  stop: 'stopped',
};
