// What a returning daemon does with each app, for every way in which the wanted and the found can differ.
import { describe, expect, it } from 'vitest';
import type { AppSpec } from '../model/app-spec.ts';
import type { Goal, Phase } from '../model/instance.ts';
import { reconcile } from './reconcile.ts';
import type { DesiredApp, Memory, ObservedApp, ObservedRow, Orphan, ReconcileCommand } from './reconcile.ts';

const STOPPED: Phase = { kind: 'stopped', finished: null };
const ERRORED: Phase = { kind: 'errored', reason: 'unstable-runs', crashes: 3, spanMs: 10 };

// Only the name of a spec is ever read here; the rest is passed on as it is.
const specOf = (name: string): AppSpec => ({ name, script: `/srv/${name}.js` }) as AppSpec;
const wanted = (...goals: readonly Goal[]): DesiredApp => ({
  spec: specOf('api'),
  slots: goals.map((goal, slot) => ({ slot, id: slot + 10, goal })),
  waiting: null,
});
const row = (slot: number, goal: Goal = 'up', phase: Phase = goal === 'up' ? { kind: 'online' } : STOPPED): ObservedRow => ({
  slot,
  id: slot + 10,
  role: 'current',
  goal,
  phase,
});
const orphan = (slot: number): Orphan => ({ slot, id: slot + 10, process: { pid: 100 + slot, startTime: '7' } });
const supervised = (...rows: readonly ObservedRow[]): ObservedApp => ({ kind: 'supervised', app: 'api', rows });
const orphaned = (...slots: readonly number[]): ObservedApp => ({
  kind: 'orphaned',
  app: 'api',
  orphans: slots.map(orphan),
  adoptable: false,
});
const adoptable = (...slots: readonly number[]): ObservedApp => ({
  kind: 'orphaned',
  app: 'api',
  orphans: slots.map(orphan),
  adoptable: true,
});
const run = (desired: readonly DesiredApp[], observed: readonly ObservedApp[], memory: Memory = 'complete'): readonly ReconcileCommand[] =>
  reconcile({ desired, observed, memory });

const TWO_SLOTS = [
  { slot: 0, id: 10 },
  { slot: 1, id: 11 },
];

describe('an app whose host lives', () => {
  it('is adopted as it is when it runs the wanted slots', () => {
    expect(run([wanted('up', 'down')], [supervised(row(0), row(1, 'down'))])).toEqual([{ kind: 'adopt', app: 'api', start: [], stop: [] }]);
  });

  it('is brought to the saved goals where the daemon died before it could tell the host', () => {
    expect(run([wanted('up', 'down')], [supervised(row(0, 'down'), row(1, 'up'))])).toEqual([
      { kind: 'adopt', app: 'api', start: [0], stop: [1] },
    ]);
  });

  it('is not started again where the restart policy ended it', () => {
    const finished: Phase = { kind: 'stopped', finished: 'stop-exit-code' };
    expect(run([wanted('up', 'up')], [supervised(row(0, 'down', ERRORED), row(1, 'down', finished))])).toEqual([
      { kind: 'adopt', app: 'api', start: [], stop: [] },
    ]);
  });

  it('is left alone where it waits for a second chance, and loses it where it was stopped meanwhile', () => {
    const waiting = supervised(row(0, 'down', { ...ERRORED, retryMs: 60_000 }));
    expect(run([wanted('up')], [waiting])).toEqual([{ kind: 'adopt', app: 'api', start: [], stop: [] }]);
    expect(run([wanted('down')], [waiting])).toEqual([{ kind: 'adopt', app: 'api', start: [], stop: [0] }]);
  });

  it('is started where a stop is still under way but up is wanted', () => {
    const stopping: Phase = { kind: 'stopping', escalated: false };
    expect(run([wanted('up')], [supervised(row(0, 'down', stopping))])).toEqual([{ kind: 'adopt', app: 'api', start: [0], stop: [] }]);
  });

  it('gets the slots that it lacks, and only those that are wanted up are started', () => {
    expect(run([wanted('up', 'up')], [supervised(row(0))])).toEqual([
      { kind: 'apply-missing-slots', spec: specOf('api'), slots: TWO_SLOTS, start: [1], stop: [] },
    ]);
    expect(run([wanted('up', 'down')], [supervised(row(0))])).toMatchObject([{ kind: 'apply-missing-slots', start: [], stop: [] }]);
  });

  it('loses slots that were scaled away', () => {
    expect(run([wanted('up')], [supervised(row(0), row(1))])).toEqual([
      { kind: 'apply-missing-slots', spec: specOf('api'), slots: [{ slot: 0, id: 10 }], start: [], stop: [] },
    ]);
  });

  it('gets all its slots where the host never heard of it', () => {
    expect(run([wanted('up', 'up')], [supervised()])).toMatchObject([{ kind: 'apply-missing-slots', slots: TWO_SLOTS, start: [0, 1] }]);
  });

  it('is judged by the current instance while a successor is on its way, and a leaving one holds no slot', () => {
    const successor: ObservedRow = { ...row(0), role: 'successor', phase: { kind: 'starting' } };
    const leaving: ObservedRow = { ...row(0, 'down', { kind: 'draining' }), role: 'leaving' };
    expect(run([wanted('up')], [supervised(row(0), successor)])).toEqual([{ kind: 'adopt', app: 'api', start: [], stop: [] }]);
    expect(run([wanted('up')], [supervised(row(0), leaving)])).toEqual([{ kind: 'adopt', app: 'api', start: [], stop: [] }]);
    expect(run([wanted('up')], [supervised(leaving)])).toMatchObject([{ kind: 'apply-missing-slots', start: [0] }]);
  });
});

describe('an app whose host died', () => {
  it('is left alone while a wanted instance lives', () => {
    expect(run([wanted('up', 'up')], [orphaned(1)])).toEqual([{ kind: 'leave-unsupervised', app: 'api', orphans: [orphan(1)] }]);
  });

  it('gets a new host that goes on with its instances where that can be', () => {
    expect(run([wanted('up', 'up')], [adoptable(1)])).toMatchObject([{ kind: 'start-host-and-apply', start: [0, 1] }]);
  });

  it('gets a new host that ends the leftovers where only unwanted ones live', () => {
    expect(run([wanted('up', 'down')], [orphaned(1)])).toEqual([
      { kind: 'start-host-and-apply', spec: specOf('api'), slots: TWO_SLOTS, start: [0], orphans: [orphan(1).process] },
    ]);
  });

  it('gets a new host when nobody lives', () => {
    const command = { kind: 'start-host-and-apply', spec: specOf('api'), slots: TWO_SLOTS, start: [0, 1], orphans: [] };
    expect(run([wanted('up', 'up')], [{ kind: 'gone', app: 'api' }])).toEqual([command]);
    expect(run([wanted('up', 'up')], [])).toEqual([command]);
  });

  it('starts nothing that is wanted down', () => {
    expect(run([wanted('down', 'down')], [])).toMatchObject([{ kind: 'start-host-and-apply', start: [] }]);
  });
});

describe('an app that is not in the list', () => {
  it('was deleted: it is removed, also where only orphans are left of it', () => {
    expect(run([], [supervised(row(0), row(1))])).toEqual([{ kind: 'remove-unknown-app', app: 'api', slots: [0, 1], orphans: [] }]);
    expect(run([], [orphaned(0)])).toEqual([{ kind: 'remove-unknown-app', app: 'api', slots: [], orphans: [orphan(0).process] }]);
    expect(run([], [{ kind: 'gone', app: 'api' }])).toEqual([]);
  });

  it('is kept where the list was lost: a broken file never takes a site down', () => {
    expect(run([], [supervised(row(0))], 'lost')).toEqual([{ kind: 'adopt-unknown-app', app: 'api' }]);
    expect(run([], [orphaned(0)], 'lost')).toEqual([{ kind: 'leave-unsupervised', app: 'api', orphans: [orphan(0)] }]);
    expect(run([], [{ kind: 'gone', app: 'api' }], 'lost')).toEqual([]);
  });
});

describe('an app that waits for another', () => {
  const waiting: DesiredApp = { ...wanted('up', 'up'), waiting: { since: 1, orElse: 'leave' } };

  it('is not started by a daemon that comes back, whatever is found of it', () => {
    expect(run([waiting], [{ kind: 'gone', app: 'api' }])).toMatchObject([{ kind: 'start-host-and-apply', start: [] }]);
    expect(run([waiting], [supervised(row(0, 'down'), row(1, 'down'))])).toMatchObject([{ kind: 'adopt', start: [] }]);
    expect(run([waiting], [supervised()])).toMatchObject([{ kind: 'apply-missing-slots', start: [] }]);
  });

  it('is left alone where it runs', () => {
    expect(run([waiting], [supervised(row(0), row(1))])).toEqual([{ kind: 'adopt', app: 'api', start: [], stop: [] }]);
  });
});

it('gives every app its own command, the wanted ones first', () => {
  const web: DesiredApp = { spec: specOf('web'), slots: [{ slot: 0, id: 20, goal: 'up' }], waiting: null };
  const commands = run([web, wanted('up')], [{ kind: 'supervised', app: 'old', rows: [row(0)] }, supervised(row(0))]);
  expect(commands.map((command) => [command.kind, 'spec' in command ? command.spec.name : command.app])).toEqual([
    ['start-host-and-apply', 'web'],
    ['adopt', 'api'],
    ['remove-unknown-app', 'old'],
  ]);
});
