// `logrotate`: there is nothing to set up; it says what rotates the logs and by which settings.
import { NO_ARGUMENTS } from '../command.ts';
import type { Command } from '../command.ts';
import { renderFacts } from '../render/facts.ts';
import { STARTUP_OPTIONS } from '../startup-request.ts';

/** See the first line of this file. */
export const logrotate: Command = {
  name: 'logrotate',
  aliases: [],
  summary: 'show how logs are rotated; there is nothing to set up',
  args: NO_ARGUMENTS,
  options: STARTUP_OPTIONS.filter(({ name }) => name === 'user'),
  examples: [{ line: 'holdfast logrotate', does: 'by which settings, where an app says nothing of log_max_size and its kin' }],
  notes: [
    'PM2 writes a configuration for logrotate here, as root. Remove such a file from /etc/logrotate.d: it would cut the same logs once more, and copytruncate may lose lines.',
  ],
  afterDashes: 'words',
  async run(ctx) {
    const { readModuleSettings, rotationDefaults } = await import('../../config/module-settings.ts');
    const defaults = rotationDefaults(readModuleSettings(ctx.home().moduleSettings));
    const facts = defaults.map(({ attribute, value, doc }) => [attribute, `${value.padEnd(4)}  ${firstClause(doc)}`] as const);
    const title = `${ctx.palette.green('[holdfast]')} nothing to set up: Holdfast rotates the logs itself`;
    ctx.say(renderFacts(title, facts, ctx.palette));
    ctx.say('For all apps: holdfast set pm2-logrotate:max_size 20M. For one: these attributes in its config.\n');
    return 0;
  },
};

/** The rest is in the reference. */
function firstClause(doc: string): string {
  return doc.split(/[.;:]/, 1)[0]!;
}
