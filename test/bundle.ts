// Lets a test run a piece of TypeScript of this repository in a process of its own: bundled to one CommonJS file.
import path from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles `source` (its imports are relative to the root of the repository) into `folder` and returns the file's path. */
export function bundleScript(folder: string, source: string): string {
  const outfile = path.join(folder, `script-${process.hrtime.bigint()}.cjs`);
  buildSync({
    stdin: { contents: source, resolveDir: path.resolve(import.meta.dirname, '..'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
