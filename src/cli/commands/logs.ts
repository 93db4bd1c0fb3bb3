// `logs`: the last lines of apps, or all since a time, then the new ones. Files are read here, not by the daemon.
import { HoldfastError } from '../../model/errors.ts';
import type { LogReader, LogRecord } from '../../model/log-request.ts';
import type { LogSourceUpdate } from '../../model/view.ts';
import { toggle, valued } from '../command.ts';
import type { Command } from '../command.ts';
import { readWish } from '../log-wish.ts';
import { createLogPrinter } from '../print-logs.ts';

/** See the first line of this file. */
export const logs: Command = {
  name: 'logs',
  aliases: ['log'],
  summary: 'show the last lines of apps, then follow them',
  args: { usage: '[target...]', min: 0, max: Infinity },
  options: [
    valued('lines', 'n', 'how many of the last lines of each app (15; all with --since, --until or --grep)'),
    toggle('nostream', 'end after the last lines'),
    valued('since', 'when', 'only what is not older: 10m, 08:30, 2026-11-29, "2026-11-29 08:30"'),
    valued('until', 'when', 'only what is not newer; ends there'),
    valued('grep', 'regex', 'only lines in which this regular expression finds something'),
    valued('level', 'level', 'only lines that say they are at least trace, debug, info, warn, error or fatal'),
    toggle('err', 'only what apps wrote to standard error'),
    toggle('out', 'only what apps wrote to standard output'),
    toggle('events', 'only what happened to apps: starts, exits, restarts, alerts'),
    toggle('raw', 'what apps wrote alone, byte for byte, without time and name'),
    toggle('json', 'one JSON object a line'),
    toggle('format', 'timestamp=... app=... id=... type=... message=..., as in PM2'),
    {
      ...toggle('timestamp', 'the date before each line, or --timestamp=FORMAT (YYYY-MM-DD HH:mm:ss.SSS)'),
      takes: 'maybe',
      placeholder: 'format',
    },
    valued('highlight', 'text', 'mark this text on a terminal'),
  ],
  examples: [
    { line: 'holdfast logs', does: 'all apps, until Ctrl-C' },
    { line: 'holdfast logs api --lines 100 --nostream', does: 'the last 100 lines of api' },
    { line: 'holdfast logs api --since 10m --level warn', does: 'what went wrong in the last ten minutes, and from now on' },
    { line: 'holdfast logs --grep ECONNREFUSED --nostream', does: 'search all that is kept, compressed files too' },
    { line: 'holdfast logs api --events', does: 'why api was restarted' },
  ],
  notes: [
    '--err, --out and --events may be combined; --lines counts what is left after all other options.',
    'The time of each line is known also where the app prints none. A line that states no level is info, or error on standard error; the lines of a stack belong to the line before them.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    const { targets, request, form } = readWish(given, ctx.clock.epochMs());
    const print = createLogPrinter(form, ctx);
    const reader = await ctx.openLogReader(request, (text) => ctx.err(`${ctx.errPalette.yellow('[holdfast]')} ${text}\n`));
    const query = { ...(targets.length === 0 ? {} : { targets }), lines: request.lines ?? MAX_UNSTORED_LINES, follow: request.follow };
    const updates = ctx.client().logSources({ ...query, signal: ctx.signal });
    try {
      await show(updates, { reader, print, follow: request.follow, signal: ctx.signal });
    } finally {
      await reader.close();
    }
    if (!request.follow || ctx.signal.aborted) return 0;
    throw new HoldfastError('DAEMON_UNREACHABLE', 'Cannot follow the logs any longer: the daemon closed the connection.', {
      hint: 'holdfast logs',
    });
  },
};

/** What is in no file is in the memory of a host, which holds less than this. */
const MAX_UNSTORED_LINES = 100_000;

interface Showing {
  readonly reader: LogReader;
  readonly print: (records: readonly LogRecord[]) => void;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

async function show(updates: AsyncIterable<LogSourceUpdate>, { reader, print, follow, signal }: Showing): Promise<void> {
  /** Events that were read from the file, and may come as news too. */
  let shown: Set<string> | null = null;
  for await (const update of updates) {
    if (update.type === 'files') {
      if (shown === null) {
        shown = new Set();
        for await (const records of reader.history(update.files, update.events)) {
          print(records);
          if (signal.aborted) return;
          for (const record of records) if (record.stream === 'event') shown.add(identity(record));
        }
      }
      if (follow) reader.follow(update.files, print);
    } else {
      const record = reader.select(update.entry);
      if (record !== null && !shown?.delete(identity(record))) print([record]);
    }
  }
}

function identity({ at, app, slot, bytes }: LogRecord): string {
  return `${at} ${slot} ${app} ${Buffer.from(bytes).toString()}`;
}
