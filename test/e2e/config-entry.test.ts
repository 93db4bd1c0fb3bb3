// What an app sees of itself is what it sees under plain Node: arguments, main module, its own address, its variables.
import fs from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runBeside } from './kit/run.ts';
import { createSite } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const COMMON = `argv: process.argv, argv0: process.argv0, execArgv: process.execArgv, title: process.title, cwd: process.cwd(), env: Object.keys(process.env).sort()`;

const SCRIPTS = {
  'facts.cjs': `require('node:fs').writeFileSync(process.env.FACTS, JSON.stringify({ ${COMMON},
    isMain: require.main === module, main: require.main.filename, id: module.id, parent: module.parent === null, file: __filename }));
    setInterval(() => {}, 1e9);`,
  'facts.mjs': `import fs from 'node:fs'; import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    fs.writeFileSync(process.env.FACTS, JSON.stringify({ ${COMMON},
    meta: { url: import.meta.url, filename: import.meta.filename, dirname: import.meta.dirname, main: import.meta.main ?? null },
    main: require.main?.filename ?? null, isDirect: import.meta.url === 'file://' + process.argv[1] }));
    setInterval(() => {}, 1e9);`,
};

let site: Site;
beforeAll(() => {
  site = createSite();
  for (const [name, text] of Object.entries(SCRIPTS)) site.write(name, text);
});
afterAll(() => site.dispose());
beforeEach(() => site.run('delete', 'all'));

interface Facts extends Readonly<Record<string, unknown>> {
  readonly env: readonly string[];
}

async function factsOf(file: string): Promise<Facts> {
  return waitFor(`the facts in ${file}`, () => JSON.parse(fs.readFileSync(file, 'utf8')) as Facts);
}

/** The same script without a manager. */
async function plainFacts(script: string, nodeArgs: readonly string[]): Promise<Facts> {
  const file = `${site.folder}/plain.json`;
  fs.rmSync(file, { force: true });
  const args = [...nodeArgs, `${site.folder}/${script}`, 'a b', '--flag'];
  const plain = runBeside(process.execPath, args, { cwd: site.folder, env: { ...site.env, FACTS: file } });
  try {
    return await factsOf(file);
  } finally {
    await plain.stop('SIGKILL');
  }
}

describe.each(['fork', 'cluster'])('in %s mode', (mode) => {
  it.each(Object.keys(SCRIPTS))('%s finds itself as it does under Node alone', async (script) => {
    const nodeArgs = ['--no-deprecation'];
    const file = `${site.folder}/managed.json`;
    fs.rmSync(file, { force: true });
    const app = {
      name: 'facts',
      script,
      args: ['a b', '--flag'],
      node_args: nodeArgs,
      exec_mode: mode,
      listen_timeout: 100,
      env: { FACTS: file },
    };
    expect(await site.run('start', site.ecosystem(app))).toMatchObject({ code: 0 });
    const { env, ...managed } = await factsOf(file);
    const { env: plainEnv, ...plain } = await plainFacts(script, nodeArgs);
    expect(managed).toEqual(plain);
    expect(env).toEqual([...plainEnv, 'NODE_APP_INSTANCE', 'pm_id'].sort());
  });
});
