// A site where programs find the product by its name, as one that is installed, and what they print.
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { run } from './run.ts';
import { createSite, ROOT } from './site.ts';
import type { Site } from './site.ts';

export interface ProgramSite extends Site {
  /** Runs a program to its end; what it printed, a JSON value a line. */
  program(name: string, text: string): Promise<unknown[]>;
}

/** To be disposed of like every site. */
export function createProgramSite(): ProgramSite {
  const site = createSite();
  fs.mkdirSync(path.join(site.folder, 'node_modules'));
  fs.symlinkSync(ROOT, path.join(site.folder, 'node_modules/holdfast'));
  return {
    ...site,
    async program(name, text) {
      const result = await run(process.execPath, [site.write(name, text)], { cwd: site.folder, env: site.env, timeoutMs: 60_000 });
      expect(result, result.stderr).toMatchObject({ code: 0 });
      return result.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown);
    },
  };
}
