// Starting an app that is told as PM2 keeps it: what its command line hands to its daemon. The command line of ours reads it, as any other config.
import { HoldfastError } from '../model/errors.ts';
import { listEntries } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import type { JlistEntry } from './jlist.ts';
import { readPm2Dump } from './pm2-dump.ts';

/** Answers with the instances of the app. Rejects for what is no app, and where it cannot be started. */
export async function prepareApp(world: ApiWorld, entry: unknown): Promise<JlistEntry[]> {
  const { apps, leftOut } = readPm2Dump([entry]);
  const [app] = apps;
  if (app === undefined) throw new HoldfastError('CONFIG_INVALID', `Cannot prepare an app: ${leftOut.join('; ')}.`);
  // In a saved list each instance has an entry of its own; here one stands for all.
  const { instances } = entry as { readonly instances?: unknown };
  const config = JSON.stringify({ apps: [{ ...app.attributes, ...(instances === undefined ? {} : { instances }) }] });
  const { code, said } = await world.command(['start', '-'], { input: config });
  if (code !== 0) throw new HoldfastError('OPERATION_FAILED', said.trim() || `Cannot start ${app.name}: it ended with code ${code}.`);
  return (await listEntries(world)).filter(({ name }) => name === app.name);
}
