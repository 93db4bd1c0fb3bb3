// Random days in the life of a whole supervisor: rollouts of good and bad releases, crashes, commands in between. Names the first rule that breaks.
import type { RolloutCommand } from '../src/supervisor/rollouts.ts';
import { hasChild } from '../src/policy/lifecycle.ts';
import type { AppSpec } from '../src/model/app-spec.ts';
import type { Draw } from './lifecycle-walk.ts';
import { slotsTo } from './rollout-kit.ts';
import { releaseOf, specOf } from './spec.ts';
import { createTestWorld } from './world.ts';
import type { FakeChild, TestWorld } from './world.ts';

const STEP_MS = 20;
const GB = 2 ** 30;
const DRAINED = { idleClosed: 0, finished: 0, cut: 0, toldToGo: 0, tookMs: 0 };

/** What a release's children do. Bad ones are found out in different ways. */
type Kind = 'good' | 'crashes' | 'never listens' | 'crashes later';
const KINDS: readonly Kind[] = ['good', 'good', 'good', 'crashes', 'never listens', 'crashes later'];

interface Day {
  readonly world: TestWorld;
  readonly draw: Draw;
  readonly kinds: Map<number, Kind>;
  readonly played: Set<FakeChild>;
  /** A command, or a crash of an instance in rotation, since the rotation was last whole: it may be empty for a while. */
  isDisturbed: boolean;
  slots: number;
  /** The answers still expected, and what the rollout will have come to. */
  asked: number;
  lastNumber: number;
}

export interface WalkCounts {
  done: number;
  failed: number;
  refused: number;
}

/** One day of `moves` moves. Throws an Error that names the rule. */
export function walkDay(draw: Draw, moves: number): WalkCounts {
  const spec = specOf({
    mode: draw(4) === 0 ? 'fork' : 'cluster',
    instances: 1 + draw(4),
    maxRestarts: 3,
    minUptimeMs: 200,
    listenTimeoutMs: 400,
    rolloutTimeoutMs: 4000,
    killTimeoutMs: 100,
    drainTimeoutMs: 300,
    drainIdleMs: 100,
    maxMemoryBytes: GB,
    bakeTimeMs: draw(3) === 0 ? 150 : 0,
    standby: draw(3),
  });
  const day: Day = {
    world: createTestWorld(spec),
    draw,
    kinds: new Map([[1, 'good']]),
    played: new Set(),
    isDisturbed: true,
    slots: spec.instances,
    asked: 0,
    lastNumber: 1,
  };
  const counts = { done: 0, failed: 0, refused: 0 };
  pass(day, 2000);
  for (let move = 0; move < moves; move += 1) takeMove(day, spec, counts);
  rest(day, counts);
  return counts;
}

function takeMove(day: Day, spec: AppSpec, counts: WalkCounts): void {
  const { world, draw } = day;
  switch (draw(10)) {
    case 0:
    case 1:
    case 2:
      return ask(day, spec, counts);
    case 3:
      if (draw(3) > 0) return;
      day.isDisturbed = true;
      return world.supervisor.command({ type: (['stop', 'restart', 'start', 'reset'] as const)[draw(4)]!, slots: [draw(4)] }, () => {});
    case 4: {
      const child = world.living()[draw(world.living().length)];
      if (draw(3) > 0 || !child) return;
      day.isDisturbed = true;
      return child.exit({ code: 1 });
    }
    case 5: {
      const child = world.living()[draw(world.living().length)];
      if (child && draw(3) === 0) child.rssBytes = 2 * GB;
      return;
    }
    default:
      return pass(day, STEP_MS * (1 + draw(40)));
  }
}

function ask(day: Day, spec: AppSpec, counts: WalkCounts): void {
  const { world, draw, kinds } = day;
  if (draw(3) > 0) return;
  const number = ++day.lastNumber;
  kinds.set(number, KINDS[draw(KINDS.length)]!);
  const to = draw(3) === 0 ? 1 + draw(4) : day.slots;
  const all = slotsTo(Math.max(to, day.slots)).map(({ slot }) => slot);
  const command: RolloutCommand = {
    type: 'rollout',
    cause: draw(2) === 0 ? 'reload' : 'scale',
    release: { ...releaseOf(spec, number), script: `/srv/${number}/app.js` },
    slots: slotsTo(to),
    replace: draw(4) === 0 ? [] : all,
    parallel: 1 + draw(3),
    surge: draw(3) === 0 ? 'all' : 'one',
  };
  day.asked += 1;
  world.supervisor.rollout(command, (error) => {
    day.asked -= 1;
    if (error !== null) counts.refused += 1;
    else day.isDisturbed ||= world.rows().every((row) => row.inRotation !== true);
  });
}

/** Time passes in small steps; after each of them the rules are looked at. */
function pass(day: Day, ms: number): void {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    day.world.clock.pass(STEP_MS);
    for (const child of day.world.children) if (!day.played.has(child)) play(day, child);
    for (const child of day.world.living()) answer(day, child);
    judge(day);
  }
}

/** What a new child will do, by its release. */
function play(day: Day, child: FakeChild): void {
  day.played.add(child);
  const { clock } = day.world;
  const number = Number(/\/srv\/(\d+)\//.exec(child.options.args.at(-1)!)?.[1] ?? 1);
  const kind = day.kinds.get(number)!;
  if (kind === 'crashes') return void clock.setTimer(day.draw(150), () => child.exit({ code: 1 }));
  if (kind !== 'never listens') clock.setTimer(day.draw(200), () => child.isAlive && child.listen());
  if (kind === 'crashes later') {
    clock.setTimer(200 + day.draw(600), () => {
      day.isDisturbed = true;
      child.exit({ code: 1 });
    });
  }
}

function answer(day: Day, child: FakeChild): void {
  if (day.draw(4) === 0) return;
  if (child.got.includes('SIGINT')) return child.exit({ signal: 'SIGINT' });
  if (child.got.includes('drain')) child.say({ act: 'drained', report: DRAINED });
}

function judge(day: Day): void {
  const { world } = day;
  const rows = world.rows();
  const current = rows.filter(({ role }) => role === 'current').map(({ slot }) => slot);
  check(day, new Set(current).size === current.length, 'two hold one slot');
  const minded = rows.filter(({ phase }) => hasChild(phase)).length;
  check(day, world.living().length <= minded, 'a child that nobody minds');
  const rollout = world.supervisor.snapshot().rollout;
  const isRunning = rollout !== null && rollout.endedAt === null;
  const serving = rows.filter(({ inRotation }) => inRotation === true).length;
  const isCluster = world.supervisor.snapshot().release.spec.mode === 'cluster';
  if (isCluster && !day.isDisturbed) check(day, serving > 0, 'nobody in rotation although nothing has crashed');
  if (!isRunning && rows.length > 0 && rows.every(({ role, phase }) => role === 'current' && phase.kind === 'online') && serving > 0)
    day.isDisturbed = false;
  for (const row of rows) check(day, row.role !== 'successor' || row.inRotation !== true, 'one on trial gets traffic');
  const standingBy = rows.filter(({ standby }) => standby);
  check(
    day,
    standingBy.every(({ role, phase, inRotation }) => role === 'current' && phase.kind === 'online' && inRotation === false),
    'one that stands by gets traffic, or could not take it',
  );
  const others = rows.filter(({ phase, standby }) => phase.kind === 'online' && !standby);
  check(day, standingBy.length === 0 || others.length > 0, 'one stands by and nobody serves');
  if (rollout?.phase === 'done' && rollout.cause !== 'memory') day.slots = current.length;
}

/** Whatever was going on comes to an end, and everybody that is left is minded and is wanted. */
function rest(day: Day, counts: WalkCounts): void {
  const { world } = day;
  for (const child of world.children) child.rssBytes = 0;
  pass(day, 30_000);
  check(day, day.asked === 0, 'a rollout that was never answered');
  const { rollout, rows } = world.supervisor.snapshot();
  check(day, rollout === null || rollout.endedAt !== null, 'a rollout that never ends');
  check(
    day,
    rows.every(({ role }) => role === 'current'),
    'somebody has stayed in a rollout',
  );
  check(day, world.living().length === rows.filter(({ process }) => process !== null).length, 'children and instances disagree');
  const lost = rows.filter(({ goal, phase }) => (goal === 'up') !== (phase.kind !== 'stopped' && phase.kind !== 'errored'));
  check(day, lost.length === 0, 'wanted and is not, or the reverse');
  check(day, rows.length > 0, 'every instance is lost');
  const { mode, standby } = world.supervisor.snapshot().release.spec;
  const places = mode === 'fork' || standby === 0 ? rows.length : Math.max(1, rows.length - standby);
  const online = rows.filter(({ phase }) => phase.kind === 'online');
  const standing = online.filter((row) => row.standby).length;
  check(day, standing === Math.max(0, online.length - places), 'in rotation are not those that are online and do not stand by');
  for (const { event } of world.facts) {
    if (event?.kind === 'rollout-done') counts.done += 1;
    if (event?.kind === 'rollout-failed') counts.failed += 1;
  }
}

function check(day: Day, holds: boolean, rule: string): void {
  if (!holds)
    throw new Error(`${rule}\n${day.world.story().slice(-40).join('\n')}\n${JSON.stringify(day.world.supervisor.snapshot().rollout)}`);
}
