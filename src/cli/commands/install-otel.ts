// `install-otel`: there is nothing to install here. Scripts that set a machine up for PM2 go on, and hear of it.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import { renderWarning } from '../render/operation.ts';

/** See the first line of this file. */
export const installOtel: Command = {
  name: 'install-otel',
  aliases: ['uninstall-otel'],
  summary: 'no effect: tracing is the business of the app',
  args: NO_ARGUMENTS,
  options: [],
  examples: [{ line: 'holdfast install-otel', does: 'nothing but a warning, for scripts that set up PM2' }],
  notes: ['Install OpenTelemetry in the app, and load it: holdfast start app.js --node-args="--require ./tracing.js"'],
  afterDashes: 'words',
  run(ctx) {
    const text = 'nothing was done: tracing is the business of the app; load it with --node-args="--require ./tracing.js".';
    ctx.err(renderWarning(text, ctx.errPalette));
    return Promise.resolve(0);
  },
};
