// Why an instance is where it is: the closed lists of reasons and reports, with their meaning. docs/reference/reasons.md is printed from them.
import type { FinishReason, GiveUpReason } from '../model/instance.ts';
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

/** What the lifecycle reports, and when. */
export const REPORTS: Readonly<Record<Report['kind'], string>> = {
  starting: 'A child is being launched.',
  started: 'The child exists and has a pid.',
  online: 'It is ready, by whatever it waits for, and may get traffic.',
  'not-ready': 'It was not ready within `listen_timeout` (3 s where nothing is said) and is taken as online.',
  healthy: 'It is online and has reached `min_uptime`: the unstable runs and the backoff are forgotten.',
  exited: 'The child is gone, or could not be launched.',
  'will-restart':
    'Nobody asked for the exit: a restart follows after the delay. The crash shown is the larger of the two counts that lead to `errored`.',
  finished: 'Nobody asked for the exit, and no restart follows.',
  errored: 'Given up. A person restarts it, or `errored_retry` does.',
  draining: 'Out of rotation: open requests are finished before the stop signal.',
  stopping: 'The stop signal is sent; SIGKILL follows after `kill_timeout`.',
  'kill-timeout': '`kill_timeout` has passed: SIGKILL to the whole process tree.',
  stopped: 'It is down because that was asked for.',
};
