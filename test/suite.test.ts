// How `npm test` counts: nothing that went wrong may end as zero failures.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sumUp } from '../scripts/suite.mjs';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

function reportOf(fields: object): string {
  const file = path.join(folder, 'report.json');
  fs.writeFileSync(
    file,
    JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...fields }),
  );
  return file;
}

it('takes over what vitest counted', () => {
  expect(sumUp(reportOf({ numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }), 1)).toEqual({ passed: 3, failed: 2, skipped: 2 });
  expect(sumUp(reportOf({}), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
});

it('counts a file that could not be loaded as a failure of its own', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
  expect(sumUp(reportOf({ numFailedTests: 1, testResults: [broken, failing] }), 1)).toMatchObject({ failed: 2 });
});

it('counts an error outside every test, a killed run and a missing report as one failure', () => {
  expect(sumUp(reportOf({}), 1)).toMatchObject({ passed: 3, failed: 1 });
  expect(sumUp(reportOf({}), null)).toMatchObject({ failed: 1 });
  expect(sumUp(path.join(folder, 'absent.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
