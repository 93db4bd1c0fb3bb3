// `run`: apps in the foreground, without a daemon, as a container wants them.
import { IDLE_FLAGS, MISSED_FLAGS, START_FLAGS } from '../../config/flags.ts';
import type { Command } from '../command.ts';
import { FOREGROUND_OPTIONS, foregroundRequest } from '../foreground-request.ts';

/** See the first line of this file. */
export const run: Command = {
  name: 'run',
  aliases: [],
  summary: 'run apps in the foreground, without a daemon (for containers)',
  args: { usage: '[script|config...]', min: 0, max: Infinity },
  options: [...START_FLAGS, ...IDLE_FLAGS, ...MISSED_FLAGS, ...FOREGROUND_OPTIONS],
  examples: [
    { line: 'holdfast run server.js -i max', does: 'one instance per processor that the container may use' },
    { line: 'holdfast run ecosystem.config.js --env production', does: 'all apps of a config file' },
    { line: 'holdfast run job.js --no-autorestart', does: 'once, with the exit code of the script' },
    { line: 'holdfast run api.js worker.js --json', does: 'both, one JSON object for each of their lines' },
  ],
  notes: [
    'holdfast-runtime is the same with the arguments of pm2-runtime: holdfast-runtime start server.js -i 2.',
    'What apps write goes to standard output and standard error, what happens to them to standard error. Log files are written only where the app names them.',
    'SIGTERM and SIGINT stop everything and end with 0; a second one ends it at once. SIGUSR2 and SIGHUP (without a terminal) read the config file again and reload.',
    'Ends when no app is left: with the exit code of the app (128 and the number of a signal), with 1 where it was given up; of several apps 1 if any failed.',
  ],
  afterDashes: 'script',
  run: (ctx, given) => ctx.foreground(foregroundRequest(ctx, 'run', given)),
};
