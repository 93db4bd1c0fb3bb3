// `init` in a real folder: what it writes can be read by the config stage, and nothing is overwritten.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/run-cli.ts';
import { readNames } from '../../config/specs.ts';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-init-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

const init = (...words: string[]): ReturnType<typeof runCli> => runCli(['init', ...words], { cwd: folder });
const namesIn = async (file: string): Promise<readonly string[]> =>
  (
    await readNames({
      targets: [file],
      flags: {},
      scriptArgs: [],
      callerCwd: folder,
      nodePath: process.execPath,
      readInput: () => Promise.resolve(''),
    })
  ).names;

describe('init', () => {
  it.each([
    [[], 'api'],
    [['simple'], 'app'],
  ])('%j writes a file that can be started', async (words, name) => {
    expect(await init(...words)).toEqual({
      code: 0,
      stdout: '[holdfast] wrote ecosystem.config.js: say in it what your app is, then: holdfast start\n',
      stderr: '',
    });
    expect(await namesIn('ecosystem.config.js')).toEqual([name]);
  });

  it('writes a .cjs where .js files are ES modules', async () => {
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    await init();
    expect(await namesIn('ecosystem.config.cjs')).toEqual(['api']);
  });

  it('leaves a file that is there, unless forced', async () => {
    const file = path.join(folder, 'ecosystem.config.js');
    fs.writeFileSync(file, 'mine');
    const refused = await init();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Cannot write ecosystem.config.js: it is there already.');
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    expect((await init('--force')).code).toBe(0);
  });

  it('knows only one short form', async () => {
    expect((await init('fancy')).stderr).toContain('Cannot write a configuration "fancy": there is only simple.');
  });
});
