// Bundles bin/ and src/preload/ into dist/: CommonJS files, one per process, plus one chunk per lazily imported module.
// Arguments: --out FOLDER in place of dist/, --release VERSION in place of that of package.json.
// It never empties dist/: a running daemon or a test may be using it. Files are replaced whole, stale ones removed at the end.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { out: { type: 'string' }, release: { type: 'string' } } });
const dist = path.resolve(root, values.out ?? 'dist');
const { version } = {
  ...JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')),
  ...(values.release && { version: values.release }),
};

/** What a process is started from, or a program requires: then `exports` is the one value that the program gets. All else is reached from these by import. */
const ENTRIES = [
  { source: 'bin/cli.ts', out: 'cli.cjs', executable: true },
  { source: 'bin/holdfast-runtime.ts', out: 'holdfast-runtime.cjs', executable: true },
  { source: 'bin/read-specs.ts', out: 'read-specs.cjs' },
  { source: 'bin/daemon.ts', out: 'daemon.cjs' },
  { source: 'bin/host.ts', out: 'host.cjs' },
  { source: 'bin/compress.ts', out: 'compress.cjs' },
  { source: 'bin/serve.ts', out: 'serve.cjs' },
  { source: 'bin/holdfast.ts', out: 'holdfast.cjs', exports: 'holdfast' },
  { source: 'src/preload/cluster.ts', out: 'preload-cluster.cjs' },
  { source: 'src/preload/fork.ts', out: 'preload-fork.cjs' },
];

/** What is published as it stands: declarations for programs in TypeScript, and the other doors that programs know PM2 by. */
const AS_THEY_STAND = {
  'doors/pm2-class.cjs': 'pm2-class.cjs',
  'doors/pm2-constants.cjs': 'pm2-constants.cjs',
  'types/holdfast.d.cts': 'holdfast.d.cts',
  'types/pm2.d.cts': 'pm2.d.cts',
  'src/client/holdfast-types.ts': 'holdfast-types.d.cts',
  'src/compat/pm2-types.ts': 'pm2-types.d.cts',
};

/** Packages that stay real dependencies: jiti loads its compiler by path at run time. */
const EXTERNAL_PACKAGES = ['jiti'];

/** The one module whose `import()` stays a real import, because it loads the user's ES modules. */
const REAL_IMPORT = 'src/config/import-module.ts';

/** Bundles what is queued until no new lazily imported module turns up. Resolves to the outputs, by path under dist/. */
async function bundleAll() {
  const queue = new Map(ENTRIES.map((entry) => [entry.out, entry]));
  const outputs = new Map();
  for (const [out, entry] of queue) {
    const result = await bundle(entry, (chunk) => queue.has(chunk.out) || queue.set(chunk.out, chunk));
    for (const file of result.outputFiles)
      outputs.set(path.relative(dist, file.path), {
        contents: file.path.endsWith('.cjs') ? Buffer.from(requirePlainly(file.text)) : file.contents,
        executable: entry.executable === true && file.path.endsWith('.cjs'),
      });
    outputs.set(out.replace(/\.cjs$/, '.meta.json'), { contents: Buffer.from(`${JSON.stringify(result.metafile)}\n`), executable: false });
  }
  return outputs;
}

/** One bundle. `addChunk` is called for every module that it imports lazily. */
function bundle(entry, addChunk) {
  return build({
    absWorkingDir: root,
    entryPoints: [path.resolve(root, entry.source)],
    outfile: path.join(dist, entry.out),
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'error',
    define: { HOLDFAST_VERSION: JSON.stringify(version) },
    // Turns import() into a promise of require(): a real import() of a CommonJS file costs several milliseconds more.
    supported: { 'dynamic-import': entry.source === REAL_IMPORT },
    external: EXTERNAL_PACKAGES,
    plugins: [lazyChunks(entry, addChunk)],
    ...(entry.executable ? { banner: { js: '#!/usr/bin/env node' } } : {}),
    ...(entry.exports === undefined ? {} : { footer: { js: `module.exports = module.exports.${entry.exports};` } }),
  });
}

/**
 * esbuild copies each module of Node's for each file that imports it, a getter for every name in it: milliseconds of every start (ADR 0039). An object with
 * the module behind it does the same, for such a module is never an ES module in disguise.
 */
function requirePlainly(code) {
  return code
    .replace('var __toESM = ', 'var __ofNode = (module) => ({ __proto__: module, default: module }), __toESM = ')
    .replaceAll(/__toESM\((require\("node:[^"]+"\)), 1\)/g, '__ofNode($1)');
}

/** Makes every lazily imported module, and the one with the real import(), a bundle of its own that is loaded by `require`. */
function lazyChunks(entry, addChunk) {
  return {
    name: 'lazy-chunks',
    setup(context) {
      context.onResolve({ filter: /.*/ }, async (request) => {
        if (request.pluginData === 'resolved' || request.kind === 'entry-point') return undefined;
        const lazy = request.kind === 'dynamic-import';
        if (lazy && request.path.startsWith('node:'))
          return {
            errors: [{ text: `await import('${request.path}') is banned: import it at the top of the file, which becomes require().` }],
          };
        if (!lazy && !request.path.endsWith('/import-module.ts')) return undefined;
        const found = await context.resolve(request.path, {
          resolveDir: request.resolveDir,
          importer: request.importer,
          kind: request.kind,
          pluginData: 'resolved',
        });
        if (found.external || found.errors.length > 0) return found;
        const source = path.relative(root, found.path);
        if (!lazy && source !== REAL_IMPORT) return undefined;
        const out = chunkName(source);
        addChunk({ source, out });
        const relative = path.relative(path.dirname(entry.out), out);
        return { path: relative.startsWith('.') ? relative : `./${relative}`, external: true };
      });
    },
  };
}

/** `src/cli/commands/list.ts` -> `chunks/cli/commands/list.cjs`; a file of a package -> `chunks/npm/NAME.cjs`. */
function chunkName(source) {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source);
  return inPackage
    ? `chunks/npm/${inPackage[1].replace('/', '-')}.cjs`
    : `chunks/${source.replace(/^src\//, '').replace(/\.[cm]?[jt]s$/, '.cjs')}`;
}

/** The licences of all bundled packages, as their authors wrote them. */
function thirdPartyNotices(outputs) {
  const packages = new Set();
  for (const [name, output] of outputs) {
    if (!name.endsWith('.meta.json')) continue;
    for (const input of Object.keys(JSON.parse(output.contents.toString()).inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
      if (folder) packages.add(folder[0]);
    }
  }
  const texts = [...packages].sort().map((folder) => {
    const about = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(root, folder)).find((name) => /^(licen[cs]e|copying)/i.test(name));
    if (!file) throw new Error(`Cannot write THIRD-PARTY-NOTICES: ${folder} has no licence file.`);
    return `${about.name} ${about.version} (${about.license})\n\n${fs.readFileSync(path.join(root, folder, file), 'utf8').trim()}\n`;
  });
  return `Holdfast contains code of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Replaces files that differ, each by a rename, and removes what no bundle wrote. */
function writeAll(outputs) {
  for (const [name, { contents, executable }] of outputs) {
    const file = path.join(dist, name);
    if (hashOf(file) === createHash('sha256').update(contents).digest('hex')) continue;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(draft, contents, { mode: executable ? 0o755 : 0o644 });
    fs.renameSync(draft, file);
  }
  for (const name of fs.readdirSync(dist, { recursive: true })) {
    const file = path.join(dist, name);
    if (!outputs.has(name) && !name.endsWith('.tmp') && fs.statSync(file, { throwIfNoEntry: false })?.isFile()) fs.rmSync(file);
  }
}

function hashOf(file) {
  try {
    return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  } catch {
    return null; // it does not exist yet
  }
}

function printSizes(outputs) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1).padStart(7)} KB`;
  const bundles = [...outputs].filter(([name]) => name.endsWith('.cjs'));
  const main = bundles.filter(([name]) => !name.includes('/'));
  const chunks = bundles.filter(([name]) => name.includes('/'));
  for (const [name, { contents }] of main) console.log(`${kilobytes(contents.length)}  dist/${name}`);
  const sum = chunks.reduce((bytes, [, { contents }]) => bytes + contents.length, 0);
  if (chunks.length > 0) console.log(`${kilobytes(sum)}  dist/chunks/ (${chunks.length} files, loaded when used)`);
}

fs.mkdirSync(dist, { recursive: true });
try {
  const outputs = await bundleAll();
  for (const [source, out] of Object.entries(AS_THEY_STAND)) outputs.set(out, { contents: fs.readFileSync(path.join(root, source)) });
  outputs.set('THIRD-PARTY-NOTICES.txt', { contents: Buffer.from(thirdPartyNotices(outputs)), executable: false });
  writeAll(outputs);
  printSizes(outputs);
} catch (error) {
  // esbuild has printed its own errors with their places.
  if (error.errors === undefined) console.error(error.message);
  process.exitCode = 1;
}
