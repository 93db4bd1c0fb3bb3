// Methods of PM2's programmatic API that are not here: one clear error each, given to the callback, so that no program waits for ever or crashes.
import { HoldfastError } from '../model/errors.ts';
import type { Action } from './api-call.ts';
import type { AbsentMethods } from './pm2-types.ts';

const CLOUD = { why: "it belongs to the paid service of PM2's makers, which Holdfast does not talk to", instead: 'pm2.list()' };
const MODULES = {
  why: 'modules are not there yet; what pm2-logrotate does is built in',
  instead: 'pm2.start() of a module that is an app',
};
const CODE = { why: 'fetching code is not the business of a process manager', instead: 'git pull, then pm2.reload()' };

const ABSENT: Readonly<Record<AbsentMethods, { readonly why: string; readonly instead: string }>> = {
  install: MODULES,
  uninstall: MODULES,
  package: MODULES,
  publish: MODULES,
  generateModuleSample: MODULES,
  launchModules: MODULES,
  deploy: { why: 'it is not there yet', instead: 'pm2.reload() of the config file, after the new code is there' },
  pullAndReload: CODE,
  pullAndRestart: CODE,
  pullCommitId: CODE,
  forward: CODE,
  backward: CODE,
  link: CLOUD,
  unlink: CLOUD,
  agentInfos: CLOUD,
  killAgent: CLOUD,
  monitorState: CLOUD,
};

/** The methods: each rejects, or gives its callback, an error with the code USAGE. */
export function createAbsentActions(): Record<AbsentMethods, Action> {
  return Object.fromEntries(
    Object.entries(ABSENT).map(([name, { why, instead }]) => [
      name,
      () => Promise.reject(new HoldfastError('USAGE', `Cannot ${name}: ${why}.`, { hint: instead })),
    ]),
  ) as unknown as Record<AbsentMethods, Action>;
}
