// Every command by its words, in the order of the help. Each is loaded when it is used; `list`, the one that must be quick, is at hand.
import type { CommandEntry } from './command.ts';
import { createList } from './commands/list.ts';
import type { PrintMiniList } from './commands/list.ts';
import type { PrintJlist } from './commands/jlist.ts';
import type { PrintPrettylist } from './commands/prettylist.ts';
import type { MeasureMachine } from './commands/slist.ts';
import type { DumpReader } from './commands/resurrect.ts';

/** What knows PM2's shapes, which are not known in this folder. */
export interface Pm2Shapes {
  readonly printJlist: PrintJlist;
  readonly printPrettylist: PrintPrettylist;
  readonly printMiniList: PrintMiniList;
  readonly measureMachine: MeasureMachine;
  /** Loaded when a command needs it. */
  readonly dumps: () => Promise<DumpReader>;
}

/** The table. */
export function createCommandTable({
  printJlist,
  printPrettylist,
  printMiniList,
  measureMachine,
  dumps,
}: Pm2Shapes): readonly CommandEntry[] {
  const entries: readonly CommandEntry[] = [
    { words: ['start'], load: async () => (await import('./commands/start.ts')).start },
    { words: ['stop'], load: async () => (await import('./commands/stop.ts')).stop },
    { words: ['restart'], load: async () => (await import('./commands/restart.ts')).restart },
    { words: ['reload', 'gracefulReload'], load: async () => (await import('./commands/reload.ts')).reload },
    { words: ['rollback'], load: async () => (await import('./commands/rollback.ts')).rollback },
    {
      words: ['startOrReload', 'startOrGracefulReload'],
      load: async () => (await import('./commands/start-or-reload.ts')).startOrReload,
    },
    { words: ['startOrRestart'], load: async () => (await import('./commands/start-or-restart.ts')).startOrRestart },
    { words: ['delete', 'del'], load: async () => (await import('./commands/delete.ts')).deleteCommand },
    { words: ['scale'], load: async () => (await import('./commands/scale.ts')).scale },
    { words: ['list', 'ls', 'l', 'status', 'ps'], load: () => Promise.resolve(createList(printMiniList)) },
    { words: ['monit', 'dashboard', 'dash', 'imonit'], load: async () => (await import('./commands/monit.ts')).monit },
    { words: ['describe', 'show', 'desc'], load: async () => (await import('./commands/describe.ts')).describeCommand },
    { words: ['env'], load: async () => (await import('./commands/env.ts')).envCommand },
    { words: ['info'], load: async () => (await import('./commands/info.ts')).infoCommand },
    { words: ['report'], load: async () => (await import('./commands/report.ts')).report },
    { words: ['profile:cpu'], load: async () => (await import('./commands/profile.ts')).createProfile('cpu') },
    { words: ['profile:mem'], load: async () => (await import('./commands/profile.ts')).createProfile('mem') },
    { words: ['logs', 'log'], load: async () => (await import('./commands/logs.ts')).logs },
    { words: ['flush'], load: async () => (await import('./commands/flush.ts')).flush },
    { words: ['reloadLogs', 'reload-logs'], load: async () => (await import('./commands/reload-logs.ts')).reloadLogs },
    { words: ['logrotate'], load: async () => (await import('./commands/logrotate.ts')).logrotate },
    { words: ['attach'], load: async () => (await import('./commands/attach.ts')).attach },
    { words: ['send'], load: async () => (await import('./commands/send.ts')).send },
    { words: ['trigger'], load: async () => (await import('./commands/trigger.ts')).trigger },
    { words: ['inspect'], load: async () => (await import('./commands/inspect.ts')).inspect },
    { words: ['pid'], load: async () => (await import('./commands/pid.ts')).pid },
    { words: ['id'], load: async () => (await import('./commands/id.ts')).id },
    { words: ['sendSignal'], load: async () => (await import('./commands/send-signal.ts')).sendSignal },
    { words: ['reset'], load: async () => (await import('./commands/reset.ts')).reset },
    { words: ['save', 'dump'], load: async () => (await import('./commands/save.ts')).createSave(dumps) },
    { words: ['resurrect'], load: async () => (await import('./commands/resurrect.ts')).createResurrect(dumps) },
    { words: ['cleardump'], load: async () => (await import('./commands/cleardump.ts')).createCleardump(dumps) },
    { words: ['startup'], load: async () => (await import('./commands/startup.ts')).createStartup() },
    { words: ['unstartup'], load: async () => (await import('./commands/unstartup.ts')).createUnstartup() },
    { words: ['alias'], load: async () => (await import('./commands/alias.ts')).alias },
    { words: ['init', 'ecosystem'], load: async () => (await import('./commands/init.ts')).init },
    { words: ['create'], load: async () => (await import('./commands/create.ts')).create },
    { words: ['jlist'], load: async () => (await import('./commands/jlist.ts')).createJlist(printJlist) },
    { words: ['prettylist'], load: async () => (await import('./commands/prettylist.ts')).createPrettylist(printPrettylist) },
    { words: ['slist', 'sysinfos'], load: async () => (await import('./commands/slist.ts')).createSlist(measureMachine) },
    { words: ['serve', 'expose'], load: async () => (await import('./commands/serve.ts')).serve },
    { words: ['run'], load: async () => (await import('./commands/run.ts')).run },
    { words: ['set', 'config'], load: async () => (await import('./commands/set.ts')).set },
    { words: ['multiset'], load: async () => (await import('./commands/multiset.ts')).multiset },
    { words: ['get', 'conf'], load: async () => (await import('./commands/get.ts')).get },
    { words: ['unset'], load: async () => (await import('./commands/unset.ts')).unset },
    { words: ['ping'], load: async () => (await import('./commands/ping.ts')).ping },
    { words: ['update', 'updatePM2'], load: async () => (await import('./commands/update.ts')).update },
    { words: ['deepUpdate'], load: async () => (await import('./commands/deep-update.ts')).deepUpdate },
    { words: ['kill'], load: async () => (await import('./commands/kill.ts')).kill },
    { words: ['install-otel', 'uninstall-otel'], load: async () => (await import('./commands/install-otel.ts')).installOtel },
    { words: ['completion'], load: async () => (await import('./commands/completion.ts')).createCompletion(() => entries) },
    { words: ['examples'], load: async () => (await import('./commands/examples.ts')).createExamples(() => entries) },
    { words: ['help'], load: async () => (await import('./commands/help.ts')).createHelp(() => entries) },
  ];
  return entries;
}
