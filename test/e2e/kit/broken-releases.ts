// Releases that do not work, each in its own way, with the reason by which a deploy of them has to fail.
import type { RolloutFailure } from '../../../src/model/rollout.ts';
import type { Program } from './deploy.ts';

/** A way not to work. */
export interface BrokenRelease {
  readonly what: string;
  readonly program: Program;
  readonly reason: RolloutFailure;
  /** One of the successor's last lines. */
  readonly says: string;
  /** What this kind needs to be noticed. */
  readonly settings?: object;
}

/** Of an app that tells by its root whether it is ready. */
export const READINESS = { health: { readiness: { http: '/', interval: 100, timeout: 1000, failures: 1, start_period: 0 } } };

/** All kinds that the issue of deploys names. */
export const BROKEN_RELEASES: readonly BrokenRelease[] = [
  { what: 'crashes at its start', program: { fixture: 'releases/crashes-at-start.cjs' }, reason: 'crashed', says: 'no database' },
  { what: 'has a syntax error', program: { text: 'const answer = ;\n' }, reason: 'crashed', says: "SyntaxError: Unexpected token ';'" },
  {
    what: 'is an ES module that fails to import',
    program: { text: "import './there-is-no-such-file.js';\n", type: 'module' },
    reason: 'crashed',
    says: 'ERR_MODULE_NOT_FOUND',
  },
  {
    what: 'never listens',
    program: { fixture: 'releases/never-listens.cjs' },
    reason: 'not-ready',
    says: 'waiting for a database',
    settings: { listen_timeout: 1000 },
  },
  {
    what: 'listens but its probe fails',
    program: { fixture: 'releases/not-ready.cjs' },
    reason: 'probe-failed',
    says: 'database is away',
    settings: { ...READINESS, listen_timeout: 2000 },
  },
  {
    what: 'works for 3 s and then crashes within bake_time',
    program: { fixture: 'releases/crashes-later.cjs' },
    reason: 'crashed-while-baking',
    says: 'out of licences',
    settings: { bake_time: 6000 },
  },
];
