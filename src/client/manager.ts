// The manager itself: its sign of life and its processes.
import type { PingReply } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { ManagerView } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';

/** GET /v1/ping. */
export function ping(connector: Connector): Promise<PingReply> {
  return requestJson(connector, { method: 'GET', path: PATHS.ping });
}

/** GET /v1/manager. */
export function getManager(connector: Connector): Promise<ManagerView> {
  return requestJson(connector, { method: 'GET', path: PATHS.manager });
}
