// What a route is: a path, its handlers, and what these are given.
import type { ServerResponse } from 'node:http';
import type { Ms } from '../../model/units.ts';
import type { DaemonContext } from '../context.ts';
import type { LineHub, MessageHub } from '../hub.ts';
import type { Operations } from '../operations/operations.ts';
import type { Measured, Usage } from '../usage.ts';

/** What handlers work with. */
export interface ApiServices {
  readonly context: DaemonContext;
  readonly operations: Operations;
  readonly hub: LineHub;
  readonly messages: MessageHub;
  readonly measure: (processes: readonly Measured[]) => ReadonlyMap<number, Usage>;
  readonly manager: { readonly pid: number; readonly startedAtMs: Ms };
  /** The end of an operation has reached somebody who watched it. */
  readonly delivered: (operationId: string) => void;
}

/** A request whose route was found. */
export interface ApiRequest {
  readonly services: ApiServices;
  readonly parameters: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  readonly body: string;
}

/** Answers a request; what it throws is answered as an error. */
export type Handler = (request: ApiRequest, response: ServerResponse) => void | Promise<void>;

/** One path with the methods it takes. `:id` in a path is a parameter. */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST', Handler>>>;
}
