// PM2's saved list for the command line. Loaded by the commands that need it.
import fs from 'node:fs';
import path from 'node:path';
import type { DumpReader } from '../src/cli/commands/resurrect.ts';
import type { Context } from '../src/cli/context.ts';
import { livePm2 } from '../src/compat/live-pm2.ts';
import { pm2FilesIn } from '../src/compat/pm2-name.ts';
import { readSavedApps } from '../src/compat/read-dump.ts';
import { usableCpus } from '../src/config/cpus.ts';
import { readModuleSettings } from '../src/config/module-settings.ts';
import { HoldfastError } from '../src/model/errors.ts';
import type { SavedApps } from '../src/model/saved-apps.ts';
import { readJsonFile } from '../src/platform/atomic-file.ts';
import { keepPm2Dump } from './keep-pm2-dump.ts';

/** See the interface. */
export const dumps: DumpReader = {
  read: readDump,
  pm2Behind: (ctx, file) => livePm2(path.dirname(file), ctx.isAlive),
  newer({ env, home }) {
    const theirs = pm2FilesIn(home().root, env)?.dump;
    return theirs !== undefined && writtenAt(theirs) > writtenAt(home().dump) ? theirs : null;
  },
  mirror: ({ env, home, client }) => keepPm2Dump({ env, home: home(), client: client() }),
};

/** Whole milliseconds, as keep-pm2-dump.ts sets them; before all time where there is no file. */
function writtenAt(file: string): number {
  return Math.floor(fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1);
}

async function readDump(ctx: Context, file: string): Promise<SavedApps> {
  const json = readJsonFile(file);
  if (json.kind === 'absent') throw new HoldfastError('DUMP_MISSING', `Cannot resurrect: there is no ${file}.`);
  if (json.kind === 'unreadable')
    throw new HoldfastError('CONFIG_INVALID', `Cannot resurrect from ${file}: ${json.reason}. It was left as it is.`);
  return readSavedApps(file, json.value, {
    callerEnv: ctx.env,
    callerUid: ctx.uid,
    logsFolder: ctx.home().logs,
    pidsFolder: ctx.home().pids,
    moduleSettings: readModuleSettings(ctx.home().moduleSettings),
    nodePath: ctx.nodePath,
    cpuCount: usableCpus(),
    staticServer: ctx.staticServer(),
  });
}
