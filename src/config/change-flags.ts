// Which options can change an app that is there already, and what of its spec each decides. It reads no value, and loads nothing that does.
import { START_FLAGS } from './flags.ts';
import type { StartFlag } from './flags.ts';
import type { AttributeName } from './schema.ts';
import type { policiesOf } from './spec.ts';

/** Attributes that are a matter of policy alone, and the field of the spec that each decides. */
export const POLICY_FIELDS: Readonly<Partial<Record<AttributeName, keyof ReturnType<typeof policiesOf>>>> = {
  autostart: 'autostart',
  autorestart: 'autorestart',
  max_restarts: 'maxRestarts',
  min_uptime: 'minUptimeMs',
  restart_delay: 'restartDelayMs',
  restart_window: 'restartWindowMs',
  exp_backoff_restart_delay: 'expBackoffMs',
  exp_backoff_max: 'expBackoffMaxMs',
  stop_exit_codes: 'stopExitCodes',
  errored_retry: 'erroredRetryMs',
  max_memory_restart: 'maxMemoryBytes',
  kill_signal: 'stopSignal',
  kill_timeout: 'killTimeoutMs',
  treekill: 'treekill',
  shutdown_with_message: 'shutdownWithMessage',
  wait_ready: 'waitReady',
  listen_timeout: 'listenTimeoutMs',
  drain_idle: 'drainIdleMs',
  drain_timeout: 'drainTimeoutMs',
  queue_limit: 'queueLimit',
  queue_timeout: 'queueTimeoutMs',
  balance: 'balance',
  rollout_timeout: 'rolloutTimeoutMs',
  bake_time: 'bakeTimeMs',
  surge: 'surge',
  reload_on_timeout: 'onListenTimeout',
  max_loop_block: 'maxLoopBlockMs',
};

const OTHERS: readonly string[] = ['namespace', 'node_args', 'cron_restart', 'source_map_support'];

/** The options that can change an app that is there; others decide what it is, or where its files are. */
export const CHANGE_FLAGS: readonly StartFlag[] = START_FLAGS.filter(
  ({ attribute }) => attribute !== null && (attribute in POLICY_FIELDS || OTHERS.includes(attribute)),
);
