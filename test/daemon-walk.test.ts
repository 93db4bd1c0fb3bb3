// Whatever is asked of an app, however its rollouts go and whenever the daemon is killed: in the end the list is what the host runs.
import fs from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appSpec, createDaemonKit, until } from './daemon-kit.ts';
import type { DaemonKit } from './daemon-kit.ts';
import type { FakeRollout } from './fake-rollout.ts';
import type { OperationRequest } from '../src/model/api.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import type { OperationView } from '../src/model/view.ts';

/** Long enough for all of them on a machine that has time. */
const WALKING_MS = 30_000;
const spec = (version: number, instances: number): AppSpec => appSpec('web', { instances, args: [String(version)] });
const version = fc.integer({ min: 1, max: 4 });
const count = fc.integer({ min: 1, max: 4 });
const target = fc.constantFrom('web', 'all', '0', '1');

const request: fc.Arbitrary<OperationRequest> = fc.oneof(
  fc
    .tuple(version, count)
    .map(([of, instances]): OperationRequest => ({ action: 'apply', specs: [spec(of, instances)], existing: 'reload' })),
  fc
    .tuple(version, count)
    .map(([of, instances]): OperationRequest => ({ action: 'apply', specs: [spec(of, instances)], existing: 'restart' })),
  target.map((one): OperationRequest => ({ action: 'reload', targets: [one] })),
  count.map((of): OperationRequest => ({ action: 'scale', app: 'web', count: of })),
  fc.constant<OperationRequest>({ action: 'rollback', app: 'web' }),
  version.map((to): OperationRequest => ({ action: 'rollback', app: 'web', to })),
  fc
    .tuple(fc.constantFrom('start' as const, 'stop' as const, 'restart' as const), target)
    .map(([action, one]): OperationRequest => ({ action, targets: [one] })),
);
type Step =
  | { kind: 'ask'; request: OperationRequest; outcome: Outcome }
  | { kind: 'end'; outcome: 'succeed' | 'fail' }
  | { kind: 'restart' };
type Outcome = 'succeed' | 'fail' | 'hold';
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), request, outcome: fc.constantFrom<Outcome>('succeed', 'fail', 'hold') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), outcome: fc.constantFrom('succeed' as const, 'fail' as const) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** One walk; what was asked and not refused has ended after it. */
async function walk(kit: DaemonKit, steps: readonly Step[]): Promise<void> {
  let held: FakeRollout[] = [];
  const asked: string[] = [];
  const release = (outcome: 'succeed' | 'fail'): void => {
    for (const rollout of held.filter((one) => one.state.phase === 'running')) rollout[outcome]();
    held = [];
  };
  const operations = async (): Promise<readonly OperationView[]> => (await Promise.all(asked.map(look))).filter((one) => one !== null);
  const look = async (id: string): Promise<OperationView | null> => {
    try {
      for await (const update of kit.client.watch(id)) if (update.type === 'operation') return update.operation;
    } catch {
      // A daemon that came back knows nothing of what its predecessor was asked.
    }
    return null;
  };
  for (const one of steps) {
    if (one.kind === 'end') release(one.outcome);
    if (one.kind === 'restart') {
      // The old one lives on in this process: what it does in the middle of something a killed one would not do.
      await until('nothing but rollouts is under way', async () => (await operations()).every(isAtRest));
      await kit.leave();
      await kit.start();
    }
    if (one.kind !== 'ask') continue;
    const { outcome } = one;
    kit.rollOut((rollout) => (outcome === 'hold' ? void held.push(rollout) : rollout[outcome]()));
    const operation = await kit.client.operate(one.request).catch(() => null);
    if (operation !== null) asked.push(operation.id);
  }
  kit.rollOut((rollout) => rollout.succeed());
  await until('all has ended', async () => {
    release('succeed');

    return (
      (await operations()).every((one) => one.state !== 'running') &&
      (await kit.client.apps()).apps.every((app) => app.rollout?.phase !== 'running')
    );
  });
}

function isAtRest({ state, waitsFor, rollouts }: OperationView): boolean {
  return state !== 'running' || waitsFor !== null || rollouts.some(({ rollout }) => rollout.phase === 'running');
}

interface Listed {
  readonly spec: AppSpec;
  readonly slots: readonly { readonly slot: number; readonly id: number; readonly goal: string }[];
  readonly release: { readonly number: number };
}

async function check(kit: DaemonKit): Promise<void> {
  const host = kit.hosts.get('web')!;
  await until('the list is what the host runs', () => {
    const [app] = (JSON.parse(fs.readFileSync(kit.home.state, 'utf8')) as { apps: readonly Listed[] }).apps;
    const wanted = app!.slots.toSorted((a, b) => a.slot - b.slot).map(({ slot, id, goal }) => `${slot} ${id} ${goal}`);
    const rows = host.rows('web').toSorted((a, b) => a.slot - b.slot);
    const { number, spec: known } = host.release('web');
    return (
      wanted.join() === rows.map(({ slot, id, goal }) => `${slot} ${id} ${goal}`).join() &&
      app!.spec.instances === rows.length &&
      app!.release.number === number &&
      app!.spec.args.join() === known.args.join()
    );
  });
  const [view] = (await kit.client.apps()).apps;
  expect(view!.releases.filter((one) => one.current)).toHaveLength(1);
  expect(kit.defects).toEqual([]);
}

it('the list and the host agree after every walk', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const kit = await createDaemonKit();
      try {
        await kit.operate({ action: 'apply', specs: [spec(0, 2)], existing: 'refuse' });
        await walk(kit, steps);
        await check(kit);
      } finally {
        await kit.dispose();
      }
    }),
    // On a busy machine fewer walks, not less time for each.
    { numRuns: Number(process.env['WALKS'] ?? 25), endOnFailure: true, interruptAfterTimeLimit: WALKING_MS, markInterruptAsFailure: false },
  );
}, 180_000);
