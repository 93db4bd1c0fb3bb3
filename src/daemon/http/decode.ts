// Reads what a client sent: bodies, bounded and checked by schema; query parameters, all of them known.
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { HoldfastError } from '../../model/errors.ts';

/** Specs carry whole environments; nothing sensible is larger. */
export const MAX_BODY_BYTES = 8 * 2 ** 20;
/** Mistakes that are named in one answer. */
const MAX_ISSUES = 10;

/** `gone`: the client went away in the middle of it. */
export type Body = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'too-large' } | { readonly kind: 'gone' };

/** Reads a body to its end, or to the allowed size. */
export function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve({ kind: 'too-large' });
  const pieces: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= MAX_BODY_BYTES) pieces.push(piece);
      else resolve({ kind: 'too-large' });
    });
    request.on('end', () => resolve({ kind: 'text', text: Buffer.concat(pieces).toString('utf8') }));
    // Of no consequence after the end; before it the request is not whole and is not carried out.
    request.on('error', () => resolve({ kind: 'gone' }));
    request.on('close', () => resolve({ kind: 'gone' }));
  });
}

/** The value of a JSON text that fits the schema. Throws USAGE naming the path and the value of each mistake. */
export function decodeJson<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HoldfastError('USAGE', `Cannot read the request: its body is not JSON (${(error as Error).message}).`, { cause: error });
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const texts = parsed.issues.slice(0, MAX_ISSUES).map((issue) => `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`);
  throw new HoldfastError('USAGE', `Cannot read the request: ${texts.join('; ')}.`);
}

/** The kinds of query parameters. */
export type QueryKind = 'list' | 'flag' | 'count';
type QueryValue<K extends QueryKind> = K extends 'list' ? readonly string[] : K extends 'flag' ? boolean : number | null;

/** Reads a query by the kinds of its parameters. An unknown parameter or a wrong value throws USAGE: a typing mistake is not a wish for everything. */
export function decodeQuery<T extends Readonly<Record<string, QueryKind>>>(
  search: URLSearchParams,
  kinds: T,
): { readonly [K in keyof T]: QueryValue<T[K]> } {
  for (const name of search.keys()) {
    if (!Object.hasOwn(kinds, name)) {
      const known = Object.keys(kinds).join(', ');
      throw new HoldfastError(
        'USAGE',
        `Cannot read the request: there is no query parameter ${JSON.stringify(name)}${known === '' ? '' : `, only ${known}`}.`,
      );
    }
  }
  const entries = Object.entries(kinds).map(([name, kind]) => [name, decodeParameter(name, kind, search.getAll(name))]);
  return Object.fromEntries(entries) as { readonly [K in keyof T]: QueryValue<T[K]> };
}

function decodeParameter(name: string, kind: QueryKind, values: readonly string[]): readonly string[] | boolean | number | null {
  const wrong = (accepted: string): HoldfastError =>
    new HoldfastError(
      'USAGE',
      `Cannot read the request: ${name} is ${values.map((one) => JSON.stringify(one)).join(' and ')}, not ${accepted}.`,
    );
  switch (kind) {
    case 'list':
      if (values.includes('')) throw wrong('a name');
      return values;
    case 'flag':
      if (values.length > 1 || !['', '0', '1', 'true', 'false'].includes(values[0] ?? '0')) throw wrong('1 or 0');
      return values.length === 1 && values[0] !== '0' && values[0] !== 'false';
    case 'count':
      if (values.length > 1 || !/^\d{1,6}$/.test(values[0] ?? '0')) throw wrong('a number from 0 to 999999');
      return values[0] === undefined ? null : Number(values[0]);
    default:
      return kind satisfies never;
  }
}
