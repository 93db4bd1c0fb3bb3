// PM2's programmatic API over the control API: the methods and results that programs written for `require('pm2')` know.
import { createAppActions } from './api-apps.ts';
import { callable } from './api-call.ts';
import { createManagerActions } from './api-manager.ts';
import type { ApiWorld } from './api-world.ts';
import type { CustomOptions, Methods, Pm2 } from './pm2-types.ts';

/** Opens the manager that the options name; nothing is touched before the first call. */
export type OpenWorld = (options: CustomOptions) => ApiWorld;

/** Makes the API. Methods are its own properties, so that they can be taken out of it. */
export function createPm2(openWorld: OpenWorld, options: CustomOptions = {}): Pm2 {
  const world = openWorld(options);
  const disconnect = (): Promise<{ success: true }> => Promise.resolve({ success: true });
  const actions = { ...createAppActions(world), ...createManagerActions(world), disconnect, close: disconnect };
  const methods = Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, callable(action)]));
  return {
    ...(methods as unknown as Methods),
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
