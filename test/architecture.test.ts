// The house's rules, checked over every file of src/ and bin/, and proof that each check can fail.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cycles, importsOf, ROOMS, violations, WITHOUT_PACKAGES } from './architecture.ts';

const root = path.resolve(import.meta.dirname, '..');

function sourcesOf(...folders: readonly string[]): Map<string, string> {
  const files = folders.flatMap((folder) =>
    fs.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  return new Map(files.filter((file) => file.endsWith('.ts')).map((file) => [file, fs.readFileSync(path.join(root, file), 'utf8')]));
}

describe('the source', () => {
  it('keeps every rule of the house', () => {
    const sources = sourcesOf('src', 'bin');
    expect(WITHOUT_PACKAGES.filter((entry) => !sources.has(entry))).toEqual([]);
    expect(violations(sources)).toEqual([]);
  });

  it('has a table without a loop, and a row only for folders that exist', () => {
    expect(cycles(new Map(Object.entries(ROOMS).map(([name, { imports }]) => [name, imports])))).toEqual([]);
    expect(Object.keys(ROOMS).filter((name) => !fs.existsSync(path.join(root, 'src', name)))).toEqual([]);
  });
});

describe('the check', () => {
  const FIRST = '// A file of a test, and nothing else.\n';
  const check = (files: Readonly<Record<string, string>>): string[] =>
    violations(new Map(Object.entries(files).map(([file, text]) => [file, FIRST + text])));

  it.each([
    ['a folder that is not in the row', 'src/daemon/a.ts', "import { x } from '../supervisor/x.ts';", /daemon may not import supervisor/],
    ['a sibling that must not be known', 'src/log/a.ts', "import type { X } from '../balance/x.ts';", /log may not import balance/],
    ['bin from below', 'src/cli/a.ts', "import { x } from '../../bin/cli.ts';", /may not import bin\/cli.ts/],
    ['Node in the pure core', 'src/policy/a.ts', "import fs from 'node:fs';", /policy is pure/],
    [
      'a package without a place in the table',
      'src/client/a.ts',
      "import x from '@scope/left-pad/sub';",
      /may not import the package @scope\/left-pad/,
    ],
    ['an import over several lines', 'src/client/a.ts', "import {\n  a,\n  b,\n} from '../daemon/x.ts';", /client may not import daemon/],
    ['a lazy import', 'src/client/a.ts', "export const x = () => import('../daemon/x.ts');", /client may not import daemon/],
    ['an export from elsewhere', 'src/client/a.ts', "export { x } from '../daemon/x.ts';\nconst y = 1;", /client may not import daemon/],
    ['an import without .ts', 'src/client/a.ts', "import { x } from './x';", /must end in .ts/],
    ['a folder without a row', 'src/utils/a.ts', 'export const x = 1;', /not in the table/],
    ['a barrel', 'src/client/a.ts', "export { x } from './x.ts';\nexport type { Y } from './y.ts';", /only passes on/],
    ['export *', 'src/client/a.ts', "export * from './x.ts';", /barrel/],
    ['a default export', 'src/client/a.ts', 'export default 1;', /default export/],
    ['import.meta', 'src/client/a.ts', 'export const x = import.meta.url;', /import\.meta/],
    ['a lazy import of Node', 'src/client/a.ts', "export const x = await import('node:fs');", /real import/],
    ['an exit outside bin', 'src/cli/a.ts', 'export const x = () => process.exit(1);', /Only bin\/ does/],
    ['a clock of its own', 'src/supervisor/a.ts', 'export const x = () => Date.now();', /Take the Clock/],
  ])('refuses %s', (_, file, text, sentence) => {
    const found = check({ [file]: text });
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toMatch(sentence);
  });

  it('refuses a file without its first sentence', () => {
    expect(violations(new Map([['src/model/a.ts', 'export const x = 1;\n']])).join()).toMatch(/first line/);
  });

  it('follows a package into the host through other files, but not through types', () => {
    const spec = {
      'src/model/app-spec.ts': "import * as v from 'valibot';\nexport const x = v;",
      'bin/host.ts': "import { y } from '../src/supervisor/y.ts';",
    };
    expect(check({ ...spec, 'src/supervisor/y.ts': "import { x } from '../model/app-spec.ts';\nexport const y = x;" }).join()).toMatch(
      /bin\/host.ts loads the package valibot .*y.ts -> src\/model\/app-spec.ts/,
    );
    expect(
      check({
        ...spec,
        'src/supervisor/y.ts':
          "import type { x } from '../model/app-spec.ts';\nimport { type z } from '../model/app-spec.ts';\nexport const y = 1;",
      }),
    ).toEqual([]);
  });

  it('finds a cycle of files', () => {
    const found = check({
      'src/model/a.ts': "import { b } from './b.ts';\nexport const a = b;",
      'src/model/b.ts': "import { a } from './a.ts';\nexport const b = a;",
    });
    expect(found.join()).toMatch(/import cycle: src\/model\/a.ts -> src\/model\/b.ts -> src\/model\/a.ts/);
  });

  it('does not take a comment or a string for an import', () => {
    expect(
      importsOf(
        "// import { x } from './x.ts';\n/* import('./y.ts') */\nconst url = 'http://x';\n * see import('./z.ts')\n".replace(
          ' * see',
          '// see',
        ),
      ),
    ).toEqual([]);
  });
});
