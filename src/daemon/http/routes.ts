// The table of routes: the API read as a list. What is not in it does not exist.
import { PATHS } from '../../model/api-paths.ts';
import { listApps } from './handlers/apps.ts';
import { streamEvents } from './handlers/events.ts';
import { flush } from './handlers/flush.ts';
import { postInput } from './handlers/inputs.ts';
import { postInspection } from './handlers/inspections.ts';
import { streamLogSources, streamLogs } from './handlers/logs.ts';
import { reopenLogFiles } from './handlers/log-reopenings.ts';
import { postMessage, postTrigger, streamMessages } from './handlers/messages.ts';
import { showManager, sayPong } from './handlers/manager.ts';
import { postProfile } from './handlers/profiles.ts';
import { beginOperation, showOperation, streamOperation } from './handlers/operations.ts';
import { showRolloutPlans } from './handlers/rollout-plans.ts';
import type { Route } from './route.ts';

/** Everybody who can open the socket may do everything: its mode is the access control. */
export const ROUTES: readonly Route[] = [
  { path: PATHS.ping, methods: { GET: sayPong } },
  { path: PATHS.manager, methods: { GET: showManager } },
  { path: PATHS.apps, methods: { GET: listApps } },
  { path: PATHS.operations, methods: { POST: beginOperation } },
  { path: PATHS.operation, methods: { GET: showOperation } },
  { path: PATHS.operationStream, methods: { GET: streamOperation } },
  { path: PATHS.rolloutPlans, methods: { POST: showRolloutPlans } },
  { path: PATHS.inputs, methods: { POST: postInput } },
  { path: PATHS.messages, methods: { GET: streamMessages, POST: postMessage } },
  { path: PATHS.triggers, methods: { POST: postTrigger } },
  { path: PATHS.inspections, methods: { POST: postInspection } },
  { path: PATHS.profiles, methods: { POST: postProfile } },
  { path: PATHS.logReopenings, methods: { POST: reopenLogFiles } },
  { path: PATHS.logs, methods: { GET: streamLogs } },
  { path: PATHS.logSources, methods: { GET: streamLogSources } },
  { path: PATHS.logFlushes, methods: { POST: flush } },
  { path: PATHS.events, methods: { GET: streamEvents } },
];
