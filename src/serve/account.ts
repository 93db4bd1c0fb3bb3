// Whether a request comes from who may read: Basic authentication (RFC 7617), compared in a time that tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { StaticSite } from '../model/static-site.ts';

/** `authorization` is the header of the request. */
export function isAllowed(account: NonNullable<StaticSite['account']>, authorization: string | undefined): boolean {
  const [, encoded] = /^basic +([\w+/=-]+) *$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return false;
  // Hashes have one length, whatever was sent.
  return timingSafeEqual(hash(Buffer.from(encoded, 'base64')), hash(Buffer.from(`${account.name}:${account.password}`)));
}

function hash(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
