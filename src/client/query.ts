// Query strings of the API.

/** Targets as repeated `target` parameters. */
export function targetQuery(targets: readonly string[] | undefined): URLSearchParams {
  const search = new URLSearchParams();
  for (const target of targets ?? []) search.append('target', target);
  return search;
}

/** The path with its query, where there is one. */
export function withQuery(path: string, search: URLSearchParams): string {
  return search.size > 0 ? `${path}?${search.toString()}` : path;
}
