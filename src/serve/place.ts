// Where the path of a request leads, as far as its text tells. Pure: no file is looked at.

/** Names of folders and file, none of them empty; null for a path that is none. */
export function readPath(url: string): { readonly names: readonly string[]; readonly isFolder: boolean } | null {
  const written = /^[^?#]*/.exec(url)![0].split('/').filter(Boolean);
  const isFolder = /^[^?#]*\/(?:[?#]|$)/.test(url);
  try {
    const names = written.map(decodeURIComponent);
    return names.some((name) => /[/\0]/.test(name)) ? null : { names, isFolder };
  } catch {
    return null; // %zz
  }
}

/** `..` is one of them. The exception is what the standards put there: RFC 8615. */
export function isHidden(names: readonly string[]): boolean {
  return names.some((name, index) => name.startsWith('.') && !(index === 0 && name === '.well-known'));
}

/** The path as it is written in an address; it never begins with two slashes, which would name another host. */
export function writePath(names: readonly string[], isFolder: boolean): string {
  return `/${names.map(encodeURIComponent).join('/')}${isFolder && names.length > 0 ? '/' : ''}`;
}

/** Whether a path that leads nowhere is one of a single-page application: a page is asked for, not a script or picture that is missing. */
export function isRoute(names: readonly string[], accept: string | undefined): boolean {
  return accept?.includes('text/html') === true || !/\.\w+$/.test(names.at(-1) ?? '');
}
