// The page that lists a folder. Names come from a disk and are foreign: every one is escaped. Pure.
import { printSize } from '../model/units.ts';
import { writePath } from './place.ts';

/** Something in a folder. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly bytes: number;
  readonly changedAt: Date;
}

/** A folder with more is listed up to here, and says so. */
export const MAX_ENTRIES = 5000;

/** No script, no picture, no other place: whatever a name contains, it is text. */
export const LISTING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}' +
  'table{border-spacing:0}td{padding:.1rem 1.5rem .1rem 0}td:nth-child(2){text-align:right}';

/** The whole page. `names` is the way to the folder from the root. */
export function renderListing(names: readonly string[], entries: readonly Entry[]): string {
  const title = escapeHtml(`Index of ${['', ...names, ''].join('/')}`);
  const sorted = [...entries].sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1));
  const rows = sorted.slice(0, MAX_ENTRIES).map((entry) => renderEntry(names, entry));
  const up = names.length === 0 ? [] : [`<tr><td><a href="${writePath(names.slice(0, -1), true)}">../</a></td><td></td><td></td></tr>`];
  const more = entries.length > MAX_ENTRIES ? `<p>and more: only ${MAX_ENTRIES} are shown</p>` : '';
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
    `<style>${STYLE}</style></head><body><h1>${title}</h1><table>\n${[...up, ...rows].join('\n')}\n</table>${more}</body></html>\n`
  );
}

function renderEntry(names: readonly string[], { name, isFolder, bytes, changedAt }: Entry): string {
  const address = escapeHtml(writePath([...names, name], isFolder));
  const changed = changedAt.toISOString().slice(0, 'YYYY-MM-DDTHH:mm'.length).replace('T', ' ');
  return `<tr><td><a href="${address}">${escapeHtml(name)}${isFolder ? '/' : ''}</a></td><td>${isFolder ? '' : printSize(bytes)}</td><td>${changed}</td></tr>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
