// Apps as the daemon shows them.
import { PATHS } from '../model/api-paths.ts';
import type { AppsReply } from '../model/view.ts';
import type { Connector } from './connect.ts';
import { requestJson } from './json.ts';
import { targetQuery, withQuery } from './query.ts';

/** Which apps, and whether with their specs. No target means all. */
export interface AppsQuery {
  readonly targets?: readonly string[];
  readonly full?: boolean;
}

/** GET /v1/apps. */
export function getApps(connector: Connector, query: AppsQuery): Promise<AppsReply> {
  const search = targetQuery(query.targets);
  if (query.full === true) search.set('full', '1');
  return requestJson(connector, { method: 'GET', path: withQuery(PATHS.apps, search) });
}
