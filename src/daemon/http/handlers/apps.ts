// GET /v1/apps.
import type { ServerResponse } from 'node:http';
import { selectSlots } from '../../operations/plan.ts';
import { NO_SELF_REPORTS, readSelfReports } from '../../self-reports.ts';
import { findSilent } from '../../silence.ts';
import { viewApps } from '../../views.ts';
import { decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** All apps, or those that the targets mean. */
export async function listApps({ services, search }: ApiRequest, response: ServerResponse): Promise<void> {
  const { target, full } = decodeQuery(search, { target: 'list', full: 'flag' });
  const { context, measure } = services;
  const ids =
    target.length === 0 ? null : new Set(selectSlots(context, 'show', target).flatMap(({ app, slots }) => idsOf(services, app, slots)));
  const { clock } = context;
  const links = context.hosts.all();
  const [silent, selfReports] = await Promise.all([findSilent(links, clock), full ? readSelfReports(links, clock) : NO_SELF_REPORTS]);
  sendJson(response, 200, viewApps(context, { ids, full, silent, selfReports }, measure));
}

function idsOf({ context }: ApiRequest['services'], app: string, slots: readonly number[]): readonly number[] {
  return (context.store.get(app)?.slots ?? []).filter((slot) => slots.includes(slot.slot)).map((slot) => slot.id);
}
