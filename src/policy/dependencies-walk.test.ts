// Random lists of apps, random lives of their instances: whatever happens, nobody is started too early, and nobody waits for what cannot come.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayStart } from './dependencies.ts';
import type { Dependency, DependencyState, SeenInstance } from './dependencies.ts';

const CONDITIONS = ['ready', 'started', 'healthy', 'exited-ok'] as const;
/** What becomes of an app once it is started, step by step; the last step stays. */
const LIVES = {
  serves: ['starting', 'online', 'healthy'],
  'crashes first': ['starting', 'backoff', 'starting', 'online', 'healthy'],
  'is given up': ['starting', 'backoff', 'errored'],
  'ends well': ['starting', 'online', 'ended-0'],
  'ends badly': ['starting', 'online', 'ended-1'],
} as const;
type Life = keyof typeof LIVES;
type Step = (typeof LIVES)[Life][number];

interface App {
  readonly name: string;
  readonly life: Life;
  readonly needs: readonly Dependency[];
  fate: 'left' | 'started' | 'refused';
  at: number;
}

/** An app depends only on those before it, so there is no circle. */
const anyApps: fc.Arbitrary<readonly App[]> = fc
  .array(
    fc.record({
      life: fc.constantFrom(...(Object.keys(LIVES) as Life[])),
      needs: fc.array(fc.record({ of: fc.nat(9), condition: fc.constantFrom(...CONDITIONS) }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((apps) =>
    apps.map(({ life, needs }, index) => ({
      name: `app${index}`,
      life,
      needs: index === 0 ? [] : needs.map(({ of, condition }) => ({ app: `app${of % index}`, condition })),
      fate: 'left' as const,
      at: 0,
    })),
  );

const stepOf = (app: App): Step => LIVES[app.life][app.at]!;

function instanceOf(step: Step): SeenInstance {
  const up = { goal: 'up', healthy: false, readiness: null, liveness: null, tally: [], lives: true, supervised: true } as const;
  const down = { ...up, goal: 'down', lives: false } as const;
  const exit = (code: number): SeenInstance => ({
    ...down,
    phase: { kind: 'stopped', finished: 'autorestart-off' },
    tally: [{ at: 1, exit: { code, signal: null, error: null, launchError: null }, uptimeMs: 1, pid: 1 }],
  });
  switch (step) {
    case 'starting':
      return { ...up, phase: { kind: 'starting' } };
    case 'online':
      return { ...up, phase: { kind: 'online' } };
    case 'healthy':
      return { ...up, phase: { kind: 'online' }, healthy: true };
    case 'backoff':
      return { ...up, phase: { kind: 'backoff', untilMs: 1 }, lives: false };
    case 'errored':
      return { ...down, phase: { kind: 'errored', reason: 'unstable-runs', crashes: 2, spanMs: 1 } };
    case 'ended-0':
      return exit(0);
    case 'ended-1':
      return exit(1);
    default:
      return step satisfies never;
  }
}

function stateOf(app: App): DependencyState {
  if (app.fate !== 'started') return { kind: app.fate === 'left' ? 'waiting' : 'refused' };
  return { kind: 'seen', spec: { mode: 'fork', waitReady: false, readiness: null }, instances: [instanceOf(stepOf(app))] };
}

/** What each condition is about, said once more and in another way. */
const HOLDS: Readonly<Record<Dependency['condition'], readonly Step[]>> = {
  started: ['starting', 'online', 'healthy', 'ended-0'],
  ready: ['healthy'],
  healthy: ['healthy'],
  'exited-ok': ['ended-0'],
};

it('starts an app only while all it depends on is there, refuses it only when that cannot come, and ends with every app', () => {
  fc.assert(
    fc.property(anyApps, fc.array(fc.nat(), { maxLength: 60 }), (apps, turns) => {
      const find = (name: string): App => apps.find((app) => app.name === name)!;
      const decide = (app: App): void => {
        if (app.fate !== 'left') return;
        const permission = mayStart(app.needs, (name) => stateOf(find(name)));
        if (permission.kind === 'wait') return expect(permission.for.length).toBeGreaterThan(0);
        if (permission.kind === 'yes')
          for (const { app: name, condition } of app.needs) expect(HOLDS[condition]).toContain(stepOf(find(name)));
        // Whatever it goes on to, it never comes to what is needed.
        else expect(app.needs.some(({ app: name, condition }) => isHopeless(find(name), condition))).toBe(true);
        app.fate = permission.kind === 'yes' ? 'started' : 'refused';
      };
      const live = (app: App): void => {
        if (app.fate === 'started' && app.at < LIVES[app.life].length - 1) app.at += 1;
      };
      for (const turn of turns) {
        live(apps[turn % apps.length]!);
        decide(apps[(turn >> 3) % apps.length]!);
      }
      // Time goes on for all of them until nothing changes any more.
      for (let round = 0; round < 60; round += 1) {
        for (const app of apps) decide(app);
        for (const app of apps) live(app);
      }
      for (const app of apps) {
        const waits = app.fate === 'left' ? app.needs : [];
        // Only for an end that does not come is somebody left waiting: a time limit is for that.
        if (app.fate === 'left') expect(waits.some((need) => isEndless(find(need.app), need, find))).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

function isHopeless(app: App, condition: Dependency['condition']): boolean {
  if (app.fate === 'refused') return true;
  return !LIVES[app.life].slice(app.at).some((step) => HOLDS[condition].includes(step));
}

/** A service never ends; nor do those that wait for it. */
function isEndless(app: App, { condition }: Dependency, find: (name: string) => App): boolean {
  if (app.fate === 'left') return app.needs.some((need) => isEndless(find(need.app), need, find));
  return condition === 'exited-ok' && stepOf(app) === 'healthy';
}
