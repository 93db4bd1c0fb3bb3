// Lines for the standard input of instances.
import type { InputRequest } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { InputReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';

/** POST /v1/inputs. */
export function postInput(connector: Connector, request: InputRequest): Promise<InputReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.inputs, body: JSON.stringify(request) });
}
