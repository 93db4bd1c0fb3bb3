// `env`: the variables of an instance, in PM2's shape; with --explain where each of them comes from.
import { HoldfastError } from '../../model/errors.ts';
import { instanceVariables } from '../../model/instance-variables.ts';
import { maskSecret } from '../../model/secrets.ts';
import type { AppSpec } from '../../model/app-spec.ts';
import type { InstanceView } from '../../model/view.ts';
import { JSON_OPTION, toggle } from '../command.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { explainVariables, renderExplanation } from '../render/environment.ts';
import type { Variable } from '../render/environment.ts';
import { count } from '../render/text.ts';
import { printable } from '../render/width.ts';
import { widthOf } from '../render/wide.ts';

/** See the first line of this file. */
export const envCommand: Command = {
  name: 'env',
  aliases: [],
  summary: 'show the variables of an app, and where each comes from',
  args: { usage: '<id|name>', min: 1, max: 1 },
  options: [
    toggle('explain', 'the file and key of each variable, or the shell it was inherited from, and what it stands over'),
    toggle('show-secrets', 'do not mask what looks like a secret'),
    JSON_OPTION,
  ],
  examples: [
    { line: 'holdfast env 0', does: 'NAME: value, a line each' },
    { line: 'holdfast env api --explain', does: 'where each variable comes from' },
  ],
  notes: [
    'As they are handed to the instance; what the app itself changes is not seen. Passwords, tokens, keys and passwords in addresses are masked.',
  ],
  afterDashes: 'words',
  async run(ctx, given) {
    const { spec, instance } = await findInstance(ctx, given.words[0]!);
    const shown = (variable: Variable): Variable =>
      given.options['show-secrets'] === undefined ? { ...variable, value: maskSecret(variable.name, variable.value) } : variable;
    const variables = explainVariables(spec, instanceVariables(spec, instance)).map(shown);
    if (given.options['json'] !== undefined)
      ctx.out(`${JSON.stringify({ app: spec.name, slot: instance.slot, id: instance.id, variables })}\n`);
    else if (given.options['explain'] === undefined) ctx.out(variables.map(({ name, value }) => `${name}: ${printable(value)}\n`).join(''));
    else ctx.out(renderExplanation(variables, { palette: ctx.palette, maxWidth: ctx.isTTY ? ctx.columns : null, widthOf }));
    return 0;
  },
};

/** One instance: of an app that was named, the first. */
async function findInstance(ctx: Context, target: string): Promise<{ readonly spec: AppSpec; readonly instance: InstanceView }> {
  const { apps } = await ctx.client().apps({ targets: [target], full: true });
  const [app] = apps;
  const [instance] = [...(app?.instances ?? [])].sort((a, b) => a.id - b.id);
  if (apps.length === 1 && app?.spec !== undefined && instance !== undefined) return { spec: app.spec, instance };
  throw new HoldfastError('USAGE', `Cannot show the variables of ${JSON.stringify(target)}: it means ${count(apps.length, 'app')}.`, {
    hint: `holdfast env ${apps[0]?.name ?? 'NAME'}`,
  });
}
