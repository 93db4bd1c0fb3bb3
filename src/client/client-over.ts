// The calls of a client, over connections that are opened in the way that is handed in.
import { getApps } from './apps.ts';
import { createConnector } from './connect.ts';
import { streamEvents } from './events.ts';
import { postInput } from './inputs.ts';
import { postInspection } from './inspections.ts';
import { flushLogs, reopenLogs, streamLogSources, streamLogs } from './logs.ts';
import { postMessage, postTrigger, streamMessages } from './messages.ts';
import { getManager, ping } from './manager.ts';
import { postProfile } from './profiles.ts';
import { planRollouts, postOperation, watchOperation } from './operations.ts';
import type { Client, ClientOptions } from './client.ts';
import type { Dial } from './wire.ts';

/** As `createClient`. */
export function createClientOver(dial: Dial, options: ClientOptions): Client {
  const connector = createConnector(dial, options);
  return {
    ping: () => ping(connector),
    manager: () => getManager(connector),
    apps: (query = {}) => getApps(connector, query),
    operate: (request) => postOperation(connector, request),
    plan: (request) => planRollouts(connector, request),
    watch: (id, signal) => watchOperation(connector, id, signal),
    logs: (query) => streamLogs(connector, query),
    events: (query = {}) => streamEvents(connector, query),
    send: (request) => postInput(connector, request),
    message: (request) => postMessage(connector, request),
    trigger: (request) => postTrigger(connector, request),
    inspect: (request) => postInspection(connector, request),
    profile: (request) => postProfile(connector, request),
    messages: (query = {}) => streamMessages(connector, query),
    logSources: (query) => streamLogSources(connector, query),
    flush: (request) => flushLogs(connector, request),
    reopenLogs: () => reopenLogs(connector),
    isRunning: () => connector.isListening(),
  };
}
