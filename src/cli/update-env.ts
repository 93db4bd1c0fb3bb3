// `--update-env`: what apps inherited from the shell is inherited anew from this one.
import type { AppSpec } from '../model/app-spec.ts';
import { toggle } from './command.ts';
import type { Option } from './command.ts';
import type { Context } from './context.ts';

/** For commands that restart apps by name; a config file renews everything anyway. */
export const UPDATE_ENV_OPTION: Option = toggle(
  'update-env',
  'take the variables inherited from the shell anew; those gone there are gone',
  'a',
);

/** The specs of what the targets mean, whole apps, with the variables of this shell. */
export async function renewedSpecs(ctx: Context, targets: readonly string[]): Promise<readonly AppSpec[]> {
  const { renewInherited } = await import('../config/update-env.ts');
  const { apps } = await ctx.client().apps({ targets, full: true });
  return apps
    .map(({ spec }) => spec)
    .filter((spec) => spec !== undefined)
    .map((spec) => renewInherited(spec, ctx.env));
}
