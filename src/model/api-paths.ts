// The paths of the control API, apart from its schemas so that a client need not load the schema library.

/** A header of every answer: the version of the daemon that gives it. */
export const VERSION_HEADER = 'holdfast-version';

/** Every path of the API. `:id` is a parameter. */
export const PATHS = {
  ping: '/v1/ping',
  manager: '/v1/manager',
  /** ?target=NAME (repeatable) &full=1 */
  apps: '/v1/apps',
  operations: '/v1/operations',
  operation: '/v1/operations/:id',
  operationStream: '/v1/operations/:id/stream',
  /** The body is that of an operation (apply, reload, rollback, scale), which is not begun. */
  rolloutPlans: '/v1/rollout-plans',
  inputs: '/v1/inputs',
  /** A stream of AppMessageUpdate */
  messages: '/v1/messages',
  triggers: '/v1/triggers',
  inspections: '/v1/inspections',
  profiles: '/v1/profiles',
  logReopenings: '/v1/log-reopenings',
  /** ?target=NAME (repeatable) &lines=15 &follow=1 ; a stream of LogEntry */
  logs: '/v1/logs',
  /** ?target=NAME (repeatable) &lines=15 &follow=1 ; a stream of LogSourceUpdate */
  logSources: '/v1/log-sources',
  logFlushes: '/v1/log-flushes',
  /** ?last=100 &follow=1 ; a stream of HoldfastEvent */
  events: '/v1/events',
} as const;
