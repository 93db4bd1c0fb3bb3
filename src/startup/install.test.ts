// Putting a unit into systemd and taking it out, with a folder and a systemctl of the test's own.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installUnit, removeUnit } from './install.ts';
import type { Systemd } from './install.ts';

let root: string;
let systemd: Systemd;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hf-'));
  systemd = { unitFolder: path.join(root, 'units'), bootedMark: path.join(root, 'booted'), systemctl: path.join(root, 'systemctl') };
  mkdirSync(systemd.unitFolder);
  mkdirSync(systemd.bootedMark);
  useSystemctl('exit 0');
});
afterEach(() => rmSync(root, { recursive: true }));

/** It notes how it was called, then does what the script says. */
function useSystemctl(script: string): void {
  writeFileSync(systemd.systemctl, `#!/bin/sh\necho "$@" >> ${root}/calls\n${script}\n`);
  chmodSync(systemd.systemctl, 0o755);
}

const calls = (): string[] => readFileSync(path.join(root, 'calls'), 'utf8').trim().split('\n');
const unit = (): string => path.join(systemd.unitFolder, 'holdfast-deploy.service');

it('writes the unit, has systemd read it and enables it; writing it again replaces it', () => {
  installUnit(systemd, 'holdfast-deploy', '[Unit]\n');
  expect(readFileSync(unit(), 'utf8')).toBe('[Unit]\n');
  expect(statSync(unit()).mode & 0o133).toBe(0);
  expect(calls()).toEqual(['daemon-reload', 'enable holdfast-deploy.service']);
  installUnit(systemd, 'holdfast-deploy', '[Service]\n');
  expect(readFileSync(unit(), 'utf8')).toBe('[Service]\n');
  expect(readdirSync(systemd.unitFolder)).toEqual(['holdfast-deploy.service']);
});

it('only enables it where systemd does not run, as in an image that is being built', () => {
  rmSync(systemd.bootedMark, { recursive: true });
  installUnit(systemd, 'holdfast-deploy', '');
  expect(calls()).toEqual(['enable holdfast-deploy.service']);
});

it('names the file where there is no systemctl', () => {
  rmSync(systemd.systemctl);
  expect(() => installUnit(systemd, 'holdfast-deploy', '')).toThrow(
    `Cannot set up startup in ${unit()}: systemctl daemon-reload cannot be run`,
  );
});

it('says what systemctl says', () => {
  useSystemctl('echo "Failed to enable unit:\n  it is masked" >&2; exit 3');
  expect(() => installUnit(systemd, 'holdfast-deploy', '')).toThrow(
    `Cannot set up startup in ${unit()}: systemctl daemon-reload ended with code 3 (Failed to enable unit: it is masked). What was written so far stays.`,
  );
});

it('names the file where the folder cannot be written to', () => {
  rmSync(systemd.unitFolder, { recursive: true });
  expect(() => installUnit(systemd, 'holdfast-deploy', '')).toThrow(`Cannot set up startup in ${unit()}: `);
});

it('disables the unit, removes it and has systemd forget it', () => {
  installUnit(systemd, 'holdfast-deploy', '');
  expect(removeUnit(systemd, 'holdfast-deploy')).toBe(true);
  expect(existsSync(unit())).toBe(false);
  expect(calls().slice(2)).toEqual(['disable holdfast-deploy.service', 'daemon-reload']);
  expect(removeUnit(systemd, 'holdfast-deploy')).toBe(false);
});
