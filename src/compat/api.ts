// PM2's programmatic API over the control API: the methods and results that programs written for `require('pm2')` know.
import { createAbsentActions } from './api-absent.ts';
import { createAppActions } from './api-apps.ts';
import { createCallsByName } from './api-by-name.ts';
import { callable } from './api-call.ts';
import { createMachineActions } from './api-machine.ts';
import { createManagerActions } from './api-manager.ts';
import { createMessageActions } from './api-messages.ts';
import { createRemoteClient } from './api-remote.ts';
import type { AllMethods } from './api-remote.ts';
import { createSettingsActions } from './api-settings.ts';
import { listEntries, socketsOf } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';
import { openBus } from './bus.ts';
import type { Bus, CustomOptions, Pm2, Success } from './pm2-types.ts';

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
  const named = {
    ...createAppActions(world),
    ...createManagerActions(world),
    ...createSettingsActions(world),
    ...createMachineActions(world),
    ...createMessageActions(world),
    ...createAbsentActions(),
    disconnect,
    close: disconnect,
  };
  const actions = { ...named, ...createCallsByName(named) };
  const methods = Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, callable(action)])) as unknown as AllMethods;
  const bus = callable(launchBus, ({ sock }) => [sock]) as Pm2['launchBus'];
  return {
    ...methods,
    launchBus: bus,
    custom: function Custom(more: CustomOptions = {}) {
      return createPm2(openWorld, more);
    } as unknown as Pm2['custom'],
    cwd: world.cwd,
    daemon_mode: true,
    user_conf: {},
    Client: createRemoteClient(world, methods, { launchBus: bus, close: methods.close }),
    get pm2_home() {
      return world.home().root;
    },
    get _conf() {
      return confOf(world);
    },
  };
}

/** PM2's names for our files. */
function confOf(world: ApiWorld): Readonly<Record<string, string>> {
  const { root, log, logs, dump, moduleSettings } = world.home();
  const { rpc, pub } = socketsOf(world);
  return {
    PM2_HOME: root,
    PM2_ROOT_PATH: root,
    PM2_LOG_FILE_PATH: log,
    DEFAULT_LOG_PATH: logs,
    DUMP_FILE_PATH: dump,
    PM2_MODULE_CONF_FILE: moduleSettings,
    DAEMON_RPC_PORT: rpc,
    DAEMON_PUB_PORT: pub,
  };
}
