// How `npm test` counts: nothing that went wrong may end as zero failures.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failedFiles, sumUp, withSecondTry } from '../scripts/suite.mjs';
import type { Sum } from '../scripts/suite.mjs';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

type Status = 'passed' | 'failed' | 'skipped' | 'todo';

/** A file as vitest reports it: `a 0`, `a 1` are its tests. */
function file(name: string, tests: readonly Status[], status = tests.includes('failed') ? 'failed' : 'passed'): object {
  return {
    name: `/e2e/${name}.test.ts`,
    status,
    assertionResults: tests.map((one, index) => ({ fullName: `${name} ${index}`, status: one })),
  };
}

function reportOf(...testResults: object[]): string {
  const report = path.join(folder, 'report.json');
  fs.writeFileSync(report, JSON.stringify({ testResults }));
  return report;
}

const GOOD = file('good', ['passed', 'passed', 'passed']);

it('takes over what vitest counted', () => {
  expect(sumUp(reportOf(GOOD, file('a', ['failed', 'failed', 'skipped', 'todo'])), 1)).toMatchObject({ passed: 3, failed: 2, skipped: 2 });
  expect(sumUp(reportOf(GOOD), 0)).toMatchObject({ passed: 3, failed: 0, skipped: 0 });
});

it('counts a file that could not be loaded as a failure of its own', () => {
  const sum = sumUp(reportOf(file('broken', [], 'failed'), file('failing', ['failed'])), 1);
  expect(sum).toMatchObject({ passed: 0, failed: 2 });
  expect(failedFiles(sum)).toEqual(['/e2e/broken.test.ts', '/e2e/failing.test.ts']);
});

it('counts an error outside every test, a killed run and a missing report as one failure', () => {
  expect(sumUp(reportOf(GOOD), 1)).toMatchObject({ passed: 3, failed: 1 });
  expect(sumUp(reportOf(GOOD), null)).toMatchObject({ failed: 1 });
  expect(sumUp(path.join(folder, 'absent.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0, files: [] });
});

describe('a second try', () => {
  const first = (...files: object[]): Sum => sumUp(reportOf(...files), 1);

  it('counts what passes then, and names what failed at first', () => {
    const sum = withSecondTry(first(GOOD, file('a', ['passed', 'failed'])), sumUp(reportOf(file('a', ['passed', 'passed'])), 0));
    expect(sum).toMatchObject({ passed: 5, failed: 0, skipped: 0, lucky: ['a 1'] });
  });

  it('counts what fails again, and what fails only now', () => {
    const sum = withSecondTry(first(GOOD, file('a', ['failed', 'failed', 'passed'])), first(file('a', ['failed', 'passed', 'failed'])));
    expect(sum).toMatchObject({ passed: 4, failed: 2, lucky: ['a 1'] });
  });

  it('is one for a file that could not be loaded too', () => {
    const broken = file('a', [], 'failed');
    expect(withSecondTry(first(GOOD, broken), sumUp(reportOf(file('a', ['passed'])), 0))).toMatchObject({
      passed: 4,
      failed: 0,
      lucky: ['a.test.ts'],
    });
    expect(withSecondTry(first(GOOD, broken), first(broken))).toMatchObject({ passed: 3, failed: 1, lucky: [] });
  });

  it('never makes nothing of a failure: a file that was not run again has failed, and so has an error outside every test', () => {
    const failing = first(GOOD, file('a', ['failed', 'failed']));
    expect(withSecondTry(failing, sumUp(path.join(folder, 'absent.json'), null))).toMatchObject({ passed: 3, failed: 2, lucky: [] });
    expect(withSecondTry(failing, sumUp(reportOf(), 0))).toMatchObject({ passed: 3, failed: 2, lucky: [] });
    expect(withSecondTry(failing, first(file('a', ['passed', 'passed'])))).toMatchObject({ passed: 5, failed: 1 });
  });
});
