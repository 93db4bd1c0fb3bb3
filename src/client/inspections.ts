// Node's inspector in an instance.
import type { InspectionRequest } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { InspectionReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';

/** POST /v1/inspections. */
export function postInspection(connector: Connector, request: InspectionRequest): Promise<InspectionReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.inspections, body: JSON.stringify(request) });
}
