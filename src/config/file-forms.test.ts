// The forms a config file comes in, with real files, read as the CLI reads them.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConfigFolder, createConfigProcess } from '../../test/config-kit.ts';
import type { ConfigFolder, ConfigProcess } from '../../test/config-kit.ts';

let folder: ConfigFolder;
let child: ConfigProcess;
beforeAll(async () => {
  child = await createConfigProcess();
});
afterAll(() => child.remove());
beforeEach(() => {
  folder = createConfigFolder();
  for (const script of ['one.js', 'two.js', 'server/main.mjs', 'svc/feed.js', 'portal.js']) folder.write(script, '');
});
afterEach(() => folder.remove());

/** Form, file name, text, the apps as "name script instances". */
const FORMS: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'a bare app in commented JSON',
    'portal.json',
    '/* dev */\n{ "name": "portal", "script": "portal.js", "autorestart": true, }\n/* prod: { "instances": 2 } */\n',
    ['portal portal.js 1'],
  ],
  [
    'JSON with line comments, single quotes and bare keys',
    'ecosystem.config.json',
    "// all\n{ apps: [ { name: 'a', script: 'one.js' }, ], }",
    ['a one.js 1'],
  ],
  ['a list in JSON', 'list.json', '[{ "script": "one.js" }, { "script": "two.js" }]', ['one one.js 1', 'two two.js 1']],
  [
    'a list in CommonJS',
    'ecosystem.config.cjs',
    "module.exports = [{ name: 'first', script: 'one.js' }, { name: 'second', script: 'two.js' }];",
    ['first one.js 1', 'second two.js 1'],
  ],
  [
    'apps in CommonJS',
    'ecosystem.config.js',
    "module.exports = { apps: [{ name: 'a', script: 'one.js', instances: 2 }] };",
    ['a one.js 2'],
  ],
  ['apps by exports.apps', 'exports.config.js', "exports.apps = [{ name: 'a', script: 'one.js' }];", ['a one.js 1']],
  [
    'an ES default export',
    'ecosystem.config.mjs',
    "import path from 'node:path';\nexport default { apps: [{ name: path.basename('/x/site'), script: 'server/main.mjs' }] };",
    ['site server/main.mjs 1'],
  ],
  ['an ES named export', 'named.config.mjs', "export const apps = [{ name: 'links', script: 'one.js' }];", ['links one.js 1']],
  [
    'a named and a default export once',
    'both.config.mjs',
    "export const apps = [{ name: 'links', script: 'one.js' }];\nexport default { apps };",
    ['links one.js 1'],
  ],
  [
    'a named export beside a default that is something else',
    'mixed.config.mjs',
    "export const apps = [{ name: 'links', script: 'one.js' }];\nexport default function helper() {}",
    ['links one.js 1'],
  ],
  [
    'an ES default export that awaits',
    'async.config.mjs',
    "const name = await Promise.resolve('late');\nexport default Promise.resolve({ apps: [{ name, script: 'one.js' }] });",
    ['late one.js 1'],
  ],
  [
    'what a transpiler makes of a default export',
    'built.config.cjs',
    "Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = { apps: [{ script: 'one.js' }] };",
    ['one one.js 1'],
  ],
  [
    'TypeScript with a default export',
    'ecosystem.config.ts',
    "import type { Config } from 'some-pm';\nconst config: Config = { apps: [{ name: 'alerts', script: 'one.js' }] };\nexport default config;",
    ['alerts one.js 1'],
  ],
  [
    'TypeScript with module.exports',
    'cjs.config.ts',
    "const name: string = 'alerts';\nmodule.exports = { apps: [{ name, script: 'one.js' }] };",
    ['alerts one.js 1'],
  ],
  [
    'TypeScript that Node alone cannot run',
    'enum.config.ts',
    "import { prefix } from './settings';\nenum Size { Small = 2 }\nexport default { apps: [{ name: `${prefix}-enum`, script: 'one.js', instances: Size.Small }] };",
    ['my-enum one.js 2'],
  ],
  ['a function', 'function.config.cjs', "module.exports = () => ({ apps: [{ script: 'one.js' }] });", ['one one.js 1']],
  [
    'an async function as the default export',
    'async.config.mjs',
    "export default async () => ({ apps: [{ script: 'one.js' }] });",
    ['one one.js 1'],
  ],
  ['YAML', 'apps.yaml', 'apps:\n  - script: ./svc/feed.js\n    instances: 2\n', ['feed svc/feed.js 2']],
  [
    'YAML with merge keys',
    'merge.yml',
    'x: &base { script: one.js }\napps:\n  - <<: *base\n    name: a\n  - <<: *base\n    name: b\n',
    ['a one.js 1', 'b one.js 1'],
  ],
  [
    'YAML with apps as a mapping of names',
    'map.yaml',
    'apps:\n  api: { script: one.js }\n  web: { script: two.js, name: site }\n',
    ['api one.js 1', 'site two.js 1'],
  ],
  ['YAML with apps as one app', 'single.yaml', 'apps:\n  name: api\n  script: one.js\n', ['api one.js 1']],
  [
    'a package.json with pm2',
    'package.json',
    '{ "name": "x", "version": "1.0.0", "scripts": {}, "pm2": { "name": "api", "script": "one.js" } }',
    ['api one.js 1'],
  ],
  [
    'a package.json with a list under pm2',
    'sub/package.json',
    '{ "pm2": [{ "name": "api", "script": "one.js" }, { "script": "two.js" }] }',
    ['api one.js 1', 'two two.js 1'],
  ],
  ['a package.json with apps', 'other/package.json', '{ "apps": [{ "script": "one.js" }] }', ['one one.js 1']],
  ['a pm2 section in JavaScript', 'pm2.config.js', "module.exports = { pm2: [{ script: 'one.js' }] };", ['one one.js 1']],
];

describe('the form of a config file', () => {
  it.each(FORMS)('may be %s', (_, name, text, apps) => {
    folder.write('settings.ts', "export const prefix: string = 'my';");
    folder.write(name, text);
    const { specs, errors } = child.read(folder, name);
    expect(errors).toEqual([]);
    expect(specs.map((spec) => `${spec.name} ${spec.script.slice(folder.root.length + 1)} ${spec.instances}`)).toEqual(apps);
  });

  it('may be an ES module by the type of its package', () => {
    folder.write('package.json', '{ "type": "module" }');
    folder.write('pm2.config.js', "export const apps = [{ script: 'one.js' }];");
    expect(child.read(folder, 'pm2.config.js').specs.map(({ name }) => name)).toEqual(['one']);
  });

  it('may be CommonJS in a package of ES modules', () => {
    folder.write('package.json', '{ "type": "module" }');
    folder.write(
      'ecosystem.config.js',
      "const path = require('node:path');\nmodule.exports = { apps: [{ script: path.join(__dirname, 'one.js') }] };",
    );
    expect(child.read(folder, 'ecosystem.config.js').specs.map(({ name }) => name)).toEqual(['one']);
  });

  it('says that a mapping was taken for a list', () => {
    folder.write('map.yaml', 'apps:\n  api: { script: one.js }\n');
    expect(child.read(folder, 'map.yaml').notes).toEqual(['map.yaml: apps is a mapping; its keys are taken as names.']);
  });
});

describe('a config file that is code', () => {
  it("is evaluated anew with the caller's environment", () => {
    folder.write(
      'c.config.js',
      "let apps = [{ name: 'import-once', script: 'one.js' }];\nif (process.env.KEEP_RUNNING) apps = [{ name: 'ui', script: 'two.js' }, { ...apps[0], name: 'import' }];\nmodule.exports = { apps };",
    );
    expect(child.read(folder, 'c.config.js').specs.map(({ name }) => name)).toEqual(['import-once']);
    expect(child.read(folder, 'c.config.js', { KEEP_RUNNING: '1' }).specs.map(({ name }) => name)).toEqual(['ui', 'import']);
  });

  it('knows its own folder, and leaves out what a condition left empty', () => {
    folder.write('sub/one.js', '');
    folder.write(
      'sub/f.config.js',
      "const { join } = require('path');\nconst mk = (name, script, x = {}) => ({ cwd: __dirname, name, script, out_file: join(__dirname, 'logs', name + '.log'), ...x });\nmodule.exports = { apps: [mk('api', 'one.js'), process.env.STT && mk('stt', 'x.py'), null, false] };",
    );
    const { specs, errors } = child.read(folder, 'sub/f.config.js');
    expect(errors).toEqual([]);
    expect(specs.map(({ cwd, script, outFile }) => [cwd, script, outFile])).toEqual([
      [`${folder.root}/sub`, `${folder.root}/sub/one.js`, `${folder.root}/sub/logs/api.log`],
    ]);
  });

  it('knows its own address as an ES module', () => {
    folder.write(
      'm.config.mjs',
      "import { fileURLToPath } from 'node:url';\nexport default { apps: [{ script: 'one.js', cwd: fileURLToPath(new URL('.', import.meta.url)) }] };",
    );
    expect(child.read(folder, 'm.config.mjs').specs[0]?.cwd).toBe(folder.root);
  });

  it('prints to stderr, never to stdout', () => {
    folder.write(
      'p.config.cjs',
      "console.log('from console');\nprocess.stdout.write('from write\\n');\nmodule.exports = { apps: [{ script: 'one.js' }] };",
    );
    const { stdout, stderr, specs } = child.read(folder, 'p.config.cjs');
    expect(specs).toHaveLength(1);
    expect(stdout).toBe('');
    expect(stderr).toBe('from console\nfrom write\n');
  });

  it('gives its apps what it adds to process.env, as dotenv does', () => {
    folder.write(
      'd.config.cjs',
      "process.env.TOKEN = 'secret';\nmodule.exports = { apps: [{ script: 'one.js', env: { PORT: 1, ...{ PLAIN: true } } }] };",
    );
    expect(child.read(folder, 'd.config.cjs', { SHELL_VAR: 'x' }).specs[0]?.env).toMatchObject({
      TOKEN: 'secret',
      PORT: '1',
      PLAIN: 'true',
      SHELL_VAR: 'x',
    });
  });
});

/** What is wrong, file name, text, what the message must contain. */
const BROKEN: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'throws',
    'a.config.cjs',
    "const x = 1;\nthrow new Error('no token');",
    ['a.config.cjs: cannot be loaded: Error: no token, at ROOT/a.config.cjs:2:7', "throw new Error('no token');\n      ^"],
  ],
  [
    'throws as an ES module',
    'b.config.mjs',
    "import 'node:fs';\nnull.x;\nexport default {};",
    ['b.config.mjs: cannot be loaded: TypeError: Cannot read properties of null', 'at ROOT/b.config.mjs:2:6', 'null.x;\n     ^'],
  ],
  ['throws in a module it imports', 'c.config.cjs', "\nrequire('./broken.cjs')();", ['Error: inner, at ROOT/c.config.cjs:2:']],
  [
    'throws as TypeScript',
    'd.config.ts',
    "const x: number = 1;\nthrow new Error('typed');\nexport default x;",
    ['Error: typed', 'ROOT/d.config.ts:2:'],
  ],
  ['throws what is no error', 'e.config.cjs', "throw 'plain';", ['cannot be loaded: it throws "plain"']],
  [
    'has a syntax error in CommonJS',
    'f.config.cjs',
    'const x = 1;\nmodule.exports = { apps: [{ name: }] };',
    ['SyntaxError: Unexpected token', 'at ROOT/f.config.cjs:2:', '^'],
  ],
  [
    'has a syntax error as an ES module',
    'g.config.mjs',
    'export const x = 1;\nexport const apps = [{ name: }];',
    ['SyntaxError: Unexpected token', 'at ROOT/g.config.mjs:2:', '^'],
  ],
  [
    'imports a package that is not installed',
    'h.config.cjs',
    "require('not-there-at-all');",
    ["Cannot find module 'not-there-at-all'", 'at ROOT/h.config.cjs:1:'],
  ],
  [
    'imports a package that is not installed, as an ES module',
    'i.config.mjs',
    "import 'not-there-at-all';",
    ["Cannot find package 'not-there-at-all'"],
  ],
  ['exports nothing', 'j.config.cjs', '', ['j.config.cjs: has neither apps nor a script: it exports nothing; accepted: module.exports']],
  ['exports a function that returns none', 'k.config.cjs', 'module.exports = () => () => {};', ['it is a function']],
  [
    'exports a function that throws',
    'throws.config.cjs',
    "module.exports = () => {\n  throw new Error('no stage');\n};",
    ['Error: no stage, at ROOT/throws.config.cjs:2:'],
  ],
  ['has no apps in its list', 'l.config.cjs', 'module.exports = { apps: [] };', ['apps is an empty list']],
  ['has an app that is none', 'm.config.cjs', "module.exports = { apps: ['one.js'] };", ['apps[0] is a string, which is no app']],
  [
    'has junk inside JSON',
    'n.json',
    '{\n  "apps": [\n    { "name": "a" "script": "one.js" }\n  ]\n}',
    ['n.json: cannot be read: unexpected "\\""', 'at line 3, column 19', '    { "name": "a" "script": "one.js" }\n                  ^'],
  ],
  [
    'wants code evaluated in JSON',
    'o.json',
    '{ "name": process.env.NAME, "script": "one.js" }',
    ['process.env.NAME is not a value: JSON is data and is not evaluated', 'line 1, column 11'],
  ],
  ['is empty', 'p.json', '  \n', ['it is empty']],
  ['is broken YAML', 'q.yaml', 'apps:\n  - name: a\n    script: [one.js\n    args: b: c\n', ['q.yaml: cannot be read:', 'at line 4']],
  ['is empty YAML', 'r.yml', '# nothing\n', ['r.yml: cannot be read:']],
  ['is a number', 's.json', '42', ['must be an object with apps, a list of apps, or one app; it is a number']],
  ['is a package.json without apps', 'package.json', '{ "name": "x" }', ['package.json: has neither a pm2 nor an apps section']],
  ['does not exist', 'missing/ecosystem.config.js', '', ['there is no such file (ROOT/missing/ecosystem.config.js)']],
];

describe('a config file with a mistake', () => {
  it.each(BROKEN)('that %s is refused with its place', (_, name, text, parts) => {
    folder.write('broken.cjs', "module.exports = () => { throw new Error('inner'); };");
    if (!name.startsWith('missing')) folder.write(name, text);
    const { specs, errors } = child.read(folder, name);
    expect(specs).toEqual([]);
    expect(errors).toHaveLength(1);
    for (const part of parts) expect(errors[0]).toContain(part.replaceAll('ROOT', folder.root));
    expect(errors[0]).not.toMatch(/\n\s+at /);
  });

  it('is reported where a key is given twice in JSON and YAML', () => {
    folder.write('t.json', '{ "name": "a",\n"script": "one.js",\n"name": "b" }');
    folder.write('u.yaml', 'apps:\n  - name: a\n    script: one.js\n    name: b\n');
    const read = (name: string): unknown => {
      const { warnings, specs } = child.read(folder, name);
      return [warnings, specs.map((spec) => spec.name)];
    };
    expect(read('t.json')).toEqual([['t.json: name is given twice in one object (line 3); the last one counts.'], ['b']]);
    expect(read('u.yaml')).toEqual([['u.yaml: name is given twice in one object (line 4); the last one counts.'], ['b']]);
  });
});
