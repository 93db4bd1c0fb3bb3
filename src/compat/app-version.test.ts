// The version of the package that a script belongs to.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { versionOf } from './app-version.ts';

it('is that of the nearest package.json; null where there is none, it has none or is broken', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  const manifest = path.join(folder, 'package.json');
  const script = path.join(folder, 'dist/app.js');
  try {
    fs.writeFileSync(manifest, '{ "version": "1.2.3" }');
    expect(versionOf(script)).toBe('1.2.3');
    fs.writeFileSync(manifest, '{}');
    expect(versionOf(script)).toBeNull();
    fs.writeFileSync(manifest, '{');
    expect(versionOf(script)).toBeNull();
    expect(versionOf('/bin/sleep')).toBeNull();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
