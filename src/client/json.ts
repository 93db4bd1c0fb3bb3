// One request, one JSON reply; refusals come back as the error they were.
import { ERROR_CODES, HoldfastError } from '../model/errors.ts';
import type { ErrorView } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import { unreachable } from './connect.ts';
import type { Connector } from './connect.ts';
import { exchange, isBroken } from './http.ts';
import type { HttpReply, HttpRequest } from './http.ts';

/** The daemon answers at once, or after the time that it was asked to take; a silence this much longer means that it hangs. */
const SILENCE_MS: Ms = 30_000;

/**
 * Sends a request, which asks to be answered after up to `afterMs`, and returns its JSON body. What is to be done is never sent twice: after a broken connection
 * nobody knows whether it was. A mere question is, once, to the daemon that follows the one which went away with it.
 */
export async function requestJson<T>(connector: Connector, request: HttpRequest, afterMs: Ms = 0): Promise<T> {
  const ask = (): Promise<T> => askOnce(connector, request, SILENCE_MS + afterMs);
  try {
    return await ask().catch((error: unknown) => (request.method === 'GET' && isBroken(error) ? ask() : Promise.reject(error)));
  } catch (error) {
    throw error instanceof HoldfastError ? error : unreachable(connector.socketPath, error as Error);
  }
}

async function askOnce<T>(connector: Connector, request: HttpRequest, silenceMs: Ms): Promise<T> {
  const wire = await connector.open();
  wire.limitSilence(silenceMs, new Error(`no answer within ${silenceMs / 1000} s`));
  try {
    const reply = await exchange(wire, request);
    connector.met(reply.version);
    const text = await readText(reply);
    if (reply.status >= 400) throw refusal(reply.status, text);
    return JSON.parse(text) as T;
  } finally {
    wire.close();
  }
}

/** Collects a body as text. */
export async function readText(reply: HttpReply): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of reply.body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** The error a refused request carries in its body. */
export function refusal(status: number, text: string): HoldfastError {
  const error = readError(text);
  if (error !== null) return HoldfastError.from(error);
  return new HoldfastError(
    'INTERNAL',
    `Cannot understand the daemon's answer: status ${status} with ${JSON.stringify(text.slice(0, 200))}.`,
  );
}

function readError(text: string): ErrorView | null {
  try {
    const { error } = JSON.parse(text) as { error?: Partial<ErrorView> };
    const known = error?.code !== undefined && Object.hasOwn(ERROR_CODES, error.code) && typeof error.message === 'string';
    return known ? (error as ErrorView) : null;
  } catch {
    // Not JSON: the caller reports the text as it came.
    return null;
  }
}
