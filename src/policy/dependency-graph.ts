// The graph that depends_on draws: its cycles, and the waves in which apps are taken down. How any app fares is not its business.

/** Which apps an app depends on, by its name. Names that are no key are apps of which nothing more is known. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/** The cycles, each once and as it is walked: `['api', 'db', 'api']`. Empty where apps can be started in some order. */
export function findCycles(graph: DependencyGraph): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (name: string, way: readonly string[]): void => {
    const at = way.indexOf(name);
    if (at !== -1) return void cycles.push([...way.slice(at), name]);
    if (done.has(name)) return;
    for (const next of graph.get(name) ?? []) walk(next, [...way, name]);
    done.add(name);
  };
  for (const name of graph.keys()) walk(name, []);
  return cycles;
}

/**
 * All apps of the graph, in the order in which they are stopped: whoever depends on another is in an earlier wave than that one.
 * What goes round in a circle is one wave, the last: nothing may keep anybody from stopping.
 */
export function stopWaves(graph: DependencyGraph): readonly (readonly string[])[] {
  const waves: (readonly string[])[] = [];
  let left = [...graph.keys()];
  while (left.length > 0) {
    const needed = new Set(left.flatMap((name) => graph.get(name) ?? []));
    const free = left.filter((name) => !needed.has(name));
    const wave = free.length > 0 ? free : left;
    waves.push(wave);
    left = left.filter((name) => !wave.includes(name));
  }
  return waves;
}
