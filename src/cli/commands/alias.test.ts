// alias: the link called pm2, and what it never replaces.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../../test/run-cli.ts';
import type { CliResult } from '../../../test/run-cli.ts';

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hf-')));
  fs.mkdirSync(path.join(root, 'bin'));
  fs.writeFileSync(path.join(root, 'cli.cjs'), '');
  fs.symlinkSync('../cli.cjs', path.join(root, 'bin/holdfast'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const alias = (...words: string[]): Promise<CliResult> => runCli(['alias', ...words], { programPath: path.join(root, 'bin/holdfast') });
const link = (): string => path.join(root, 'bin/pm2');

it('is a link beside the command, made once and taken away again', async () => {
  for (let time = 0; time < 2; time += 1)
    expect(await alias('install')).toEqual({ code: 0, stdout: `[holdfast] ${link()} is Holdfast now\n`, stderr: '' });
  expect(fs.readlinkSync(link())).toBe('holdfast');
  expect(fs.readdirSync(path.join(root, 'bin'))).toEqual(['holdfast', 'pm2']);
  for (let time = 0; time < 2; time += 1)
    expect(await alias('uninstall')).toEqual({ code: 0, stdout: `[holdfast] there is no alias ${link()} any more\n`, stderr: '' });
  expect(fs.existsSync(link())).toBe(false);
});

it('replaces another pm2 only by force, and never removes one', async () => {
  fs.writeFileSync(link(), 'PM2');
  expect(await alias('install')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`Cannot install the alias: ${link()} is there, and is not Holdfast.\n`),
  });
  expect(await alias('uninstall')).toMatchObject({ code: 1 });
  expect(fs.readFileSync(link(), 'utf8')).toBe('PM2');
  expect(await alias('install', '--force')).toMatchObject({ code: 0 });
  expect(fs.readlinkSync(link())).toBe('holdfast');
});

it('says what it cannot do', async () => {
  expect(await alias('update')).toMatchObject({ code: 1, stderr: expect.stringContaining('there are install and uninstall') });
  fs.rmSync(path.join(root, 'bin/holdfast'));
  expect(await alias('install')).toMatchObject({ code: 1, stderr: expect.stringContaining(`there is no holdfast in ${root}/bin`) });
});
