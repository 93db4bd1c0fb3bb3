// The home directory: found, made private, and refused with the reason where it cannot serve.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../model/errors.ts';
import { NFS_TYPE, checkSocketPath, resolveHome } from './paths.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function refusal(act: () => unknown): HoldfastError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError);
    return error as HoldfastError;
  }
  throw new Error('it was not refused');
}

describe('the home directory', () => {
  it('is HOLDFAST_HOME, else .holdfast in the home of the user', () => {
    expect(resolveHome({ HOLDFAST_HOME: join(folder, 'a'), HOME: '/nowhere' }).root).toBe(join(folder, 'a'));
    expect(resolveHome({ HOLDFAST_HOME: '', HOME: folder }).root).toBe(join(folder, '.holdfast'));
    expect(resolveHome({ HOLDFAST_HOME: `${relative(process.cwd(), folder)}/b/` }).root).toBe(join(folder, 'b'));
  });

  it('is made private, with its folders', () => {
    const home = resolveHome({ HOLDFAST_HOME: join(folder, 'deep', 'home') });
    expect([home.root, home.hosts, home.logs].map(modeOf)).toEqual(['700', '700', '700']);
    expect(resolveHome({ HOLDFAST_HOME: home.root })).toEqual(home);
  });

  it('is refused at once where nothing can be made, or a file is in the way', () => {
    const refused = (home: string): string => refusal(() => resolveHome({ HOLDFAST_HOME: home })).message;
    expect(refused('/proc/holdfast')).toBe('Cannot use the home directory /proc/holdfast: it does not exist (ENOENT).');
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(refused(file)).toBe(`Cannot use the home directory ${file}: it is a file.`);
    expect(refused(join(file, 'home'))).toBe(`Cannot use the home directory ${file}: it is a file.`);
  });

  it('is closed to others where it is ours, and left alone where it holds other things', () => {
    const ours = join(folder, 'ours');
    mkdirSync(join(ours, 'hosts'), { recursive: true });
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const foreign = join(folder, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'index.html'), '');
    for (const path of [ours, empty, foreign]) chmodSync(path, 0o755);
    for (const path of [ours, empty]) resolveHome({ HOLDFAST_HOME: path });
    expect(refusal(() => resolveHome({ HOLDFAST_HOME: foreign }))).toMatchObject({
      code: 'HOME_UNUSABLE',
      message: expect.stringContaining(foreign) as unknown,
    });
    expect([ours, empty, foreign].map(modeOf)).toEqual(['700', '700', '755']);
  });

  it('is refused when the paths of its sockets would be too long, with the path and its length', () => {
    const root = `/tmp/${'x'.repeat(100)}`;
    const error = refusal(() => resolveHome({ HOLDFAST_HOME: root }));
    expect(error.code).toBe('HOME_UNUSABLE');
    expect(error.message).toBe(`Cannot use the socket ${root}/daemon.sock: its path has 117 bytes, and 107 is the limit of Unix sockets.`);
    expect(error.hint).toContain('export HOLDFAST_HOME=');
  });

  it('is refused on NFS', () => {
    const error = refusal(() => resolveHome({ HOLDFAST_HOME: join(folder, 'a') }, () => NFS_TYPE));
    expect(error).toMatchObject({ code: 'HOME_UNUSABLE', message: `Cannot use the home directory ${folder}/a: it lies on NFS.` });
  });

  it('is refused where it cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(refusal(() => resolveHome({ HOLDFAST_HOME: join(folder, 'file', 'home') })).message).toContain('it is a file');
  });
});

it('counts the bytes of a socket path, not its characters', () => {
  checkSocketPath(`/${'x'.repeat(106)}`);
  expect(refusal(() => checkSocketPath(`/${'é'.repeat(54)}`)).message).toContain('109 bytes');
});
