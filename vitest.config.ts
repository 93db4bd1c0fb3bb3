// Two kinds of tests: `unit` (many to a thread, beside the code) and `e2e` (real processes of the built product, few files at a time).
import { randomBytes } from 'node:crypto';
import { defineConfig } from 'vitest/config';

// Every process that a test starts inherits this; scripts/test.mjs looks for survivors by it when all is over.
process.env['HOLDFAST_TEST_RUN'] ??= randomBytes(4).toString('hex');
// Costs every start of Node 20 more than 50 ms where it is set, and no test needs it.
delete process.env['NODE_EXTRA_CA_CERTS'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts'],
          pool: 'threads',
          isolate: false,
          // Far more than any takes by itself: it only ends what hangs, on a machine that is busy with something else too.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          maxWorkers: 3,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['test/e2e/kit/global-setup.ts'],
        },
      },
    ],
  },
});
