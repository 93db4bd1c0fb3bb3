// Profiles of the daemon.
import type { ProfileRequest } from '../model/api.ts';
import { PATHS } from '../model/api-paths.ts';
import type { ProfileReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';

/** POST /v1/profiles. */
export function postProfile(connector: Connector, request: ProfileRequest): Promise<ProfileReply> {
  return requestJson(connector, { method: 'POST', path: PATHS.profiles, body: JSON.stringify(request) }, request.durationMs);
}
