// What was built: the host and the preloads contain no package and load none. Reads what esbuild noted of each bundle.
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';

const dist = path.resolve(import.meta.dirname, '../../dist');

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>>;
}

/** Source files from packages, and whatever is loaded at run time that is not Node's own; the same of the chunks that it loads when they are needed. */
function foreignIn(bundle: string): string[] {
  const meta = JSON.parse(fs.readFileSync(path.join(dist, `${bundle}.meta.json`), 'utf8')) as Metafile;
  const loaded = Object.values(meta.outputs).flatMap(({ imports }) => imports.map((entry) => entry.path));
  const packaged = Object.keys(meta.inputs).filter((file) => file.includes('node_modules/'));
  const chunks = loaded.filter((name) => name.startsWith('./chunks/'));
  const foreign = loaded.filter((name) => !chunks.includes(name) && !builtinModules.includes(name.replace(/^node:/, '')));
  return [...packaged, ...foreign, ...chunks.flatMap((name) => foreignIn(name.replace(/\.cjs$/, '')))];
}

function sourcesOf(bundle: string): string[] {
  return Object.keys((JSON.parse(fs.readFileSync(path.join(dist, `${bundle}.meta.json`), 'utf8')) as Metafile).inputs);
}

it.each(['host', 'preload-cluster', 'preload-fork'])('%s contains no package and loads nothing but Node', (bundle) => {
  expect(sourcesOf(bundle).length).toBeGreaterThan(1);
  expect(foreignIn(bundle)).toEqual([]);
});

it('would be seen: the daemon does contain the schema library', () => {
  expect(foreignIn('daemon').join()).toContain('node_modules/valibot/');
});

it.each(['host', 'preload-cluster', 'preload-fork'])('%s contains no file that holds schemas', (bundle) => {
  expect(sourcesOf(bundle).filter((file) => /^src\/model\/(api|app-spec)\.ts$/.test(file))).toEqual([]);
  expect(sourcesOf('daemon')).toContain('src/model/app-spec.ts');
});

it('no bundle copies the modules of Node that it requires', () => {
  const bundles = fs.readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.cjs'));
  const texts = bundles.map((name) => [name, fs.readFileSync(path.join(dist, name), 'utf8')] as const);
  expect(texts.filter(([, text]) => text.includes('__ofNode(require("node:fs"))')).length).toBeGreaterThan(10);
  expect(texts.filter(([, text]) => /__toESM\(require\("node:/.test(text)).map(([name]) => name)).toEqual([]);
});
