// The methods of the programmatic API that are commands as they stand: startup and its undoing, update, attach, reports. They run the command line.
import { HoldfastError } from '../model/errors.ts';
import type { Action } from './api-call.ts';
import type { ApiWorld } from './api-world.ts';
import type { Methods, ProfileFile, StartupOptions, Success, Target } from './pm2-types.ts';

type Commands = 'startup' | 'uninstallStartup' | 'update' | 'attach' | 'profile' | 'report' | 'logrotate';

const SUCCESS: Success = { success: true };

/** The methods, for one manager. */
export function createMachineActions(world: ApiWorld): Record<Commands & keyof Methods, Action> {
  const print = async (...words: readonly string[]): Promise<string> => {
    const { code, printed, said } = await world.command(words, 'quiet');
    if (code === 0) return printed;
    // What is not root's to do is said on standard output, with the line that root has to type.
    throw new HoldfastError('OPERATION_FAILED', said.trim() || `Cannot ${words[0]}: it ended with code ${code}.`);
  };
  const command = (...words: readonly string[]): Promise<Success> => print(...words).then(() => SUCCESS);
  return {
    startup: (platform?: string, options: StartupOptions = {}) => command('startup', ...wordsOf(platform, options)),
    uninstallStartup: (platform?: string, options: StartupOptions = {}) => command('unstartup', ...wordsOf(platform, options)),
    update: () => command('update'),
    logrotate: () => command('logrotate'),
    /** Answers with the text; PM2 prints it. */
    report: () => print('report'),
    async profile(kind: string, time?: number) {
      if (kind !== 'cpu' && kind !== 'mem')
        throw new HoldfastError('USAGE', `Cannot profile ${JSON.stringify(kind)}: it is cpu or mem.`, {
          hint: "pm2.profile('cpu', 10000)",
        });
      return JSON.parse(await print(`profile:${kind}`, '--json', ...(time === undefined ? [] : ['--', String(time)]))) as ProfileFile;
    },
    /** Ends when the program's standard input does. */
    attach: async (id: Target, separator?: string) =>
      void (await world.command(['attach', '--', String(id), ...(separator === undefined ? [] : [separator])], 'terminal')),
  };
}

function wordsOf(platform: string | undefined, { user, hp, serviceName, waitIp }: StartupOptions): string[] {
  return [
    ...(platform === undefined || platform === '' ? [] : [platform]),
    ...(user === undefined ? [] : ['--user', user]),
    ...(hp === undefined ? [] : ['--hp', hp]),
    ...(serviceName === undefined ? [] : ['--service-name', serviceName]),
    ...(waitIp === true ? ['--wait-ip'] : []),
  ];
}
