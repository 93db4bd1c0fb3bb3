// GET /v1/ping and GET /v1/manager.
import type { ServerResponse } from 'node:http';
import type { PingReply } from '../../../model/api.ts';
import type { ManagerView } from '../../../model/view.ts';
import { decodeQuery } from '../decode.ts';
import { sendJson } from '../reply.ts';
import type { ApiRequest } from '../route.ts';

/** The sign of life. */
export function sayPong({ services, search }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  sendJson(response, 200, { msg: 'pong', version: services.context.version, pid: services.manager.pid } satisfies PingReply);
}

/** The manager's own processes. */
export function showManager({ services, search }: ApiRequest, response: ServerResponse): void {
  decodeQuery(search, {});
  const { context, manager } = services;
  const view: ManagerView = {
    version: context.version,
    home: context.home.root,
    daemon: { pid: manager.pid, uptimeMs: Math.round(context.clock.monotonicMs() - manager.startedAtMs), version: context.version },
    hosts: context.hosts.all().map((link) => ({ pid: link.process.pid, name: link.name, apps: [...link.runs], version: link.version })),
  };
  sendJson(response, 200, view);
}
