// `describe`: all that is known of apps and their instances, except their environment.
import type { AppsReply, AppView } from '../../model/view.ts';
import { JSON_OPTION, TARGETS } from '../command.ts';
import type { Command, Given } from '../command.ts';
import type { Context } from '../context.ts';
import { renderDescription } from '../render/describe.ts';
import { widthOf } from '../render/wide.ts';

/** See the first line of this file. */
export const describeCommand: Command = {
  name: 'describe',
  aliases: ['show', 'desc'],
  summary: 'show all about an app: settings, instances, last exits',
  args: TARGETS,
  options: [JSON_OPTION],
  examples: [
    { line: 'holdfast describe api', does: 'the app and all its instances' },
    { line: 'holdfast describe 0', does: 'the instance with id 0 and its app' },
  ],
  notes: [
    'Each instance as PM2 describes it, with its labels; below it and below its app what PM2 does not know.',
    'The environment is not shown, it may hold secrets: holdfast env.',
  ],
  afterDashes: 'words',
  run: describeTargets,
};

/** Prints the page, or JSON, of what the words name. */
export async function describeTargets(ctx: Context, given: Given): Promise<number> {
  const reply = await ctx.client().apps({ targets: given.words, full: true });
  if (given.options['json'] === undefined)
    ctx.out(
      renderDescription(reply, {
        palette: ctx.palette,
        nowMs: ctx.clock.epochMs(),
        maxWidth: ctx.isTTY ? ctx.columns : null,
        widthOf,
        notes: ctx.isTTY,
        versionOf: ctx.versionOf,
      }),
    );
  else ctx.out(`${JSON.stringify(withoutEnvironment(reply))}\n`);
  return 0;
}

function withoutEnvironment(reply: AppsReply): object {
  const strip = ({ spec, ...app }: AppView): object => {
    if (spec === undefined) return app;
    const { env: _, ...shown } = spec;
    return { ...app, spec: shown };
  };
  return { ...reply, apps: reply.apps.map(strip) };
}
