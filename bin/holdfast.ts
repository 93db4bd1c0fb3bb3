// The door for programs, `require('holdfast')`: `createClient`, and PM2's programmatic API for those that know it as `pm2`. It starts nothing before the first call.
import { createClient as createControlClient } from '../src/client/client.ts';
import { createHoldfast } from '../src/client/holdfast.ts';
import type { Configs } from '../src/client/holdfast.ts';
import type { Client, ClientOptions, Config, ConfigOptions, Targets } from '../src/client/holdfast-types.ts';
import { createPm2 } from '../src/compat/api.ts';
import { readConfig, wordOf } from '../src/compat/api-specs.ts';
import type { ApiWorld } from '../src/compat/api-world.ts';
import { HoldfastError } from '../src/model/errors.ts';
import { openWorld } from './open-world.ts';

/** The client of a manager: that of the environment, of a home directory, or behind a socket. Throws HOME_UNUSABLE. */
function createClient({ socket, ...options }: ClientOptions = {}): Client {
  if (socket !== undefined) return createHoldfast(createControlClient({ socketPath: socket }), NO_CONFIGS);
  const world = openWorld(options);
  return createHoldfast(world.client(), configsOf(world));
}

function configsOf(world: ApiWorld): Configs {
  return {
    isConfig: isConfig,
    read: (verb, config, { env, only }: ConfigOptions) =>
      readConfig(world, verb, {
        what: config as Parameters<typeof readConfig>[2]['what'],
        options: { ...(env === undefined ? {} : { env }), ...(only === undefined ? {} : { only: [only].flat().join(',') }) },
      }),
  };
}

/** Where only a socket is known, the settings and the log folder of its home are not. */
const NO_CONFIGS: Configs = {
  isConfig,
  read: (verb) =>
    Promise.reject(
      new HoldfastError('USAGE', `Cannot ${verb} what a config says: this client knows only a socket.`, { hint: 'createClient({ home })' }),
    ),
};

/** A list of words is a list of targets. */
function isConfig(what: Targets | Config): what is Config {
  if (Array.isArray(what)) return what.some((one) => typeof one === 'object');
  return wordOf(what as Parameters<typeof wordOf>[0]) === null;
}

/** What is required; see ENTRIES in scripts/build.mjs. */
export const holdfast = Object.assign(
  createPm2(({ pm2_home: home, cwd }) => openWorld({ home, cwd })),
  { createClient, HoldfastError },
);

// What `import { ... } from` finds: Node reads the names of a CommonJS module from its text.
export const {
  connect,
  disconnect,
  close,
  list,
  describe,
  start,
  stop,
  restart,
  reload,
  scale,
  reset,
  dump,
  clearDump,
  resurrect,
  ping,
  getVersion,
  kill,
  killDaemon,
  flush,
  reloadLogs,
  sendSignalToProcessName,
  sendSignalToProcessId,
  sendLineToStdin,
  sendDataToProcessId,
  msgProcess,
  trigger,
  getPID,
  getProcessIdByName,
  env,
  get,
  conf,
  set,
  multiset,
  unset,
  serve,
  attach,
  startup,
  uninstallStartup,
  update,
  autodump,
  destroy,
  install,
  uninstall,
  publish,
  generateModuleSample,
  launchModules,
  deploy,
  inspect,
  profile,
  report,
  logrotate,
  remote,
  remoteV2,
  pullAndReload,
  pullAndRestart,
  pullCommitId,
  forward,
  backward,
  link,
  unlink,
  agentInfos,
  killAgent,
  monitorState,
  user_conf,
  launchBus,
  custom,
} = holdfast;
// Words that cannot be names here, or are one already.
const { Client: daemon, delete: deleteApps } = holdfast;
export { createClient, HoldfastError, daemon as Client, deleteApps as delete };
