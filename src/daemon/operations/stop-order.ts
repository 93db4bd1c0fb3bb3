// Takes apps down in the reverse order of depends_on: who depends on another is gone before that one. What taking one down is its action says.
import type { Ms } from '../../model/units.ts';
import { stopWaves } from '../../policy/dependency-graph.ts';
import { isSupervised } from '../context.ts';
import type { DaemonContext } from '../context.ts';
import { livingInRows, waitForEnd } from '../orphans.ts';
import type { StoredApp } from '../store.ts';
import { allSlots, forEachApp } from './plan.ts';
import type { AppSlots, Running } from './plan.ts';

/** What an app may take beyond the time that its settings give it. */
const GRACE_MS: Ms = 10_000;

/** As forEachApp, wave by wave; the instances of a wave have stopped, or failed to, when the next one begins. */
export async function stopInOrder(
  chosen: readonly AppSlots[],
  running: Running,
  act: (app: StoredApp, slots: readonly number[]) => Promise<void>,
): Promise<void> {
  const waves = wavesOf(running.context, chosen);
  for (const [index, wave] of waves.entries()) {
    await forEachApp(wave, running, act);
    if (index < waves.length - 1) await Promise.all(wave.map(({ app }) => running.task.settled(app)));
  }
}

/** Stops all that depends on something, in time or not. What is left can be ended all at once. */
export async function stopDependents(running: Running, apps: readonly StoredApp[]): Promise<void> {
  const { context } = running;
  const waves = wavesOf(
    context,
    apps.map((app) => ({ app: app.spec.name, slots: allSlots(app) })),
  );
  for (const wave of waves.slice(0, -1)) {
    await forEachApp(wave, running, async (app, slots) => {
      const link = isSupervised(context, app) ? context.hosts.get(app.spec.host) : null;
      if (link === null) return;
      const { name, killTimeoutMs, drainTimeoutMs, drainIdleMs } = app.spec;
      const processes = livingInRows(context.registry.rows(name)).map((orphan) => orphan.process);
      // A host that refuses, or dies meanwhile, is dealt with by whoever ends it.
      await link.request({ type: 'stop', app: name, slots }).catch(() => undefined);
      await waitForEnd(processes, killTimeoutMs + drainTimeoutMs + drainIdleMs + GRACE_MS, context.clock);
    });
  }
}

function wavesOf({ store }: DaemonContext, chosen: readonly AppSlots[]): readonly (readonly AppSlots[])[] {
  const graph = new Map(chosen.map(({ app }) => [app, store.get(app)?.spec.dependsOn.map((dependency) => dependency.app) ?? []]));
  return stopWaves(graph).map((wave) => chosen.filter(({ app }) => wave.includes(app)));
}
