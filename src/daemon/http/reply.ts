// Answers: JSON, or an error in the one form every client knows.
import type { ServerResponse } from 'node:http';
import { ERROR_CODES } from '../../model/errors.ts';
import type { ErrorView, HoldfastError } from '../../model/errors.ts';

/** Sends a value as JSON, with a line end for those who read it in a terminal. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** Sends `{ "error": ... }`. The connection is closed after it: part of the request may be unread. */
export function sendError(response: ServerResponse, error: HoldfastError, status: number = ERROR_CODES[error.code].status): void {
  if (response.headersSent) {
    // In the middle of a stream: the missing end is all that can be said.
    response.destroy();
    return;
  }
  response.setHeader('connection', 'close');
  sendJson(response, status, { error: error.view() } satisfies { error: ErrorView });
}
