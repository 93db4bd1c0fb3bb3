// Who may import whom, as data, and the checks over source texts that keep it. Reads no file: the test feeds it.
import path from 'node:path/posix';

interface Room {
  /** Folders of src/ that it may import, besides itself. */
  readonly imports: readonly string[];
  readonly node: boolean;
  readonly packages: readonly string[];
}

const room = (imports: string, node: boolean, ...packages: string[]): Room => ({
  imports: imports.split(' ').filter(Boolean),
  node,
  packages,
});

/** One row a folder of src/. What is not in a row is forbidden. */
export const ROOMS: Readonly<Record<string, Room>> = {
  model: room('', false, 'valibot'),
  policy: room('model', false),
  platform: room('model', true, 'croner', 'chokidar'),
  config: room('model policy platform', true, 'jiti', 'js-yaml', 'valibot'),
  launch: room('model platform', true),
  balance: room('model policy platform', true),
  probe: room('model policy platform', true),
  log: room('model policy platform', true),
  monitor: room('model policy platform', true),
  supervisor: room('balance probe log monitor launch policy platform model', true),
  trigger: room('model policy platform', true, 'picomatch'),
  foreground: room('supervisor trigger log policy platform model', true),
  daemon: room('model policy platform log trigger', true, 'valibot'),
  serve: room('model', true, 'compression', 'mime-types', 'negotiator', 'send'),
  client: room('model', true),
  startup: room('model platform', true),
  cli: room('model client config startup', true, 'fast-string-width'),
  compat: room('model config client daemon', true),
  preload: room('model', true),
};

/** What runs in a host, in the foreground or inside the user's process loads no package, not even through others, unless it is needed for something rare. */
export const WITHOUT_PACKAGES = ['bin/host.ts', 'bin/runtime.ts', 'src/preload/cluster.ts', 'src/preload/fork.ts'];

export interface Import {
  readonly from: string;
  /** Erased by the compiler: costs nothing at run time. */
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

/** Paths from the repository's root, with `/`, and their texts. */
export type Sources = ReadonlyMap<string, string>;

/** Every import, export-from and import() of a file. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const fixed = [...code.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)];
  const lazy = [...code.matchAll(/\b(typeof\s+)?import\(\s*['"`]([^'"`]+)['"`]/g)];
  return [
    ...fixed.map(([whole, type, from]) => ({ from: from ?? '', typeOnly: type !== undefined || onlyTypesNamed(whole), lazy: false })),
    ...lazy.map(([, type, from]) => ({ from: from ?? '', typeOnly: type !== undefined, lazy: true })),
  ];
}

/** `import { type A, type B } from`. */
function onlyTypesNamed(statement: string): boolean {
  const names = /\{([^}]*)\}/
    .exec(statement)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type ')) && !/^import\s+\w+\s*,/.test(statement);
}

/** Comments become blanks; line ends stay. Only comments that begin a line or follow a blank, so that '//' in a string stays. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' ')).replaceAll(/(^|\s)\/\/[^\n]*/g, '$1');
}

/** Everything that breaks the house's rules, as sentences; empty when all is well. */
export function violations(sources: Sources): string[] {
  const product = new Map([...sources].filter(([file]) => !file.endsWith('.test.ts')));
  return [
    ...[...product].flatMap(([file, text]) => [...forbiddenImports(file, text), ...forbiddenForms(file, text)]),
    ...[...sources].flatMap(([file, text]) => wrongFirstLine(file, text)),
    ...WITHOUT_PACKAGES.flatMap((entry) => packagesReached(entry, product)),
    ...cycles(graphOf(product)).map((cycle) => `import cycle: ${cycle.join(' -> ')}. Move what they share into a file of its own.`),
  ];
}

function forbiddenImports(file: string, text: string): string[] {
  const name = /^src\/([^/]+)\//.exec(file)?.[1];
  if (name === undefined)
    return file.startsWith('bin/') || file.startsWith('test/')
      ? []
      : [`${file}: stands in no folder of src/. Put it into the room it belongs to.`];
  const from = ROOMS[name];
  if (from === undefined) return [`${file}: src/${name} is not in the table. Add a row to ROOMS in test/architecture.ts, with an ADR.`];
  return importsOf(text).flatMap((one) => {
    const problem = forbidden(file, name, from, one);
    return problem === null ? [] : [`${file}: ${problem}`];
  });
}

function forbidden(file: string, name: string, from: Room, one: Import): string | null {
  if (one.from.startsWith('node:'))
    return from.node || one.typeOnly
      ? null
      : `${name} is pure and may not import ${one.from}. Let the caller do it and pass the result in.`;
  if (!one.from.startsWith('.')) {
    const pack = one.from
      .split('/')
      .slice(0, one.from.startsWith('@') ? 2 : 1)
      .join('/');
    return from.packages.includes(pack)
      ? null
      : `${name} may not import the package ${pack}. A dependency needs an ADR and a place in ROOMS.`;
  }
  if (!one.from.endsWith('.ts')) return `the import '${one.from}' must end in .ts.`;
  const target = path.join(path.dirname(file), one.from);
  const to = /^src\/([^/]+)\//.exec(target)?.[1];
  if (to === undefined) return `may not import ${target}. Only bin/ knows bin/, and nothing in src/ imports tests.`;
  return to === name || from.imports.includes(to)
    ? null
    : `${name} may not import ${to} (${one.from}). Declare the smallest interface you need and let bin/ pass it in.`;
}

const BANNED_FORMS: readonly { readonly form: RegExp; readonly where: RegExp; readonly except?: RegExp; readonly say: string }[] = [
  {
    form: /\bimport\.meta\.\w/,
    where: /./,
    say: 'import.meta does not exist in the CommonJS bundle. Take the path as a parameter from bin/.',
  },
  {
    form: /\bimport\(\s*['"`]node:/,
    where: /./,
    say: "import('node:...') stays a real import in the bundle and costs tens of milliseconds. Import it at the top of the file.",
  },
  { form: /^export default\b/m, where: /./, say: 'has a default export. Export a name.' },
  { form: /^export (?:type )?\* /m, where: /./, say: 'is a barrel (export *). Import from the file itself.' },
  {
    form: /\bprocess\.(?:exit\(|argv\b|env\b)/,
    where: /^src\//,
    // The last holds the text of programs.
    except: /^src\/(?:preload\/|platform\/|cli\/example-apps\.ts$)/,
    say: 'reads argv or env, or exits. Only bin/ does: take it as a parameter.',
  },
  {
    form: /\b(?:Date\.now|Math\.random)\(|(?<![.\w])set(?:Timeout|Interval|Immediate)\(/,
    where: /^src\/(?:policy|supervisor|balance|log|monitor|launch|daemon|foreground)\//,
    say: 'reads a clock, a timer or chance by itself. Take the Clock (or a number) as a parameter.',
  },
];

function forbiddenForms(file: string, text: string): string[] {
  const code = withoutComments(text);
  const found = BANNED_FORMS.filter(({ form, where, except }) => where.test(file) && !except?.test(file) && form.test(code));
  const barrel = isBarrel(code) ? [`${file}: only passes on what others export. Import from the file itself.`] : [];
  return [...found.map(({ say }) => `${file}: ${say}`), ...barrel];
}

function isBarrel(code: string): boolean {
  const rest = code
    .replaceAll(/^export\s[^'"]*?\sfrom\s+'[^']+';?/gm, '')
    .replaceAll(/^import\s[^;]*;/gm, '')
    .trim();
  return rest === '' && /^export\s/m.test(code);
}

function wrongFirstLine(file: string, text: string): string[] {
  return /^\/\/ \S.{8,}\n/.test(text)
    ? []
    : [`${file}: the first line must be a comment of one sentence: what the file is and what it is not.`];
}

/** File to the files that it loads at run time. */
function graphOf(sources: Sources, { lazily }: { readonly lazily: boolean } = { lazily: true }): Map<string, string[]> {
  return new Map(
    [...sources].map(([file, text]) => [
      file,
      importsOf(text)
        .filter((one) => !one.typeOnly && (lazily || !one.lazy) && one.from.startsWith('.'))
        .map((one) => path.join(path.dirname(file), one.from)),
    ]),
  );
}

function packagesReached(entry: string, sources: Sources): string[] {
  const graph = graphOf(sources, { lazily: false });
  const ways = new Map([[entry, entry]]);
  for (const [file, way] of ways) for (const next of graph.get(file) ?? []) if (!ways.has(next)) ways.set(next, `${way} -> ${next}`);
  return [...ways].flatMap(([file, way]) =>
    importsOf(sources.get(file) ?? '')
      .filter((one) => !one.typeOnly && !/^(?:node:|\.)/.test(one.from))
      .map((one) => `${entry} loads the package ${one.from} (${way}). Use \`import type\`, or move the value into a file without it.`),
  );
}

/** One cycle for each group of files that reach each other; the first file is repeated at its end. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, way: readonly string[]): void => {
    const at = way.indexOf(node);
    if (at >= 0) found.push([...way.slice(at), node]);
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...way, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
