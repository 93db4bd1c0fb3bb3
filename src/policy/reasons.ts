// Why an instance is where it is: the closed lists of reasons and reports, with their meaning. docs/reference/reasons.md is printed from them.
import type { FinishReason, GiveUpReason, UnknownExit } from '../model/instance.ts';
import type { RolloutFailure } from '../model/rollout.ts';
import type { Report } from './lifecycle.ts';

/** Why an instance became `errored`. */
export const GIVE_UP_REASONS: Readonly<Record<GiveUpReason, string>> = {
  'unstable-runs': '`max_restarts` runs in a row ended before `min_uptime`, however long that took.',
  'exits-in-window':
    '`max_restarts` unexpected exits fell into the rolling `restart_window`, whether or not the runs reached `min_uptime`.',
  'no-restarts-allowed': '`max_restarts` is 0: the first unexpected exit is the last.',
};

/** Why an instance became `stopped` although nobody stopped it. */
export const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  'autorestart-off': '`autorestart` is false: no exit is followed by a restart.',
  'stop-exit-code': 'The exit code is one of `stop_exit_codes`. A death by signal never is.',
};

/** Why it is not known how a child ended. */
export const UNKNOWN_EXITS: Readonly<Record<UnknownExit, string>> = {
  'host-died':
    'The host that had launched it was dead by then, and only the launcher is told an exit code. The restart policy takes it for an unexpected exit.',
};

/** Why a rollout failed. */
export const ROLLOUT_FAILURES: Readonly<Record<RolloutFailure, string>> = {
  'cannot-be-started': 'The successor could not be launched: no such interpreter, no such folder.',
  crashed:
    'The successor ended before it was ready, again and again, until the restart policy gave up. Or it ended soon after it had taken over.',
  'not-ready':
    'The successor lived, but did not listen or send its ready message within `listen_timeout`, until the restart policy gave up.',
  'probe-failed': 'The successor was there, but its readiness probe did not pass, until the restart policy gave up.',
  'crashed-while-baking': 'The successor was ready and ended within `bake_time`. No request had met it.',
  'rollout-timeout': '`rollout_timeout` passed before all was done.',
  'taken-over': 'A stop, restart, delete or another configuration was asked for meanwhile.',
  'host-died': 'The host died in the middle of it. The next host brings every instance to the release before.',
};

/** What the lifecycle reports, and when. */
export const REPORTS: Readonly<Record<Report['kind'], string>> = {
  starting: 'A child is being launched.',
  started: 'The child exists and has a pid.',
  online: 'It is ready, by whatever it waits for, and may get traffic.',
  'not-ready':
    'It was not ready within `listen_timeout`. On a plain start (3 s where nothing is said) it is taken as online; in a rollout (30 s) it is stopped, and its exit counts as a crash after no uptime.',
  healthy: 'It is online and has reached `min_uptime`: the unstable runs and the backoff are forgotten.',
  exited: 'The child is gone, or could not be launched.',
  'will-restart':
    'Nobody asked for the exit: a restart follows after the delay. The crash shown is the larger of the two counts that lead to `errored`.',
  finished: 'Nobody asked for the exit, and no restart follows.',
  errored: 'Given up. A person restarts it, or `errored_retry` does.',
  'second-chance': '`errored_retry` has passed since it was given up: it is launched again, and earlier crashes do not count.',
  draining: 'Out of rotation: open requests are finished before the stop signal.',
  stopping: 'The stop signal is sent; SIGKILL follows after `kill_timeout`.',
  'kill-timeout': '`kill_timeout` has passed: SIGKILL to the whole process tree.',
  'loop-blocked': 'Its event loop was blocked for `max_loop_block`: SIGKILL at once, and the next launch without a crash counted.',
  stopped: 'It is down because that was asked for.',
};
