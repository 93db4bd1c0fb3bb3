// Reads what a probe looks at: http, tcp, exec or message, in each of its spellings. Pure; it knows no interval and no threshold.
import type { ProbeSpec } from '../model/app-spec.ts';
import { isAbsent, readValue } from './values.ts';
import type { Reading } from './values.ts';

type Check = ProbeSpec['check'];

const HTTP = '"/ready", "http://localhost:9000/ready" or { path: "/ready", port: 9000, status: 200, tls: false }';
const PORT = 'true (the port it listens on) or a port number, 1 to 65535';

/** Names of the instance itself in a URL: a probe never leaves the machine. */
const HERE = ['localhost', '127.0.0.1', '[::1]', '0.0.0.0'];

/** Reads `value`, which is not absent, as the look of that kind. */
export function readCheck(kind: Check['kind'], value: unknown): Reading<Check> {
  switch (kind) {
    case 'http':
      return typeof value === 'string' ? readAddress(value) : readHttp(value);
    case 'tcp':
      return readTcp(value);
    case 'exec':
      return readExec(value);
    case 'message':
      if (value === true || value === 'true') return good({ kind });
      return wrong('which is not true', 'true: the app gets the message "health" and answers "healthy"');
    default:
      return kind satisfies never;
  }
}

function good(value: Check): Reading<Check> {
  return { ok: true, value, remark: null };
}

function wrong<T>(why: string, accepted: string): Reading<T> {
  return { ok: false, why, accepted };
}

/** A path, or a URL of this machine. */
function readAddress(text: string): Reading<Check> {
  if (text.startsWith('/')) return readHttp({ path: text });
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return wrong('which is neither a path nor a URL', HTTP);
  const url = new URL(text);
  if (!HERE.includes(url.hostname)) return wrong('which leads elsewhere: a probe looks at the instance itself', HTTP);
  if (url.username !== '' || url.password !== '') return wrong('which has a user in it, and none is sent', HTTP);
  const port = url.port === '' ? {} : { port: Number(url.port) };
  return readHttp({ path: url.pathname + url.search, tls: url.protocol === 'https:', ...port });
}

function readHttp(value: unknown): Reading<Check> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('which is neither a path nor a URL', HTTP);
  const { path, port, status, tls, ...others } = value as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return wrong(`where ${unknown} is not known`, HTTP);
  // Spaces and control characters would end the request line (RFC 9112, 3).
  if (typeof path !== 'string' || !/^\/[!-~]*$/.test(path)) return wrong('whose path does not begin with / or has a blank in it', HTTP);
  const ports = readPort(port);
  if (!ports.ok) return wrong('whose port is none', HTTP);
  const encrypted = isAbsent(tls) ? ({ ok: true, value: false } as const) : readValue('flag', tls);
  if (!encrypted.ok) return wrong('whose tls is neither true nor false', HTTP);
  const statuses = readStatuses(status);
  if (statuses === undefined) return wrong('whose status is none', 'status: 200 or [200, 204], from 100 to 599');
  return good({ kind: 'http', path, port: ports.value, tls: encrypted.value, statuses });
}

/** Null for 200 to 399; undefined for what is no status. */
function readStatuses(value: unknown): number[] | null | undefined {
  if (isAbsent(value)) return null;
  const items = (Array.isArray(value) ? value : [value]).map((item: unknown) => (/^\d{3}$/.test(String(item)) ? Number(item) : Number.NaN));
  return items.length > 0 && items.every((status) => status >= 100 && status < 600) ? items : undefined;
}

/** Null for the port it listens on. */
function readPort(value: unknown): Reading<number | null> {
  if (isAbsent(value) || value === true || value === 'true') return { ok: true, value: null, remark: null };
  const reading = readValue('port', value);
  if (!reading.ok || reading.value === 0) return wrong('which is no port', PORT);
  return reading;
}

function readTcp(value: unknown): Reading<Check> {
  const port = readPort(value);
  return port.ok ? good({ kind: 'tcp', port: port.value }) : wrong(port.why, PORT);
}

function readExec(value: unknown): Reading<Check> {
  const isLine = typeof value === 'string' && !value.includes('\0');
  return isLine
    ? good({ kind: 'exec', command: value.trim() })
    : wrong('which is no command line', 'a shell line such as "./check.sh --quick"');
}
