// Chooses between a file and what a build has compressed beside it (app.js.br, app.js.gz), by what the client takes.
import path from 'node:path';
import type { IncomingMessage } from 'node:http';
import { contentType } from 'mime-types';
import Negotiator from 'negotiator';
import { find } from './find.ts';

const EXTENSIONS: Readonly<Record<string, string>> = { br: '.br', gzip: '.gz' };

/** A file to send, and the headers without which it would be misunderstood. */
export interface Variant {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `real` is what `names` means in `root`. A link to somewhere else is no variant, as it is no file. */
export async function chooseVariant(
  request: IncomingMessage,
  { root, names, real }: { readonly root: string; readonly names: readonly string[]; readonly real: string },
): Promise<Variant> {
  const negotiator = new Negotiator(request);
  const beside = new Map<string, string>();
  for (const [encoding, extension] of Object.entries(EXTENSIONS)) {
    const found = await find(root, [...names.slice(0, -1), `${names.at(-1)}${extension}`]);
    if (found.kind === 'file') beside.set(encoding, found.path);
  }
  if (beside.size === 0) return { path: real, headers: {} };
  const chosen = negotiator.encoding([...beside.keys(), 'identity'], { preferred: ['br', 'gzip', 'identity'] });
  const file = chosen === undefined ? undefined : beside.get(chosen);
  if (chosen === undefined || file === undefined) return { path: real, headers: { vary: 'Accept-Encoding' } };
  const type = contentType(path.extname(names.at(-1) ?? '')) || 'application/octet-stream';
  return { path: file, headers: { vary: 'Accept-Encoding', 'content-encoding': chosen, 'content-type': type } };
}
