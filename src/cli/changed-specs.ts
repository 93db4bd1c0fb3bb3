// What commands that restart apps by name may change of them: settings given as options, and what they inherited from a shell.
import { CHANGE_FLAGS } from '../config/change-flags.ts';
import { IDLE_FLAGS, MISSED_FLAGS, START_FLAGS } from '../config/flags.ts';
import type { StartFlags } from '../config/flags.ts';
import { printProblem } from '../config/problem.ts';
import { createFindings, createReport } from '../config/report.ts';
import type { AppSpec } from '../model/app-spec.ts';
import { HoldfastError } from '../model/errors.ts';
import { toggle } from './command.ts';
import type { Given, Option } from './command.ts';
import type { Context } from './context.ts';
import { CONFIG_FILE_OPTIONS } from './read-specs.ts';
import { renderWarning } from './render/operation.ts';

/** For commands that restart apps by name; a config file renews everything anyway. */
export const UPDATE_ENV_OPTION: Option = toggle(
  'update-env',
  'take the variables inherited from the shell anew; those gone there are gone',
  'a',
);

/** For a command that takes both config files and names: what counts for either. */
export const CHANGE_OPTIONS: readonly Option[] = [
  ...CONFIG_FILE_OPTIONS,
  ...CHANGE_FLAGS.filter(({ name }) => !CONFIG_FILE_OPTIONS.some((option) => option.name === name)),
  ...IDLE_FLAGS,
  ...MISSED_FLAGS,
  UPDATE_ENV_OPTION,
];

/** Whether anything of an app is to change. */
export function asksForChange({ options, scriptArgs }: Given): boolean {
  return scriptArgs.length > 0 || options['update-env'] !== undefined || START_FLAGS.some(({ name }) => options[name] !== undefined);
}

/** Beside config files the settings are about those. */
export function onlyRenewal({ words, options }: Given): Given {
  const renewal = options['update-env'];
  return { words, scriptArgs: [], options: renewal === undefined ? {} : { 'update-env': renewal } };
}

/** What is to be changed, and the verb for messages. */
export interface Change {
  readonly verb: string;
  readonly targets: readonly string[];
  readonly given: Given;
}

/** The specs of what the targets mean, whole apps, as they are to be from now on. Throws CONFIG_INVALID with every mistake, before anything is asked for. */
export async function changedSpecs(ctx: Context, { verb, targets, given }: Change): Promise<readonly AppSpec[]> {
  refuseOthers(verb, given);
  const { changeSpec } = await import('../config/change.ts');
  const { renewInherited } = await import('../config/update-env.ts');
  const { apps } = await ctx.client().apps({ targets, full: true });
  const findings = createFindings();
  const change = { flags: flagsOf(given), scriptArgs: given.scriptArgs };
  const specs = apps
    .map(({ spec }) => spec)
    .filter((spec) => spec !== undefined)
    .map((spec) => (given.options['update-env'] === undefined ? spec : renewInherited(spec, ctx.env)))
    .map((spec) => changeSpec(spec, change, createReport(findings, null, spec.name)));
  ctx.err(findings.warnings.map((problem) => renderWarning(printProblem(problem), ctx.errPalette)).join(''));
  const [first] = findings.errors;
  if (first === undefined) return specs;
  const mistakes = findings.errors.length === 1 ? printProblem(first) : findings.errors.map((one) => `\n- ${printProblem(one)}`).join('');
  throw new HoldfastError('CONFIG_INVALID', `Cannot ${verb}: ${mistakes}`, { hint: `holdfast ${verb} --help` });
}

/** To pass over an option in silence would be a trap. */
function refuseOthers(verb: string, { options }: Given): void {
  const other = START_FLAGS.find(({ name }) => options[name] !== undefined && !CHANGE_FLAGS.some((flag) => flag.name === name));
  if (other === undefined) return;
  const [reason, hint] =
    other.name === 'name'
      ? ['an app keeps its name; start it under the other one, then delete this', 'holdfast start SCRIPT --name NAME']
      : other.name === 'instances'
        ? ['how many instances an app has is changed by scale', 'holdfast scale NAME N']
        : other.attribute === null || other.withConfigFile
          ? [`--${other.name} counts with a config file only`, `holdfast ${verb} ecosystem.config.js --${other.name} ...`]
          : [`--${other.name} cannot be changed of an app that is there`, 'holdfast start SCRIPT_OR_CONFIG --force, with its settings'];
  throw new HoldfastError('USAGE', `Cannot ${verb}: ${reason}.`, { hint });
}

function flagsOf({ options }: Given): StartFlags {
  return Object.fromEntries(Object.entries(options).filter(([name]) => CHANGE_FLAGS.some((flag) => flag.name === name)));
}
