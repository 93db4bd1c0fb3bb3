// Where files really are, for every kind of link and of script.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { specOf } from '../../test/spec.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { missingPath, resolvePaths, resolveWhatIsThere } from './resolve-paths.ts';

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hfr-')));
  fs.mkdirSync(path.join(folder, 'r1'));
  fs.writeFileSync(path.join(folder, 'r1', 'app.js'), '');
  fs.symlinkSync('r1', path.join(folder, 'current'));
  fs.symlinkSync('app.js', path.join(folder, 'r1', 'main'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const at = (...names: string[]): string => path.join(folder, ...names);
const spec = (script: string, differs: Partial<AppSpec> = {}): AppSpec => specOf({ name: 'web', cwd: at('current'), script, ...differs });

describe('files that are there', () => {
  it('are found behind links, of the folder and of the script itself', () => {
    expect(resolvePaths('reload', spec(at('current', 'main')))).toEqual({ cwd: at('r1'), script: at('r1', 'app.js') });
  });

  it('keep their name where they are programs: some look at it', () => {
    expect(resolvePaths('reload', spec(at('current', 'main'), { interpreter: 'none' })).script).toBe(at('r1', 'main'));
  });

  it('may be programs to be found in PATH', () => {
    const paths = resolvePaths('reload', spec('sleep', { interpreter: 'none' }));
    expect([paths.script, missingPath(paths)]).toEqual(['sleep', null]);
  });
});

describe('files that are not there', () => {
  it.each([
    ['its script', () => spec(at('current', 'no.js')), () => `its script ${at('current', 'no.js')} is not there`],
    ['its folder', () => spec('sh', { cwd: at('no') }), () => `its folder ${at('no')} is not there`],
    ['a link', () => spec(at('dead')), () => `its script ${at('dead')} is a link to gone, which is not there`],
    ['a file in the way', () => spec(at('r1', 'app.js', 'x')), () => `its script ${at('r1', 'app.js', 'x')} is not there`],
  ] as const)('are refused: %s', (_, of, reason) => {
    fs.symlinkSync('gone', at('dead'));
    expect(() => resolvePaths('reload', of())).toThrow(
      expect.objectContaining({ code: 'CONFIG_NOT_FOUND', message: `Cannot reload web: ${reason()}.` }),
    );
  });

  it('come with a command that can be typed', () => {
    expect(() => resolvePaths('reload', spec("/it's gone.js"))).toThrow(
      expect.objectContaining({ hint: String.raw`ls -l '/it'\''s gone.js'` }),
    );
  });

  it('stay as they are where that is no reason to refuse', () => {
    expect(resolveWhatIsThere(spec('/no/app.js'))).toEqual({ cwd: at('r1'), script: '/no/app.js' });
    expect(missingPath({ cwd: at('r1'), script: '/no/app.js' })).toBe('/no/app.js');
    expect(missingPath({ cwd: '/no', script: '/no/app.js' })).toBe('/no');
  });
});
