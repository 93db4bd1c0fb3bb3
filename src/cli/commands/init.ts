// `init`: writes a first ecosystem.config.js into the working folder.
import fs from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { toggle } from '../command.ts';
import type { Command } from '../command.ts';

const FILE = 'ecosystem.config.js';

const SIMPLE = `module.exports = {
  apps: [{ name: 'app', script: './app.js' }],
};
`;

const WHOLE = `// holdfast start              starts what is below; holdfast reload ecosystem.config.js  brings new code and settings without losing a request
// holdfast start --env staging   uses env_staging over env
module.exports = {
  apps: [
    {
      name: 'api',
      script: './server.js',
      // Two processes behind the port of the app; 'max' for one a core.
      instances: 2,
      exec_mode: 'cluster',
      env: { NODE_ENV: 'production', PORT: 3000 },
      env_staging: { NODE_ENV: 'staging', PORT: 3001 },
      max_memory_restart: '512M',
      // Given up after ten crashes; a pause before each restart that doubles.
      max_restarts: 10,
      exp_backoff_restart_delay: 100,
    },
  ],
};
`;

/** See the first line of this file. */
export const init: Command = {
  name: 'init',
  aliases: ['ecosystem'],
  summary: `write a first ${FILE}`,
  args: { usage: '[simple]', min: 0, max: 1 },
  options: [toggle('force', 'replace the one that is there', 'f')],
  examples: [
    { line: 'holdfast init', does: 'with the settings that most servers need' },
    { line: 'holdfast init simple', does: 'as short as it can be' },
  ],
  notes: ['A file that is there is not replaced without --force, unlike in PM2.'],
  afterDashes: 'words',
  run(ctx, given) {
    const [mode] = given.words;
    if (mode !== undefined && mode !== 'simple')
      throw new HoldfastError('USAGE', `Cannot write a configuration ${JSON.stringify(mode)}: there is only simple.`, {
        hint: 'holdfast init simple',
      });
    const file = configName(ctx.cwd);
    try {
      fs.writeFileSync(path.join(ctx.cwd, file), mode === 'simple' ? SIMPLE : WHOLE, {
        flag: given.options['force'] === undefined ? 'wx' : 'w',
      });
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
      const reason = isThere ? 'it is there already' : (error as Error).message;
      throw new HoldfastError(
        'OPERATION_FAILED',
        `Cannot write ${file}: ${reason}.`,
        isThere ? { hint: `holdfast init --force, or holdfast start ${file}` } : {},
      );
    }
    ctx.say(`${ctx.palette.green('[holdfast]')} wrote ${file}: say in it what your app is, then: holdfast start\n`);
    return Promise.resolve(0);
  },
};

/** Where a package says that its .js files are ES modules, module.exports needs another name (Node: Packages, "type"). */
function configName(folder: string): string {
  try {
    const { type } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: unknown };
    return type === 'module' ? 'ecosystem.config.cjs' : FILE;
  } catch {
    return FILE; // There is no package, or none that can be read.
  }
}
