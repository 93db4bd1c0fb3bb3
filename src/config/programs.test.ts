// What is executed: scripts, commands in PATH, shell lines, interpreters. PATH holds nothing but the programs of each test.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, NODE } from '../../test/config-kit.ts';
import type { ConfigFolder, Read } from '../../test/config-kit.ts';
import { typeStrippingOf } from './interpreter.ts';

const ELF = '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0';
const NODE_SCRIPT = '#!/usr/bin/env node\nprocess.exit();\n';

let folder: ConfigFolder;
beforeEach(() => {
  folder = createConfigFolder();
});
afterEach(() => folder.remove());

function program(name: string, text = ELF): string {
  return folder.write(`bin/${name}`, text, 0o755);
}

async function run(app: Record<string, unknown>, request: Parameters<ConfigFolder['read']>[1] = {}): Promise<Read> {
  folder.write('x.json', JSON.stringify(app));
  return folder.read('x.json', request);
}

async function runs(app: Record<string, unknown>): Promise<{
  readonly script: string;
  readonly interpreter: string;
  readonly args: readonly string[];
  readonly mode: string;
  readonly name: string;
  readonly warnings: readonly string[];
}> {
  const { specs, errors, warnings } = await run(app);
  expect(errors).toEqual([]);
  const { script, interpreter, args, mode, name } = specs[0]!;
  return { script, interpreter, args, mode, name, warnings };
}

describe('a script', () => {
  it.each([['app.js'], ['app.mjs'], ['app.cjs'], ['bin/www']])('%s is run by the Node of the CLI', async (name) => {
    folder.write(name, 'process.exit();');
    expect(await runs({ script: name, instances: 2 })).toMatchObject({
      script: `${folder.root}/${name}`,
      interpreter: NODE,
      mode: 'cluster',
    });
  });

  it.each([
    ['run.sh', 'bash'],
    ['run.rb', 'ruby'],
    ['run.php', 'php'],
    ['run.pl', 'perl'],
    ['run.py', 'python3'],
  ])('%s is run by %s from PATH', async (name, interpreter) => {
    folder.write(name, '');
    program(interpreter);
    expect(await runs({ script: name })).toMatchObject({ interpreter, mode: 'fork' });
  });

  it('whose interpreter is not in PATH is refused with its name', async () => {
    folder.write('run.rb', '');
    expect((await run({ script: 'run.rb' })).errors).toEqual([
      `x.json: app run: script ${folder.root}/run.rb needs ruby, which is not in PATH.`,
    ]);
  });

  it('without an extension runs by its first line', async () => {
    folder.write('www', NODE_SCRIPT);
    folder.write('tool', '#!/usr/bin/env -S python3 -u\n', 0o755);
    folder.write('artisan', '#!/usr/bin/env php\n');
    program('php');
    expect(await runs({ script: './www', instances: 1 })).toMatchObject({ interpreter: NODE, mode: 'cluster' });
    expect(await runs({ script: './tool' })).toMatchObject({ interpreter: 'none' });
    expect(await runs({ script: './artisan' })).toMatchObject({ interpreter: 'php', script: `${folder.root}/artisan` });
  });

  it('that is a binary is executed itself, if it may be', async () => {
    folder.write('server', ELF, 0o755);
    folder.write('locked', ELF);
    expect(await runs({ script: './server' })).toMatchObject({ interpreter: 'none', mode: 'fork' });
    expect((await run({ script: './locked' })).errors).toEqual([
      `x.json: app locked: script ${folder.root}/locked is a program without the right to execute it. chmod +x ${folder.root}/locked`,
    ]);
  });

  it('that is a symbolic link is what it points to', async () => {
    folder.write('node_modules/next/dist/bin/next', NODE_SCRIPT, 0o755);
    folder.link('node_modules/.bin/next', '../next/dist/bin/next');
    folder.write('node_modules/tsx/cli.mjs', NODE_SCRIPT, 0o755);
    folder.link('node_modules/.bin/tsx', '../tsx/cli.mjs');
    folder.write('node_modules/.bin/pnpm-style', '#!/bin/sh\nexec node x\n', 0o755);
    expect(await runs({ script: './node_modules/.bin/next', args: 'start -p 3300', exec_mode: 'cluster', instances: 'max' })).toMatchObject(
      { interpreter: NODE, mode: 'cluster', name: 'next', args: ['start', '-p', '3300'] },
    );
    expect(await runs({ script: 'node_modules/.bin/tsx' })).toMatchObject({ interpreter: NODE });
    expect(await runs({ script: 'node_modules/.bin/pnpm-style' })).toMatchObject({ interpreter: 'none' });
  });

  it('that is a folder is its main module', async () => {
    folder.write('svc/package.json', '{ "main": "lib/start.js" }');
    folder.write('svc/lib/start.js', '');
    folder.write('empty/readme', '');
    expect(await runs({ script: './svc', name: 'svc' })).toMatchObject({ script: `${folder.root}/svc/lib/start.js` });
    expect((await run({ script: './empty' })).errors).toEqual([
      `x.json: app empty: script ${folder.root}/empty is a folder without a main module.`,
    ]);
  });

  it('in TypeScript is run by Node where it strips types, else by bun or tsx, else refused', async () => {
    folder.write('app.ts', '');
    const strips = Boolean((process.features as { readonly typescript?: unknown }).typescript);
    const { errors } = await run({ script: 'app.ts' });
    if (strips) expect(errors).toEqual([]);
    else
      expect(errors[0]).toContain(
        'is TypeScript, which this Node does not run by itself, and neither bun nor tsx is in PATH or node_modules; accepted: Node >= 22.18, bun or tsx',
      );
    const local = folder.write('node_modules/.bin/tsx', NODE_SCRIPT, 0o755);
    expect(await runs({ script: 'app.ts' })).toMatchObject({ interpreter: strips ? NODE : local });
    program('tsx');
    expect(await runs({ script: 'app.ts' })).toMatchObject({ interpreter: strips ? NODE : 'tsx' });
    program('bun');
    expect(await runs({ script: 'app.ts' })).toMatchObject({ interpreter: strips ? NODE : 'bun' });
    folder.write('view.tsx', '');
    expect(await runs({ script: 'view.tsx' })).toMatchObject({ interpreter: 'bun' });
  });

  it.each([
    [{ script: './dist/app.js' }, 'script ROOT/dist/app.js does not exist.'],
    [{ script: 'cargoo' }, 'script cargoo is neither a file (ROOT/cargoo) nor a command in PATH.'],
    [
      { script: 'app.js', cwd: '/home/somebody/app' },
      'cwd /home/somebody/app does not exist. For the folder of the config file write cwd: __dirname.',
    ],
    [{ name: 'x' }, 'script is missing: there is nothing to run; accepted: script: "server.js".'],
  ])('that is not there is refused: %j', async (app, message) => {
    expect((await run(app)).errors).toEqual([expect.stringContaining(message.replaceAll('ROOT', folder.root))]);
  });
});

describe('a command in PATH', () => {
  it('is found after the working folder', async () => {
    const inPath = program('tiles');
    expect(await runs({ script: 'tiles', args: 'run --release' })).toMatchObject({
      script: inPath,
      interpreter: 'none',
      args: ['run', '--release'],
    });
    folder.write('tiles', ELF, 0o755);
    expect((await runs({ script: 'tiles' })).script).toBe(`${folder.root}/tiles`);
  });

  it('that is a Node script, such as npm, is run by Node and never clustered', async () => {
    folder.write('lib/npm-cli.js', NODE_SCRIPT, 0o755);
    folder.link('bin/npm', '../lib/npm-cli.js');
    expect(await runs({ script: 'npm', args: ['run', 'serve', '--', '--port=4100'], instances: 1 })).toMatchObject({
      interpreter: NODE,
      mode: 'fork',
      name: 'npm',
      warnings: [],
    });
    expect((await runs({ script: 'npm', instances: 2 })).warnings).toEqual([
      'x.json: app npm: cluster mode needs a script that Node runs, and npm is a command that starts others: it runs as 2 independent processes in fork mode, which cannot share a port.',
    ]);
  });

  it('that is no Node script is not clustered, with a warning where that was asked for', async () => {
    program('poetry');
    expect((await runs({ script: 'poetry', exec_mode: 'cluster' })).warnings).toEqual([
      'x.json: app poetry: cluster mode needs a script that Node runs, and poetry is executed itself: it runs in fork mode.',
    ]);
  });

  it('is looked up in the PATH of the app', async () => {
    folder.write('tools/own', ELF, 0o755);
    expect((await runs({ script: 'own', env: { PATH: `${folder.root}/tools` } })).script).toBe(`${folder.root}/tools/own`);
  });

  it('with interpreter none gets its args split like a shell does', async () => {
    program('java');
    expect(await runs({ script: 'java', args: '-Xmx512m -jar search.jar --mode "read only"', interpreter: 'none' })).toMatchObject({
      args: ['-Xmx512m', '-jar', 'search.jar', '--mode', 'read only'],
    });
  });
});

describe('a shell line', () => {
  it('is run by bash, or sh where there is none, under PM2s name', async () => {
    const sh = program('sh');
    expect(await runs({ script: 'dotnet run --no-build' })).toMatchObject({
      script: sh,
      interpreter: 'none',
      args: ['-c', 'dotnet run --no-build'],
      name: 'dotnet run --no-build',
    });
    const bash = program('bash');
    expect(await runs({ script: 'node hold.js --x y.z', args: ['a b'] })).toMatchObject({
      script: bash,
      args: ['-c', "node hold.js --x y.z 'a b'"],
      name: 'node hold.js --x y',
    });
  });

  it('is a file where a file has that name', async () => {
    folder.write('my app.js', '');
    expect(await runs({ script: 'my app.js' })).toMatchObject({ script: `${folder.root}/my app.js`, interpreter: NODE });
  });

  it('takes no interpreter and no node_args, and says so', async () => {
    program('bash');
    const { warnings } = await runs({ script: 'npm run serve', interpreter: '/usr/bin/env', node_args: '--harmony', instances: 3 });
    expect(warnings).toEqual([
      'x.json: app npm run serve: interpreter /usr/bin/env has no effect: script is a shell line, run by bash.',
      'x.json: app npm run serve: node_args has no effect: no interpreter runs it.',
      'x.json: app npm run serve: cluster mode needs a script that Node runs, and this is a shell line: it runs as 3 independent processes in fork mode, which cannot share a port.',
    ]);
  });
});

describe('an interpreter', () => {
  beforeEach(() => {
    folder.write('app.js', '');
  });

  it('may be a bare name, a path, or one relative to cwd', async () => {
    program('php');
    const venv = folder.write('venv/bin/python', ELF, 0o755);
    expect(await runs({ script: 'app.js', interpreter: 'php' })).toMatchObject({ interpreter: 'php' });
    expect(await runs({ script: 'app.js', interpreter: venv })).toMatchObject({ interpreter: venv });
    expect(await runs({ script: 'app.js', interpreter: './venv/bin/python' })).toMatchObject({ interpreter: venv });
  });

  it('called node is the Node of the CLI; an absolute Node is taken as it is', async () => {
    const other = folder.write('v99/bin/node', ELF, 0o755);
    expect(await runs({ script: 'app.js', interpreter: 'node', instances: 1 })).toMatchObject({ interpreter: NODE, mode: 'cluster' });
    expect(await runs({ script: 'app.js', interpreter: other, instances: 1 })).toMatchObject({ interpreter: other, mode: 'cluster' });
  });

  it.each([
    ['nvm', '.nvm/versions/node/v99.3.0/bin/node'],
    ['fnm', '.local/share/fnm/node-versions/v99.3.0/installation/bin/node'],
    ['volta', '.volta/tools/image/node/99.3.0/bin/node'],
    ['asdf', '.asdf/installs/nodejs/99.3.0/bin/node'],
    ['mise', '.local/share/mise/installs/node/99.3.0/bin/node'],
    ['nodenv', '.nodenv/versions/99.3.0/bin/node'],
  ])('with a version is found where %s keeps it, the newest that fits, and may be clustered', async (_, place) => {
    const older = folder.write(`home/${place.replace('99.3.0', '99.2.10')}`, ELF, 0o755);
    const newer = folder.write(`home/${place}`, ELF, 0o755);
    folder.write(`home/${place.replace('99.3.0', '99.20.0')}`, 'not executable');
    for (const [wanted, found] of [
      ['99', newer],
      ['99.2', older],
      ['v99.3.0', newer],
    ])
      expect(await runs({ script: 'app.js', interpreter: `node@${wanted}`, instances: 2 })).toMatchObject({
        interpreter: found,
        mode: 'cluster',
      });
  });

  it('with a version may be the Node of the CLI, and a manager may keep its versions elsewhere', async () => {
    const [major] = process.versions.node.split('.');
    expect(await runs({ script: 'app.js', interpreter: `node@${major}` })).toMatchObject({ interpreter: NODE });
    const file = folder.write('elsewhere/versions/node/v99.1.0/bin/node', ELF, 0o755);
    expect(await runs({ script: 'app.js', interpreter: 'node@99', env: { NVM_DIR: `${folder.root}/elsewhere` } })).toMatchObject({
      interpreter: file,
    });
  });

  it('with a version that is not there is refused with what there is, and how to get it', async () => {
    const own = process.version;
    expect((await run({ script: 'app.js', interpreter: 'node@98.1' })).errors).toEqual([
      `x.json: app app: interpreter node@98.1 is not installed: none of nvm, fnm, volta, asdf, mise, nodenv, n has one; this is ${own}. nvm install 98.1`,
    ]);
    for (const version of ['99.1.0', '97.2.0']) folder.write(`home/.volta/tools/image/node/${version}/bin/node`, ELF, 0o755);
    expect((await run({ script: 'app.js', interpreter: 'node@98.1' })).errors).toEqual([
      `x.json: app app: interpreter node@98.1 is not installed: volta has 99.1.0, 97.2.0; this is ${own}. volta fetch node@98.1`,
    ]);
    expect((await run({ script: 'app.js', interpreter: 'node@lts' })).errors).toEqual([
      'x.json: app app: interpreter node@lts names no version; accepted: node@22, node@22.3 or node@22.3.0.',
    ]);
  });

  it('that a package of the app brings is taken from node_modules, and that is said', async () => {
    const tsx = folder.write('node_modules/.bin/tsx', NODE_SCRIPT, 0o755);
    folder.write('apps/api/app.js', '');
    const { specs, notes } = await run({ script: 'app.js', cwd: 'apps/api', interpreter: 'tsx' });
    expect(specs[0]?.interpreter).toBe(tsx);
    expect(notes).toEqual([`x.json: app app: interpreter tsx is taken from ${folder.root}/node_modules/.bin: it is not in PATH.`]);
  });

  it('called node refuses TypeScript where that Node cannot, unless something is loaded that can', async () => {
    folder.write('app.ts', '');
    const strips = Boolean((process.features as { readonly typescript?: unknown }).typescript);
    const plain = await run({ script: 'app.ts', interpreter: 'node' });
    if (strips) expect(plain.specs[0]?.interpreterArgs).toEqual([]);
    else
      expect(plain.errors[0]).toContain(
        `is TypeScript, which this Node (${process.version}) does not run by itself; accepted: Node >= 22.18`,
      );
    for (const node_args of ['--import tsx', '-r ts-node/register', '--loader=ts-node/esm'])
      expect((await run({ script: 'app.ts', interpreter: 'node', node_args })).specs).toHaveLength(1);
  });

  it('that is Deno runs scripts, and is said to give no rights of which nobody spoke', async () => {
    program('deno');
    const deno = (interpreter_args?: string): Promise<Read> => run({ script: 'app.js', interpreter: 'deno', interpreter_args });
    const plain = await deno();
    expect([plain.specs[0]?.interpreterArgs, plain.notes]).toEqual([
      ['run'],
      [
        'x.json: app app: deno gives it no rights, not even to listen or to read a variable. Write interpreter_args: "run --allow-net --allow-env".',
      ],
    ]);
    const full = await deno('-A');
    expect([full.specs[0]?.interpreterArgs, full.notes]).toEqual([['run', '-A'], []]);
    expect((await deno('serve --allow-net')).specs[0]?.interpreterArgs).toEqual(['serve', '--allow-net']);
  });

  it.each([
    ['tsx', 'interpreter "tsx" is not in PATH.'],
    ['/opt/gone/node', 'interpreter /opt/gone/node does not exist.'],
    ['./app.js', 'interpreter ROOT/app.js may not be executed.'],
    ['node --harmony', 'interpreter "node --harmony" is not in PATH. Options for it go into interpreter_args.'],
  ])('that cannot be used is refused: %s', async (interpreter, message) => {
    expect((await run({ script: 'app.js', interpreter })).errors).toEqual([`x.json: app app: ${message.replaceAll('ROOT', folder.root)}`]);
  });

  it('none needs a script that may be executed', async () => {
    expect((await run({ script: 'app.js', interpreter: 'none' })).errors[0]).toContain(
      'is to be executed itself (interpreter none) and may not be. chmod +x',
    );
  });

  it('that is Python does not buffer its output, however it is named', async () => {
    folder.write('run.py', '');
    program('python3');
    const python = folder.write('.venv/bin/python', ELF, 0o755);
    const variable = async (app: Record<string, unknown>): Promise<string | undefined> =>
      (await run(app)).specs[0]?.env['PYTHONUNBUFFERED'];
    expect(await variable({ script: 'run.py' })).toBe('1');
    expect(await variable({ script: python, args: '-m uvicorn app:app' })).toBe('1');
    expect(await variable({ script: 'run.py', env: { PYTHONUNBUFFERED: '' } })).toBe('');
    expect(await variable({ script: 'app.js' })).toBeUndefined();
  });

  it('other than Node gets its own options, and none that are for Node', async () => {
    program('python3');
    folder.write('run.py', '');
    expect((await run({ script: 'run.py', interpreter_args: '-u -O' })).specs[0]?.interpreterArgs).toEqual(['-u', '-O']);
    const { specs, warnings } = await run({ script: 'run.py', node_args: '--max-old-space-size=1024' });
    expect(specs[0]?.interpreterArgs).toEqual([]);
    expect(warnings).toEqual(['x.json: app run: node_args has no effect: the interpreter is python3.']);
  });
});

describe('the type stripping of Node', () => {
  it.each([
    ['v20.20.2', false, 'none'],
    ['v22.5.1', false, 'none'],
    ['v22.6.0', false, 'with-flag'],
    ['v22.17.1', false, 'with-flag'],
    ['v22.18.0', true, 'on'],
    ['v23.0.0', false, 'with-flag'],
    ['v24.1.0', true, 'on'],
  ])('%s (on by itself: %s) is %s', (version, isOn, stripping) => {
    expect(typeStrippingOf(version, isOn)).toBe(stripping);
  });
});
