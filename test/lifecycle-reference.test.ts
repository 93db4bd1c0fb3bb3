// The committed reference of the lifecycle is what the code says. UPDATE_DOCS=1 writes it anew.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { printLifecycle, printReasons } from './lifecycle-reference.ts';

const folder = path.resolve(import.meta.dirname, '../docs/reference');

it.each([
  ['lifecycle.md', printLifecycle],
  ['reasons.md', printReasons],
])('docs/reference/%s is what the code says', (name, print) => {
  const file = path.join(folder, name);
  if (process.env['UPDATE_DOCS'] === '1') {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, print());
  }
  expect(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 'missing: write it with UPDATE_DOCS=1').toBe(print());
});
