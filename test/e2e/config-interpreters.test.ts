// What runs TypeScript and what is no Node at all: bun, Deno, tsx, ts-node, Node itself, Python, shells, binaries. Runners come from npm.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppsReply } from '../../src/model/view.ts';
import { installed, INSTALL_HOOK_MS } from './kit/installed.ts';
import { freePort } from './kit/ports.ts';
import { createSite, fixture } from './kit/site.ts';
import type { Site } from './kit/site.ts';
import { waitFor } from './kit/wait.ts';

const ARCH =
  process.arch === 'arm64'
    ? { bun: '@oven/bun-linux-aarch64', deno: '@deno/linux-arm64-glibc' }
    : { bun: '@oven/bun-linux-x64-baseline', deno: '@deno/linux-x64-glibc' };
const STRIPS = Boolean((process.features as { readonly typescript?: unknown }).typescript);

let modules: string;
let site: Site;
beforeAll(async () => {
  modules = await installed('interpreters', [`${ARCH.bun}@1`, `${ARCH.deno}@2`, 'tsx@4', 'ts-node@10', 'typescript@5', '@types/node@20']);
  site = createSite();
  // tsx, ts-node and Deno keep what they compiled there, or in the home directory, under names that stay.
  const tmp = path.join(site.folder, 'tmp');
  fs.mkdirSync(tmp);
  Object.assign(site.env, { TMPDIR: tmp, DENO_DIR: path.join(tmp, 'deno') });
  site.env['PATH'] = `${path.join(modules, ARCH.bun, 'bin')}:${path.join(modules, ARCH.deno)}:${site.env['PATH']}`;
  // tsx and ts-node are found there, as where an app brings them.
  fs.symlinkSync(modules, path.join(site.folder, 'node_modules'));
  site.write('server.ts', fs.readFileSync(fixture('typed-server.ts'), 'utf8'));
  site.write(
    'tsconfig.json',
    '{ "compilerOptions": { "module": "commonjs", "moduleResolution": "node", "target": "es2022", "esModuleInterop": true } }',
  );
}, INSTALL_HOOK_MS);
afterAll(() => site.dispose());
beforeEach(() => site.run('delete', 'all'));

const output = async (app: string): Promise<readonly string[]> =>
  (await site.logs(app)).filter(({ stream }) => stream === 'out').map(({ text }) => text);

interface Life {
  readonly words: readonly string[];
  readonly status: string;
  readonly mode: string;
  readonly code: number | null | undefined;
  readonly heardSignal: boolean;
  readonly isGone: boolean;
}

/** Starts it, asks it who it is, stops it. */
async function startAskStop(app: object): Promise<Life> {
  const port = await freePort();
  const config = { name: 'typed', args: `a 'b c' "d"`, wait_ready: true, listen_timeout: '50s', kill_timeout: '20s', env: { PORT: port } };
  const started = await site.json<AppsReply>('start', site.ecosystem({ ...config, ...app }));
  const { words, pid } = (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { pid: number; words: string[] };
  const stopped = await site.json<AppsReply>('stop', 'typed');
  const { status, mode } = started.apps[0]!.instances[0]!;
  const code = stopped.apps[0]!.instances[0]!.tally.at(-1)?.exit.code;
  return { words, status, mode, code, heardSignal: (await output('typed')).includes('got SIGINT'), isGone: !fs.existsSync(`/proc/${pid}`) };
}

const WHOLE: Life = { words: ['a', 'b c', 'd'], status: 'online', mode: 'fork', code: 0, heardSignal: true, isGone: true };

describe('TypeScript', () => {
  it.each([
    ['bun', { interpreter: 'bun' }],
    ['Deno', { interpreter: 'deno', interpreter_args: '-A' }],
    ['tsx', { interpreter: 'tsx' }],
    ['ts-node', { interpreter: 'ts-node', interpreter_args: ['--transpile-only'] }],
  ])("is run by %s: arguments, 'ready', the stop signal and its exit code get through", async (_, app) => {
    expect(await startAskStop({ script: 'server.ts', ...app })).toEqual(WHOLE);
  });

  it('is run by Node itself where Node can, else by what there is', async () => {
    expect(await startAskStop({ script: 'server.ts' })).toEqual(WHOLE);
    const { stderr } = await site.run(
      'start',
      site.ecosystem({ name: 'named', script: 'server.ts', interpreter: 'node', autostart: false }),
    );
    if (STRIPS) expect(stderr).toBe('');
    else
      expect(stderr).toContain(
        `is TypeScript, which this Node (${process.version}) does not run by itself; accepted: Node >= 22.18, interpreter: "tsx"`,
      );
  });
});

describe('a script that no Node runs', () => {
  const start = async (app: object): Promise<void> => {
    expect(await site.run('start', site.ecosystem({ name: 'other', ...app }))).toMatchObject({ code: 0 });
  };
  const says = (line: string): Promise<boolean> => waitFor(`the line ${line}`, async () => (await output('other')).includes(line));

  it('in Python says its lines as it writes them', async () => {
    site.write('run.py', 'import sys, time\nprint("hello", *sys.argv[1:])\ntime.sleep(600)\n');
    await start({ script: 'run.py', args: ['a b', 'c'] });
    expect(await says('hello a b c')).toBe(true);
  });

  it('in bash, as a shell line, or as a program takes its arguments and the stop signal', async () => {
    site.write('run.sh', 'trap \'echo trapped; exit 0\' INT\necho "[$1]" "[$2]"\nwhile :; do sleep 0.1; done\n');
    await start({ script: './run.sh', args: "'a b' c" });
    await says('[a b] [c]');
    expect(await site.run('stop', 'other')).toMatchObject({ code: 0 });
    expect(await output('other')).toContain('trapped');

    await start({ script: `echo "$GREETING" 'a  b' && exec sleep 600`, env: { GREETING: 'from a line' } });
    await says('from a line a  b');

    await start({ script: 'sleep', args: '600', interpreter: 'none' });
    const [{ pid }] = (await site.instances('other')) as unknown as readonly [{ readonly pid: number }];
    expect(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(-2)).toEqual(['600', '']);
  });
});
