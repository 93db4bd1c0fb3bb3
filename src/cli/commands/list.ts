// `list`: the table of all apps. PM2's list in lines is not known here; it is handed in by who does.
import { JSON_OPTION, NO_ARGUMENTS, toggle, valued } from '../command.ts';
import type { Command } from '../command.ts';
import type { AppsReply } from '../../model/view.ts';
import type { Context } from '../context.ts';
import { BY_NAME } from '../render/list.ts';
import type { Compare } from '../render/list.ts';
import { tableNow } from '../show-list.ts';

/** Makes the lines of `list -m` from the apps with their specs, in the order of `ids`. */
export type PrintMiniList = (reply: AppsReply, ctx: Context, ids: readonly number[]) => Promise<string>;

/** The command, for that shape. */
export function createList(printMini: PrintMiniList): Command {
  return {
    name: 'list',
    aliases: ['ls', 'l', 'status', 'ps'],
    summary: 'show all apps, their instances and open alerts',
    args: NO_ARGUMENTS,
    options: [
      { ...toggle('mini-list', 'lines in place of a table, as PM2 prints them'), short: 'm' },
      valued('sort', 'field[:asc|desc]', 'order of the instances: name, namespace, pid, id, cpu, memory, uptime, status (name)'),
      toggle('watch', 'anew every second, until Ctrl-C'),
      JSON_OPTION,
    ],
    examples: [
      { line: 'holdfast ls', does: 'the table' },
      { line: 'holdfast ls --sort memory:desc', does: 'the largest first' },
      { line: 'holdfast ls --watch', does: 'the table as it is from second to second' },
      { line: 'holdfast ls --json', does: 'apps, instances and alerts as JSON, without their environment' },
    ],
    notes: [
      'On a terminal that the whole table has no room on, names are shortened, then columns are left out. In a pipe there is nothing but the table, and nothing is left out of it.',
      "The status is PM2's word; what there is to say besides stands behind it in brackets: online (not ready). ls --json has our own word.",
    ],
    afterDashes: 'words',
    async run(ctx, { options }) {
      const { sort } = options;
      const order = typeof sort === 'string' ? (await import('../list-order.ts')).readOrder(sort) : BY_NAME;
      const render = options['mini-list'] === undefined ? () => tableNow(ctx, { order }) : () => miniNow(ctx, order, printMini);
      if (options['json'] !== undefined) ctx.out(`${JSON.stringify(await ctx.client().apps())}\n`);
      else if (options['watch'] !== undefined) await (await import('../watch-list.ts')).watchList(ctx, render);
      else ctx.out(await render());
      return 0;
    },
  };
}

async function miniNow(ctx: Context, order: Compare, printMini: PrintMiniList): Promise<string> {
  const reply = await ctx.client().apps({ full: true });
  const instances = reply.apps.flatMap((app) => app.instances).sort(order);
  return printMini(
    reply,
    ctx,
    instances.map(({ id }) => id),
  );
}
