// PM2's programmatic API over the control API: the methods and results that programs written for `require('pm2')` know.
import { createAppActions } from './api-apps.ts';
import { callable } from './api-call.ts';
import { createManagerActions } from './api-manager.ts';
import { listEntries } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import { openBus } from './bus.ts';
import type { Bus, CustomOptions, Methods, Pm2, Success } from './pm2-types.ts';

/** Opens the manager that the options name; nothing is touched before the first call. */
export type OpenWorld = (options: CustomOptions) => ApiWorld;

/** Makes the API. Methods are its own properties, so that they can be taken out of it. */
export function createPm2(openWorld: OpenWorld, options: CustomOptions = {}): Pm2 {
  const world = openWorld(options);
  const buses = new Set<Bus>();
  const disconnect = (): Promise<Success> => {
    for (const bus of buses) bus.close();
    buses.clear();
    return Promise.resolve({ success: true });
  };
  const launchBus = async (): Promise<Bus> => {
    const bus = await openBus({ client: world.client(), list: () => listEntries(world) });
    buses.add(bus);
    return bus;
  };
  const actions = { ...createAppActions(world), ...createManagerActions(world), disconnect, close: disconnect };
  const methods = Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, callable(action)]));
  return {
    ...(methods as unknown as Methods),
    launchBus: callable(launchBus, ({ sock }) => [sock]) as Pm2['launchBus'],
    custom: function Custom(more: CustomOptions = {}) {
      return createPm2(openWorld, more);
    } as unknown as Pm2['custom'],
    cwd: world.cwd,
    daemon_mode: true,
    get pm2_home() {
      return world.home().root;
    },
  };
}
