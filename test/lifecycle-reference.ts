// Prints docs/reference/lifecycle.md and reasons.md: every state and event is put to `step`, nothing is written by hand.
import type { Exit, Instance, TimerKind } from '../src/model/instance.ts';
import { levelOf } from '../src/model/event.ts';
import type { EventBody } from '../src/model/event.ts';
import { step } from '../src/policy/lifecycle.ts';
import type { Event, Settings, Step } from '../src/policy/lifecycle.ts';
import { FINISH_REASONS, GIVE_UP_REASONS, REPORTS, ROLLOUT_FAILURES, UNKNOWN_EXITS } from '../src/policy/reasons.ts';
import { benchIn, EXAMPLE, exitWith, FORK, printEffects, STATES } from './lifecycle-kit.ts';
import type { StateName } from './lifecycle-kit.ts';

const NAMES = Object.keys(STATES) as StateName[];
const TIMERS: readonly TimerKind[] = ['listen', 'healthy', 'drain', 'kill', 'restart', 'retry'];

/** A column of the table: an event, for a given instance, under settings that lead to the outcome named. */
interface Column {
  readonly name: string;
  readonly event: (instance: Instance) => Event;
  readonly settings?: Partial<Settings>;
}

const fact =
  (type: 'spawned' | 'ready' | 'drained') =>
  ({ generation }: Instance): Event => ({ type, generation });
const exited =
  (exit: Exit) =>
  ({ generation }: Instance): Event => ({ type: 'exited', generation, exit });

const listenElapsed = ({ timer: armed }: Instance): Event => ({ type: 'elapsed', timer: 'listen', token: armed?.token ?? 0 });
const hung = ({ generation }: Instance): Event => ({ type: 'hung', generation, forMs: 30_000, limitMs: 30_000 });

const COLUMNS: readonly Column[] = [
  ...(['start', 'stop', 'restart', 'reset'] as const).map((type) => ({ name: type, event: (): Event => ({ type }) })),
  ...(['spawned', 'ready', 'drained'] as const).map((type) => ({ name: type, event: fact(type) })),
  { name: 'exited, policy restarts', event: exited(exitWith(1)) },
  { name: 'exited, policy finishes', event: exited(exitWith(1)), settings: { autorestart: false } },
  { name: 'exited, policy gives up', event: exited(exitWith(1)), settings: { maxRestarts: 0 } },
  { name: 'hung', event: hung },
  { name: 'elapsed listen, in a rollout', event: listenElapsed, settings: { onListenTimeout: 'fail' } },
  ...TIMERS.map((timer) => ({
    name: `elapsed ${timer}`,
    event: ({ timer: armed }: Instance): Event => ({ type: 'elapsed', timer, token: armed?.token ?? 0 }),
  })),
];

interface Row {
  readonly from: StateName;
  readonly column: string;
  readonly to: string;
  readonly changes: boolean;
  readonly effects: readonly string[];
}

function rowsOf(settings: Settings): Row[] {
  return NAMES.flatMap((from) =>
    COLUMNS.map((column) => {
      const bench = benchIn(from, settings);
      const instance = bench.instance();
      const asked = column.event(instance);
      // Only the healthy timer is due at min_uptime; everything else comes long before.
      const nowMs = bench.nowMs() + (column.name === 'elapsed healthy' ? settings.minUptimeMs : 1000);
      const taken = step(instance, asked, { nowMs, settings: { ...settings, ...column.settings } });
      const [to, effects] = [nameOf(taken), printEffects(taken).map(withoutFigures)];
      return { from, column: column.name, to, changes: to !== from || effects.length > 0, effects };
    }),
  );
}

function nameOf({ next }: Step): string {
  switch (next.phase.kind) {
    case 'draining':
      return `draining, goal ${next.goal}`;
    case 'stopping':
      return `stopping, ${next.phase.notReady ? 'not ready, ' : ''}${next.phase.escalated ? 'killed, ' : ''}goal ${next.goal}`;
    case 'online':
      return next.healthy ? 'online, healthy' : 'online';
    case 'errored':
      return next.timer === null ? 'errored' : 'errored, retry waiting';
    default:
      return next.phase.kind;
  }
}

/** The figures are those of the example's settings: the table shows which timer, not how long. */
function withoutFigures(effect: string): string {
  return effect.replace(/ \d+$/, '');
}

/** Rows of one event kind that came out alike become one: all exits of a requested end, for example. */
function table(rows: readonly Row[]): string[] {
  const lines = rows.map((row) => ({ ...row, cells: `${row.to} | ${row.effects.join(', ') || '-'} |` }));
  const alike = (row: (typeof lines)[number]): (typeof lines)[number][] =>
    row.column.startsWith('exited') ? lines.filter((one) => one.column.startsWith('exited') && one.cells === row.cells) : [row];
  return lines.filter((row) => alike(row)[0] === row).map((row) => `| ${alike(row).length === 3 ? 'exited' : row.column} | ${row.cells}`);
}

function diagram(rows: readonly Row[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const row of rows) {
    const [from, to] = [phaseOf(row.from), phaseOf(row.to)];
    if (from === to) continue;
    const edge = `${from} --> ${to}`;
    edges.set(edge, (edges.get(edge) ?? new Set()).add(labelOf(row)));
  }
  return ['stateDiagram-v2', '  [*] --> stopped', ...[...edges].map(([edge, labels]) => `  ${edge}: ${[...labels].join(' / ')}`)];
}

/** A requested exit follows the goal, another one the restart policy. */
function labelOf({ from, column }: Row): string {
  if (!column.startsWith('exited')) return column;
  if (from.includes('not ready')) return `not ready, ${column}`;
  const goal = /goal (?:up|down)$/.exec(from)?.[0];
  return goal === undefined ? column.replace(/, (policy .*)/, ' ($1)') : `exited, ${goal}`;
}

const phaseOf = (state: string): string => state.split(',')[0] ?? '';

/** docs/reference/lifecycle.md. */
export function printLifecycle(): string {
  const cluster = rowsOf(EXAMPLE);
  const clusterCells = new Map(cluster.map((row) => [`${row.from} ${row.column}`, `${row.to} ${row.effects.join()}`]));
  const fork = rowsOf(FORK).filter(
    (row) =>
      !row.from.startsWith('draining') &&
      row.changes &&
      clusterCells.get(`${row.from} ${row.column}`) !== `${row.to} ${row.effects.join()}`,
  );
  return [
    '# The lifecycle of an instance',
    '',
    'Printed from `src/policy/lifecycle.ts` by `test/lifecycle-reference.test.ts`; `UPDATE_DOCS=1 npx vitest run --project unit lifecycle-reference` writes it anew.',
    '',
    '- *Goal* is what was asked for, *phase* is what is. Commands are `start`, `stop`, `restart`, `reset`; the other events are facts.',
    '- What is not in a table changes nothing: a fact of an older launch, a timer that is not the armed one, a command that asks for what already is.',
    '- Effects are done in the order shown. `join` and `leave` are about the balancer and mean nothing in fork mode. At most one timer is armed.',
    '- `reset` sets the counts of restarts and crashes to 0 in every phase and does nothing else.',
    '',
    '```mermaid',
    ...diagram(cluster),
    '```',
    '',
    '## In cluster mode',
    ...NAMES.flatMap((state) => section(state, cluster)),
    '',
    '## Where fork mode differs',
    '',
    'Without `wait_ready` a child is online as soon as it is spawned, and nothing is drained. The other rows are the same.',
    ...NAMES.flatMap((state) => section(state, fork)),
    '',
  ].join('\n');
}

function section(state: StateName, rows: readonly Row[]): string[] {
  const own = table(rows.filter((row) => row.from === state && row.changes));
  return own.length === 0 ? [] : ['', `### ${state}`, '', '| event | next | effects |', '|---|---|---|', ...own];
}

/** docs/reference/reasons.md. */
export function printReasons(): string {
  const list = (meanings: Readonly<Record<string, string>>): string[] =>
    Object.entries(meanings).map(([reason, meaning]) => `| \`${reason}\` | ${meaning} |`);
  return [
    '# Reasons and reports',
    '',
    'Printed from `src/policy/reasons.ts` by `test/lifecycle-reference.test.ts`. These lists are closed: no instance is restarted, stopped or given up, and no rollout fails, for another reason.',
    '',
    '## Why an instance is `errored`',
    '',
    '| reason | meaning |',
    '|---|---|',
    ...list(GIVE_UP_REASONS),
    '',
    '## Why an instance is `stopped` although nobody stopped it',
    '',
    '| reason | meaning |',
    '|---|---|',
    ...list(FINISH_REASONS),
    '',
    '## Why it is not known how an instance ended',
    '',
    '| reason | meaning |',
    '|---|---|',
    ...list(UNKNOWN_EXITS),
    '',
    '## Why a rollout failed',
    '',
    'The old version goes on serving, and the exit code is 1.',
    '',
    '| reason | meaning |',
    '|---|---|',
    ...list(ROLLOUT_FAILURES),
    '',
    '## What the lifecycle reports',
    '',
    'An *alert* also stands under `holdfast ls` while it holds.',
    '',
    '| report | level | when |',
    '|---|---|---|',
    // The level of an event depends on its kind alone.
    ...Object.entries(REPORTS).map(([kind, meaning]) => `| \`${kind}\` | ${levelOf({ kind } as EventBody)} | ${meaning} |`),
    '',
  ].join('\n');
}
