// Moves apps to hosts of this build: the old host gives way, the next one goes on with what it has left. Nothing is stopped for it.
import { HoldfastError } from '../../model/errors.ts';
import type { InstanceRow } from '../../model/protocol.ts';
import type { Ms } from '../../model/units.ts';
import { areOneProcess, isSameProcess } from '../../platform/proc-stat.ts';
import type { DaemonContext } from '../context.ts';
import type { HostLink } from '../host-link.ts';
import { awaitElected, bringsHost } from '../next-host.ts';
import { waitForEnd } from '../orphans.ts';
import type { StoredApp } from '../store.ts';
import type { Plan, Running } from './plan.ts';

/** How long a host that has given way may take to end. */
const END_MS: Ms = 5000;

/** Of those that run another build; of every host where `all` is set. */
export function planUpdate(context: DaemonContext, all: boolean): Plan {
  const links = context.hosts.all().filter((link) => all || link.version !== context.version);
  return {
    apps: links.flatMap((link) => appsOf(context, link)).map(({ spec }) => spec.name),
    hurries: [],
    async run(task) {
      for (const link of links) {
        try {
          await move({ context, task }, link);
        } catch (error) {
          if (!(error instanceof HoldfastError)) throw error;
          tellAll({ context, task }, link, { ok: false, text: () => `not moved from version ${link.version}: ${error.message}` });
        }
      }
    },
  };
}

async function move(running: Running, link: HostLink): Promise<void> {
  const { context } = running;
  const { name } = link;
  await prove(context, name);
  const before = livingIn(context, link);
  context.givingWay.add(name);
  try {
    await link.request({ type: 'hand-over', to: context.nextHost });
    await waitForEnd([link.process], END_MS, context.clock);
    const next = await meetNext(context, link, before);
    if (next.version !== context.version)
      throw new HoldfastError('HOST_UNREACHABLE', `Host ${name} came back with version ${next.version}.`, { hint: 'holdfast update' });
    await untilReplaced(context, link, before);
  } finally {
    context.givingWay.delete(name);
  }
  const after = rowsOf(context, link);
  const text = (app: string, slot: number): string => movedText(find(before, app, slot), find(after, app, slot));
  tellAll(running, link, { ok: true, text });
}

/** Nothing is taken away before a host of this build is known to start. */
async function prove({ hosts }: DaemonContext, name: string): Promise<void> {
  try {
    await hosts.prove(name);
  } catch (error) {
    const reason = `Its next host cannot be started: ${(error as Error).message}.`;
    throw new HoldfastError('HOST_UNREACHABLE', reason, { cause: error });
  }
}

/** Instances with the sockets of their app bring their host up themselves; for all others it is ours to do. */
async function meetNext(context: DaemonContext, { name }: HostLink, before: readonly InstanceRow[]): Promise<HostLink> {
  const isElected = before.some((row) => isCluster(context, row.app) && bringsHost(context, row.process!));
  return (isElected ? await awaitElected(context, name) : null) ?? context.hosts.ensure(name);
}

/** In cluster mode successors take over under the next host, one by one; in fork mode everything stays as it is. */
async function untilReplaced(context: DaemonContext, link: HostLink, before: readonly InstanceRow[]): Promise<void> {
  const old = before.filter((row) => isCluster(context, row.app)).map((row) => row.process!);
  const limitMs = Math.max(0, ...appsOf(context, link).map(({ spec }) => spec.rolloutTimeoutMs + spec.drainTimeoutMs + spec.killTimeoutMs));
  if (!(await waitForEnd(old, limitMs, context.clock)))
    throw new HoldfastError('OPERATION_FAILED', 'Its new instances do not get ready; the old ones go on serving.');
}

function movedText(before: InstanceRow | undefined, after: InstanceRow | undefined): string {
  const from = before?.process ?? null;
  const to = after?.process ?? null;
  if (from === null || to === null) return 'moved';
  return areOneProcess(from, to) ? `moved: pid ${to.pid} as before` : `moved: pid ${from.pid} -> ${to.pid}`;
}

interface Told {
  readonly ok: boolean;
  readonly text: (app: string, slot: number) => string;
}

function tellAll({ context, task }: Running, link: HostLink, { ok, text }: Told): void {
  for (const { spec, slots } of appsOf(context, link))
    for (const slot of slots) task.outcome(spec.name, slot, { ok, text: text(spec.name, slot.slot) });
}

function appsOf({ store }: DaemonContext, link: HostLink): readonly StoredApp[] {
  return store.apps().filter(({ spec }) => spec.host === link.name);
}

function rowsOf(context: DaemonContext, link: HostLink): readonly InstanceRow[] {
  return appsOf(context, link).flatMap(({ spec }) => context.registry.rows(spec.name).filter(({ role }) => role === 'current'));
}

function livingIn(context: DaemonContext, link: HostLink): readonly InstanceRow[] {
  return rowsOf(context, link).filter(({ process }) => process !== null && isSameProcess(process));
}

function find(rows: readonly InstanceRow[], app: string, slot: number): InstanceRow | undefined {
  return rows.find((row) => row.app === app && row.slot === slot);
}

function isCluster({ store }: DaemonContext, app: string): boolean {
  return store.get(app)?.spec.mode === 'cluster';
}
