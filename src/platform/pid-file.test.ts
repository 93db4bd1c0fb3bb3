// Pid files: their names, and whose they are to remove.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pidFileOf } from '../model/pid-file.ts';
import { removePidFile, writePidFile } from './pid-file.ts';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-pid-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('a pid file', () => {
  it.each([
    ['/run/api.pid', '/run/api-3.pid'],
    ['/run/api', '/run/api-3'],
    ['/run/api.pid.d/x', '/run/api.pid.d/x-3'],
  ])('%s of instance 3 is %s', (file, expected) => {
    expect(pidFileOf(file, 3)).toBe(expected);
  });

  it('is written with its folders, and removed by whom it is about', () => {
    const file = path.join(folder, 'run/api-0.pid');
    expect(writePidFile(file, 42)).toBeNull();
    expect(fs.readFileSync(file, 'utf8')).toBe('42');
    removePidFile(file, 41);
    expect(fs.existsSync(file)).toBe(true);
    removePidFile(file, 42);
    expect(fs.existsSync(file)).toBe(false);
    removePidFile(file, 42);
  });

  it('that cannot be written is told, with the reason', () => {
    fs.writeFileSync(path.join(folder, 'file'), '');
    expect(writePidFile(path.join(folder, 'file/api.pid'), 1)).toMatch(/^its pid file .* cannot be written: /);
  });
});
