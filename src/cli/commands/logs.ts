// `logs`: the last lines of apps with the manager's events about them, then the new ones.
import { HoldfastError } from '../../model/errors.ts';
import type { LogEntry } from '../../model/view.ts';
import { toggle, valued } from '../command.ts';
import type { Command, Given } from '../command.ts';
import type { Context } from '../context.ts';
import { renderLogEntry } from '../render/log-line.ts';

const LINES = valued('lines', 'n', 'how many of the last lines (15)');
const DEFAULT_LINES = 15;

/** See the first line of this file. */
export const logs: Command = {
  name: 'logs',
  aliases: ['log'],
  summary: 'show the last lines of apps, then follow them',
  args: { usage: '[target...]', min: 0, max: Infinity },
  options: [
    LINES,
    toggle('nostream', 'end after the last lines'),
    toggle('raw', 'what apps wrote alone, without time and name'),
    toggle('json', 'one JSON object a line'),
    toggle('err', 'only what apps wrote to standard error'),
    toggle('out', 'only what apps wrote to standard output'),
    toggle('events', 'only what happened to apps: starts, exits, restarts, alerts'),
  ],
  examples: [
    { line: 'holdfast logs', does: 'all apps, until Ctrl-C' },
    { line: 'holdfast logs api --lines 100 --nostream', does: 'the last 100 lines of api' },
    { line: 'holdfast logs api --events', does: 'why api was restarted' },
  ],
  notes: ['--err, --out and --events may be combined; --lines is counted before they choose.'],
  afterDashes: 'words',
  async run(ctx, given) {
    const follow = given.options['nostream'] === undefined;
    const lines = readLines(given.options['lines']);
    const wanted = chooseStreams(given);
    const targets = given.words.length === 0 ? {} : { targets: given.words };
    for await (const entry of ctx.client().logs({ ...targets, lines, follow, signal: ctx.signal })) {
      if (wanted.includes(entry.stream)) ctx.out(`${print(entry, given, ctx)}\n`);
    }
    if (!follow || ctx.signal.aborted) return 0;
    throw new HoldfastError('DAEMON_UNREACHABLE', 'Cannot follow the logs any longer: the daemon closed the connection.', {
      hint: 'holdfast logs',
    });
  },
};

function readLines(given: string | true | readonly string[] | undefined): number {
  if (given === undefined) return DEFAULT_LINES;
  if (/^\d{1,7}$/.test(String(given))) return Number(given);
  throw new HoldfastError('USAGE', `Cannot run holdfast logs: --lines is ${JSON.stringify(given)}, which is no number of lines.`, {
    hint: 'holdfast logs --lines 100',
  });
}

function chooseStreams({ options }: Given): readonly LogEntry['stream'][] {
  const named = (['out', 'err'] as const).filter((stream) => options[stream] !== undefined);
  const chosen: LogEntry['stream'][] = options['events'] === undefined ? named : [...named, 'event'];
  if (chosen.length > 0) return chosen;
  // Raw output is for programs that read what the app wrote.
  return options['raw'] === undefined ? ['out', 'err', 'event'] : ['out', 'err'];
}

function print(entry: LogEntry, { options }: Given, ctx: Context): string {
  if (options['json'] !== undefined) return JSON.stringify(entry);
  return options['raw'] === undefined ? renderLogEntry(entry, ctx) : entry.text;
}
