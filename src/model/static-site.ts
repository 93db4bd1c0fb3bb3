// What the static file server is told: PM2's PM2_SERVE_* variables, read into settings. Pure; whether the folder is there is looked up by others.

/** The word in place of a script that means the static file server. */
export const STATIC_SERVER_WORD = 'serve';

/** How a folder is served. */
export interface StaticSite {
  /** As it was written; relative to the working folder. */
  readonly folder: string;
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Paths that lead nowhere get the homepage: they belong to a single-page application. */
  readonly isSinglePage: boolean;
  /** Folders without an index.html are listed. */
  readonly listsFolders: boolean;
  /** Path of the file that `/` means, with a slash at its beginning. */
  readonly homepage: string;
  /** Who may read it; null: everybody. */
  readonly account: { readonly name: string; readonly password: string } | null;
}

/** A variable with a value that it cannot have. `found` is null where it must not be shown. */
export interface StaticSiteProblem {
  readonly variable: string;
  readonly found: string | null;
  readonly text: string;
  readonly accepted: string;
}

const DEFAULT_PORT = 8080;

/** The settings, or every mistake in them. An empty value is none. */
export function readStaticSite(env: Readonly<Record<string, string | undefined>>): StaticSite | readonly StaticSiteProblem[] {
  const problems: StaticSiteProblem[] = [];
  const said = (name: string): string | null => env[`PM2_SERVE_${name}`]?.trim() || null;
  const flag = (name: string): boolean | null => {
    const value = said(name)?.toLowerCase();
    if (value === undefined) return null;
    if (['true', '1', 'yes', 'on'].includes(value)) return true;
    if (['false', '0', 'no', 'off', 'null', 'undefined'].includes(value)) return false;
    problems.push({ variable: `PM2_SERVE_${name}`, found: value, text: 'is neither true nor false', accepted: 'true or false' });
    return null;
  };
  const site: StaticSite = {
    folder: said('PATH') ?? '.',
    port: readPort(said('PORT'), problems),
    host: said('HOST') ?? '0.0.0.0',
    isSinglePage: flag('SPA') ?? false,
    listsFolders: flag('FTP') ?? flag('DIRECTORY') ?? false,
    homepage: `/${(said('HOMEPAGE') ?? 'index.html').replace(/^\/+/, '')}`,
    account: readAccount(
      { wanted: flag('BASIC_AUTH'), name: said('BASIC_AUTH_USERNAME'), password: env['PM2_SERVE_BASIC_AUTH_PASSWORD'] ?? '' },
      problems,
    ),
  };
  return problems.length > 0 ? problems : site;
}

function readPort(text: string | null, problems: StaticSiteProblem[]): number {
  if (text === null) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  problems.push({ variable: 'PM2_SERVE_PORT', found: text, text: 'is no port', accepted: 'a number from 1 to 65535' });
  return DEFAULT_PORT;
}

/** Half an account locks nobody out and looks as if it did: refused. What PM2 writes for none is the word null. */
function readAccount(
  { wanted, name, password }: { readonly wanted: boolean | null; readonly name: string | null; readonly password: string },
  problems: StaticSiteProblem[],
): StaticSite['account'] {
  const isNamed = name !== null && name !== 'null';
  const isKeyed = password !== '' && password !== 'null';
  if (wanted === false || (wanted === null && !isNamed && !isKeyed)) return null;
  if (isNamed && isKeyed && !name.includes(':')) return { name, password };
  const [variable, text] = !isNamed
    ? (['PM2_SERVE_BASIC_AUTH_USERNAME', 'is missing, and a password is asked for'] as const)
    : isKeyed
      ? (['PM2_SERVE_BASIC_AUTH_USERNAME', 'has a colon in it, which no user name may have (RFC 7617)'] as const)
      : (['PM2_SERVE_BASIC_AUTH_PASSWORD', 'is missing, and a user name is given'] as const);
  problems.push({ variable, found: null, text, accepted: 'both a user name and a password' });
  return null;
}
